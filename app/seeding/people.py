"""Organisations and people of the demo world."""

from datetime import date, timedelta
from random import Random

from app.accounts import services
from app.accounts.models import Membership, Organisation, OrganisationKind, Person, Role, StudentProfile
from app.accounts.passwords import hashed
from app.db import db
from app.reference import queries as reference
from app.reference.models import Cluster
from app.seeding import names
from app.seeding.cast import PASSWORD
from app.seeding.world import Student, World

# Where most exporters are: the demo's weights, not a statistic.
REGION_WEIGHTS = {"CN-ZJ": 5, "CN-GD": 5, "CN-FJ": 4, "CN-JS": 3, "CN-SD": 2, "CN-HE": 2}
FAMILIES = ("MR", "ST", "DM", "LG", "PF", "CC", "CS", "DA", "SC", "XC", "EN")


def plant_organisations(world: World) -> None:
    """Universities, enterprises of the real clusters under invented names, and one government office per region."""
    cast, size, rng = world.cast, world.size, world.random("organisations")
    clusters = reference.clusters()
    regions = {region.code: region for region in reference.regions()}
    world.universities = [cast.university, cast.other_university]
    for number, (region, zh, en) in enumerate(names.UNIVERSITIES[: size.universities - 2], start=1):
        world.universities.append(_verified(world, OrganisationKind.UNIVERSITY, f"university-{number}", zh, en, region))
    world.governments = [cast.government, cast.other_government]
    taken = {cast.government.region_code, cast.other_government.region_code}
    for region in sorted({cluster.region_code for cluster in clusters} - taken):
        zh, en = regions[region].name_zh, regions[region].name_en
        world.governments.append(
            _verified(
                world,
                OrganisationKind.GOVERNMENT,
                f"government-{region[3:].lower()}",
                f"{zh.removesuffix('省').removesuffix('市')}跨境电商办",
                f"{en} Cross-border Trade Office",
                region,
            )
        )
    world.enterprises = [cast.enterprise, cast.other_enterprise]
    weights = [REGION_WEIGHTS.get(cluster.region_code, 1) for cluster in clusters]
    brands = names.brand_names(rng)
    for number in range(1, size.enterprises - 1):
        # Every cluster has an enterprise before chance decides: the official's map then has no artificial holes.
        cluster = clusters[number % len(clusters)] if number <= len(clusters) else rng.choices(clusters, weights)[0]
        brand_zh, brand_en = next(brands)
        waits = number % 40 == 7  # some wait for their official, so that the queue is not empty
        world.enterprises.append(_enterprise(world, number, cluster, brand_zh, brand_en, verified=not waits))
    db.session.flush()


def _verified(
    world: World, kind: OrganisationKind, slug: str, zh: str, en: str, region: str, *, verified: bool = True
) -> Organisation:
    organisation = services.create_organisation(kind, zh, en, slug=slug, region_code=region)
    organisation.created_at = world.moment(world.first_day(), world.random("created", slug))
    organisation.verified_at = organisation.created_at if verified else None
    return organisation


def _enterprise(world: World, number: int, cluster: Cluster, zh: str, en: str, *, verified: bool) -> Organisation:
    organisation = _verified(
        world,
        OrganisationKind.ENTERPRISE,
        f"enterprise-{number}",
        f"{cluster.city_zh}{zh}{cluster.category_zh}",
        f"{cluster.city_en} {en} {cluster.category_en.capitalize()}",
        cluster.region_code,
        verified=verified,
    )
    organisation.cluster_code = cluster.code
    organisation.city_zh, organisation.city_en = cluster.city_zh, cluster.city_en
    if not verified:
        organisation.created_at = world.moment(
            world.today - timedelta(days=3 + number % 9), world.random("new", number)
        )
    return organisation


