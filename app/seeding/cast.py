"""The fixed cast: one of each kind of person, and a stranger of each kind elsewhere. Tests and the demo share it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.accounts import services
from app.accounts.models import Organisation, OrganisationKind, Person, Role, StudentProfile
from app.accounts.passwords import hashed
from app.db import db

PASSWORD = "set sail for the sea"


@dataclass(frozen=True)
class Cast:
    """Who plays. `student` studies at `university`, where `coordinator` teaches too; strangers belong elsewhere."""

    university: Organisation
    enterprise: Organisation
    government: Organisation
    other_university: Organisation
    other_enterprise: Organisation
    other_government: Organisation
    student: Person
    recruiter: Person
    coordinator: Person
    official: Person
    judges: tuple[Person, Person, Person]
    other_student: Person
    other_recruiter: Person
    other_coordinator: Person
    other_official: Person


def plant(now: datetime, today: date) -> Cast:
    """Add the cast to the session. The reference data must be there."""
    joined = today - timedelta(days=400)
    university = _organisation(
        OrganisationKind.UNIVERSITY, "demo-university", "瓯海商学院", "Ouhai Business College", "CN-ZJ", now
    )
    enterprise = _organisation(
        OrganisationKind.ENTERPRISE,
        "demo-enterprise",
        "温州康步鞋业",
        "Wenzhou Kangbu Footwear",
        "CN-ZJ",
        now,
        "WZ-SHOE",
    )
    government = _organisation(
        OrganisationKind.GOVERNMENT,
        "demo-government",
        "浙江省跨境电商办",
        "Zhejiang Cross-border Trade Office",
        "CN-ZJ",
        now,
    )
    other_university = _organisation(
        OrganisationKind.UNIVERSITY, "other-university", "榕江学院", "Rongjiang College", "CN-FJ", now
    )
    other_enterprise = _organisation(
        OrganisationKind.ENTERPRISE,
        "other-enterprise",
        "晋江远航体育",
        "Jinjiang Yuanhang Sports",
        "CN-FJ",
        now,
        "JJ-SHOE",
    )
    other_government = _organisation(
        OrganisationKind.GOVERNMENT,
        "other-government",
        "福建省跨境电商办",
        "Fujian Cross-border Trade Office",
        "CN-FJ",
        now,
    )

    # One hash for all: hashing is slow on purpose, and the demo's password is printed anyway.
    password_hash = hashed(PASSWORD)

    def person(email: str, name: str, *places: tuple[Organisation, Role]) -> Person:
        found = services.create_person(email, name)
        found.password_hash = password_hash
        for organisation, role in places:
            services.join(found, organisation, role, joined)
        return found

    student = person("student@demo.example", "林小雨", (university, Role.STUDENT))
    recruiter = person("enterprise@demo.example", "陈建国", (enterprise, Role.RECRUITER), (enterprise, Role.MENTOR))
    coordinator = person("university@demo.example", "周敏", (university, Role.COORDINATOR), (university, Role.TEACHER))
    official = person("official@demo.example", "徐航", (government, Role.OFFICIAL))
    judges = (
        person("judge-1@demo.example", "吴立", (other_university, Role.JUDGE)),
        person("judge-2@demo.example", "郑兰", (enterprise, Role.JUDGE)),
        person("judge-3@demo.example", "何平", (government, Role.JUDGE)),
    )
    other_student = person("student@other.example", "阿米娜", (other_university, Role.STUDENT))
    other_recruiter = person(
        "enterprise@other.example", "黄海", (other_enterprise, Role.RECRUITER), (other_enterprise, Role.MENTOR)
    )
    other_coordinator = person(
        "university@other.example", "苏晴", (other_university, Role.COORDINATOR), (other_university, Role.TEACHER)
    )
    other_official = person("official@other.example", "谢远", (other_government, Role.OFFICIAL))
    for learner in (student, other_student):
        db.session.add(
            StudentProfile(
                person_id=learner.id,
                major="跨境电子商务",
                year=3,
                graduates_on=date(today.year + 1, 6, 30),
                birth_month=date(today.year - 20, 5, 1),
            )
        )
    db.session.flush()
    return Cast(
        university,
        enterprise,
        government,
        other_university,
        other_enterprise,
        other_government,
        student,
        recruiter,
        coordinator,
        official,
        judges,
        other_student,
        other_recruiter,
        other_coordinator,
        other_official,
    )


def _organisation(
    kind: OrganisationKind, slug: str, zh: str, en: str, region: str, now: datetime, cluster: str | None = None
) -> Organisation:
    organisation = services.create_organisation(kind, zh, en, slug=slug, region_code=region, cluster_code=cluster)
    organisation.verified_at = now
    if cluster:
        db.session.flush()
        db.session.refresh(organisation)
        if organisation.cluster is not None:
            organisation.city_zh, organisation.city_en = organisation.cluster.city_zh, organisation.cluster.city_en
    return organisation