def plant_staff(world: World) -> None:
    """A coordinator per university, a recruiter per enterprise, an official per office, and a pool of judges."""
    rng = world.random("staff")
    people = names.person_names(rng)
    password_hash = hashed(PASSWORD)
    joined = world.first_day()

    def staff(organisation: Organisation, number: int, *roles: Role) -> Person:
        person = services.create_person(f"staff-{number}@{organisation.slug}.example", next(people))
        person.password_hash = password_hash
        for role in roles:
            services.join(person, organisation, role, joined)
        return person

    cast = world.cast
    world.coordinators = {cast.university.id: cast.coordinator, cast.other_university.id: cast.other_coordinator}
    world.recruiters = {cast.enterprise.id: cast.recruiter, cast.other_enterprise.id: cast.other_recruiter}
    for university in world.universities[2:]:
        world.coordinators[university.id] = staff(university, 1, Role.COORDINATOR, Role.TEACHER)
    for enterprise in world.enterprises[2:]:
        world.recruiters[enterprise.id] = staff(enterprise, 1, Role.RECRUITER, Role.MENTOR)
    for office in world.governments[2:]:
        staff(office, 1, Role.OFFICIAL)
    world.judges = [*cast.judges]
    for organisation in [*world.universities[2:8], *world.enterprises[2:8]]:
        world.judges.append(staff(organisation, 2, Role.JUDGE))


def plant_students(world: World) -> None:
    """Students with an ability that only their answers will show. Three in four still study."""
    rng = world.random("students")
    people = names.person_names(rng)
    cast = world.cast
    first = world.first_day()
    world.students = [
        Student(cast.student, cast.university, world.today - timedelta(days=400), None, 0.6, {"LG": 0.6, "CC": -0.4}),
        Student(cast.other_student, cast.other_university, world.today - timedelta(days=400), None, 0.2, {}),
    ]
    shares = [3.0 if number < 4 else 1.0 + (number % 3) * 0.5 for number in range(len(world.universities))]
    drafts: list[tuple[int, Organisation, date, date | None]] = []
    for number in range(world.size.students - 2):
        university = rng.choices(world.universities, shares)[0]
        entered = _entry_day(rng, first, world.today)
        left = entered + timedelta(days=rng.choice((730, 910, 1095)))
        drafts.append((number, university, entered, left if left < world.today else None))
    rows = [
        Person(
            email=f"student-{number + 1}@{university.slug}.example",
            name=next(people),
            language="",
            created_at=world.moment(entered, rng),
        )
        for number, university, entered, _left in drafts
    ]
    db.session.add_all(rows)
    db.session.flush()
    for person, (number, university, entered, gone) in zip(rows, drafts, strict=True):
        db.session.add(
            Membership(
                person_id=person.id, organisation_id=university.id, role=Role.STUDENT, joined_on=entered, left_on=gone
            )
        )
        db.session.add(_profile(world, person, rng, entered, gone))
        leanings = {family: rng.gauss(_strength(university, family), 0.45) for family in FAMILIES}
        world.students.append(Student(person, university, entered, gone, rng.gauss(0.0, 0.8), leanings))
        if number % 200 == 0:
            world.say("students", number, len(drafts))
    db.session.flush()


def _entry_day(rng: Random, first: date, today: date) -> date:
    """A day near the beginning of one of the terms (September, March) of the world's history."""
    terms = [
        date(year, month, 1)
        for year in range(first.year, today.year + 1)
        for month in (3, 9)
        if first <= date(year, month, 1) <= today - timedelta(days=30)
    ]
    return rng.choice(terms) + timedelta(days=rng.randrange(0, 12))


def _profile(world: World, person: Person, rng: Random, entered: date, left: date | None) -> StudentProfile:
    year = min(4, 1 + (world.today - entered).days // 365)
    graduates = date((left or world.today).year + (0 if left else max(1, 4 - year)), 6, 30)
    return StudentProfile(
        person_id=person.id,
        major=rng.choices(names.MAJORS, (6, 4, 4, 3, 2, 2, 2, 1))[0],
        year=year,
        graduates_on=graduates,
        birth_month=date(entered.year - rng.choice((18, 18, 19, 19, 20)), rng.randrange(1, 13), 1),
    )


def _strength(university: Organisation, family: str) -> float:
    """What a university is good at, fixed by its name: some lean to logistics and customs, others to marketing."""
    return ((sum(map(ord, university.slug + family)) % 7) - 3) * 0.15
