"""Internships of the demo world: postings of three years, rounds that were run, placements that were rated."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from app.accounts.models import Organisation
from app.clock import end_of
from app.db import db
from app.reference import queries as reference
from app.reference.models import Cluster
from app.seeding.world import Student, World
from internships.demo_postings import BODY_EN, BODY_ZH, KINDS, Work
from internships.models import (
    AllowanceKind,
    Application,
    ApplicationStatus,
    Placement,
    PlacementStatus,
    Posting,
    PostingStatus,
    RankedBy,
)
from internships.seeds_rolling import plant_rolling
from internships.services import applications, finding, placements, postings, records, rounds, season_runs

OPEN_SHARE = 0.5
APPLICATIONS_A_POSTING = 5
CAST_STATEMENT = "我在课程里做过鞋类出口的关务与物流练习，想在真实订单里再做一遍。"
ALLOWANCES: list[tuple[AllowanceKind, Decimal | None, str]] = [
    (AllowanceKind.MEALS, Decimal(20), ""),
    (AllowanceKind.HOUSING, None, "四人间宿舍"),
    (AllowanceKind.TRANSPORT, Decimal(10), ""),
    (AllowanceKind.INSURANCE, None, "实习责任险"),
]
EXAMPLES = (
    "独立完成了三批订单的资料，核对无误。",
    "发现一处申报要素缺失并在出货前改正。",
    "按周整理数据，提出的两条建议已采用。",
    "处理了几起买家投诉，证据齐全，按时提交。",
)


def plant_postings(world: World) -> None:
    """Postings over the history, growing; the last ones are open today. Rounds of each term, and one that is open."""
    clusters = {cluster.code: cluster for cluster in reference.clusters()}
    planted = _postings(world, clusters)
    db.session.flush()
    world.say("postings", len(planted), len(planted))
    over = [posting for posting in planted if posting.closes_on < world.today]
    _past_rounds(world, over)
    _open_applications(world, [posting for posting in planted if posting.is_open(world.today)])
    _waiting_for_a_check(world, planted[-1])
    finding.index_all()
    records.count_records(world.today)


def _postings(world: World, clusters: dict[str, Cluster]) -> list[Posting]:
    rng = world.random("postings")
    verified = [enterprise for enterprise in world.enterprises if enterprise.is_verified]
    planted = [_almost_over(world, rng, clusters)]
    for number in range(1, world.size.postings):
        is_open = number >= world.size.postings * (1 - OPEN_SHARE)
        # The cast's enterprise is always among those that are open.
        enterprise = world.cast.enterprise if number >= world.size.postings - 3 else rng.choice(verified)
        kind = KINDS[2] if number == world.size.postings - 1 else rng.choices(KINDS, [kind.share for kind in KINDS])[0]
        opens = _opening_day(world, rng, is_open)
        planted.append(_posting(world, rng, enterprise, kind, opens, clusters, is_open))
    return planted


def _waiting_for_a_check(world: World, like: Posting) -> None:
    """A posting of an enterprise that nobody has verified, handed in yesterday."""
    home = world.cast.government.region_code  # where the cast's official finds it
    unverified = [one for one in world.enterprises if not one.is_verified and one.region_code]
    enterprise = min(unverified, key=lambda one: one.region_code != home, default=None)
    if enterprise is None:
        return
    values = {name: getattr(like, name) for name in postings.FIELDS} | {
        "region_code": enterprise.region_code,
        "cluster_code": enterprise.cluster_code,
        "city_zh": enterprise.city_zh or like.city_zh,
        "city_en": enterprise.city_en,
    }
    at = world.now - timedelta(days=1)
    posting = postings.create(enterprise, values, [postings.Asked("ST02", 1)], by=None, now=at)
    db.session.flush()
    postings.hand_in(posting, by=None, now=at, today=world.today)


def _almost_over(world: World, rng: Random, clusters: dict[str, Cluster]) -> Posting:
    """A posting of the cast's enterprise whose interns end next week: there is somebody to rate."""
    opens = world.today - timedelta(days=150)
    posting = _posting(world, rng, world.cast.enterprise, KINDS[0], opens, clusters, is_open=False)
    posting.seats, posting.ranked_by = 3, RankedBy.FIT
    posting.ends_on = world.today + timedelta(days=6)
    return posting


def _opening_day(world: World, rng: Random, is_open: bool) -> date:
    if is_open:
        return world.today - timedelta(days=rng.randrange(3, 40))
    span = (world.today - world.first_day()).days - 90
    # More postings in later years: the square root leans towards the present.
    return world.first_day() + timedelta(days=int(span * rng.random() ** 0.5))


def _posting(
    world: World,
    rng: Random,
    enterprise: Organisation,
    kind: Work,
    opens: date,
    clusters: dict[str, Cluster],
    is_open: bool,
) -> Posting:
    cluster = clusters[str(enterprise.cluster_code)]
    closes = world.today + timedelta(days=rng.randrange(6, 50)) if is_open else opens + timedelta(days=30)
    starts = closes + timedelta(days=21)
    duties = "\n".join(f"- {duty}" for duty in kind.duties_zh), "\n".join(f"- {duty}" for duty in kind.duties_en)
    values: dict[str, Any] = {
        "title_zh": kind.title_zh,
        "title_en": kind.title_en,
        "body_zh": BODY_ZH.format(place=cluster.city_zh, category=cluster.category_zh, duties=duties[0]),
        "body_en": BODY_EN.format(place=cluster.city_en, category=cluster.category_en, duties=duties[1]),
        "city_zh": cluster.city_zh,
        "city_en": cluster.city_en,
        "region_code": cluster.region_code,
        "cluster_code": cluster.code,
        "is_remote": rng.random() < 0.15,
        "seats": rng.randint(*kind.seats),
        "pay": Decimal(rng.randrange(kind.pay[0], kind.pay[1], 10)),
        "opens_on": opens,
        "closes_on": closes,
        "starts_on": starts,
        "ends_on": starts + timedelta(days=rng.choice((90, 120, 180))),
        "hours_a_week": 40,
        "languages": ["zh", *rng.sample(["en", "ru", "es", "ar"], rng.randrange(2))],
        "min_year": 2,
        "majors": [],
        "ranked_by": RankedBy.HAND if rng.random() < 0.2 else RankedBy.FIT,
    }
    asked = [
        postings.Asked(code, rng.randint(low, high), Decimal(rng.choice((1, 1, 2)))) for code, low, high in kind.skills
    ]
    at = world.moment(opens, rng)
    recruiter = world.recruiters[enterprise.id].id
    given = [postings.Given(kind, amount, note) for kind, amount, note in rng.sample(ALLOWANCES, rng.randrange(3))]
    posting = postings.create(enterprise, values, asked, by=recruiter, now=at, given=given)
    postings.publish(posting, by=recruiter, now=at, today=opens, indexed=False)
    return posting


def _past_rounds(world: World, over: Sequence[Posting]) -> None:
    """Each quarter one university ran a round over the postings that closed in it."""
    quarters: dict[tuple[int, int], list[Posting]] = defaultdict(list)
    for posting in over:
        quarters[posting.closes_on.year, (posting.closes_on.month - 1) // 3].append(posting)
    for number, (quarter, members) in enumerate(sorted(quarters.items()), start=1):
        host = world.universities[number % min(4, len(world.universities))]
        _past_round(world, host, quarter, members)
        world.say("rounds", number, len(quarters))


def _past_round(
    world: World,
    host: Organisation,
    quarter: tuple[int, int],
    members: list[Posting],
) -> None:
    rng = world.random("round", *quarter)
    closes = max(posting.closes_on for posting in members)
    opens = min(posting.opens_on for posting in members)
    if not _apply(world, rng, members, closes, APPLICATIONS_A_POSTING):
        for posting in members:  # nobody was there yet
            posting.status = PostingStatus.CLOSED
        return
    label = f"{quarter[0]} 年第 {quarter[1] + 1} 季度", f"{quarter[0]} quarter {quarter[1] + 1}"
    match_round = rounds.create(
        host,
        f"{label[0]}实习匹配",
        f"Internship round {label[1]}",
        world.moment(opens, rng),
        world.moment(closes, rng, first=20),
        by=world.coordinators[host.id].id,
    )
    match_round.seed = f"{world.seed}-{quarter[0]}-{quarter[1]}"
    db.session.flush()
    for posting in members:
        rounds.add_postings(match_round, [posting], match_round.opens_at, posting.opens_on)
    for posting in members:
        if posting.ranked_by is RankedBy.HAND:
            _rank_by_hand(rng, posting)
    ran_on = closes + timedelta(days=1)
    season_runs.run(match_round, by=world.coordinators[host.id], now=world.moment(ran_on, rng), today=ran_on)
    for posting in members:
        posting.status = PostingStatus.CLOSED
    _live_placements(world, rng, members)


def _apply(world: World, rng: Random, members: Sequence[Posting], day: date, each: int) -> list[Application]:
    """Students of that day apply to a few postings near to what they are good at; ranks follow their liking."""
    busy = {placement.student_id for placement in db.session.query(Placement).filter(Placement.ends_on >= day)}
    pool = [
        student
        for student in world.students
        if student.is_there(day) and (day - student.entered_on).days > 200 and student.person.id not in busy
    ]
    if not pool:
        return []
    chosen = rng.sample(pool, min(len(pool), max(1, len(members) * each // 3)))
    made = []
    for student in chosen:
        liked = sorted(members, key=lambda posting: -_liking(rng, student, posting, day))[: rng.randint(2, 5)]
        for rank, posting in enumerate(liked, start=1):
            at = world.moment(posting.opens_on + timedelta(days=rng.randrange(1, 20)), rng)
            made.append(applications.opened(student.person.id, posting.id, "", rank, at))
    db.session.add_all(made)
    db.session.flush()
    return made


def _liking(rng: Random, student: Student, posting: Posting, day: date) -> float:
    able = sum(student.ability(skill.skill_code, day) for skill in posting.skills) / max(1, len(posting.skills))
    near = 0.8 if posting.region_code == student.university.region_code else 0.0
    return able + near + rng.gauss(0, 0.7)


def _rank_by_hand(rng: Random, posting: Posting) -> None:
    applicants = list(
        db.session.query(Application)
        .filter_by(posting_id=posting.id, status=ApplicationStatus.OPEN)
        .order_by(Application.id)
    )
    rng.shuffle(applicants)
    for rank, application in enumerate(applicants[: posting.seats * 3], start=1):
        application.posting_rank = rank


def _live_placements(world: World, rng: Random, members: Sequence[Posting]) -> None:
    """Placements of a round go their way: most are finished and rated on their last days."""
    able = {student.person.id: student for student in world.students}
    query = db.session.query(Placement).filter(Placement.posting_id.in_([posting.id for posting in members]))
    for placement in query.order_by(Placement.id):
        posting = placement.posting
        mentor = world.recruiters[posting.organisation_id]
        placement.mentor_id = mentor.id
        if placement.ends_on >= world.today:
            continue
        placement.status = PlacementStatus.ENDED_EARLY if rng.random() < 0.06 else PlacementStatus.FINISHED
        rated_on = placement.ends_on - timedelta(days=3)
        # One in twelve is never rated: the enterprise's page then shows what it owes.
        if rated_on >= world.today or rng.random() < 1 / 12:
            continue
        student = able[placement.student_id]
        given = {
            skill.skill_code: placements.Given(
                _level(student.ability(skill.skill_code, rated_on) + rng.gauss(0.2, 0.5)), rng.choice(EXAMPLES)
            )
            for skill in posting.skills
        }
        placements.rate(placement, given, by=mentor, now=world.moment(rated_on, rng), refresh=False)


def _level(ability: float) -> int:
    return sum(ability > cut for cut in (-1.5, -0.5, 0.5, 1.5))


def _open_applications(world: World, current: Sequence[Posting]) -> None:
    """Today: an open round with applicants, the cast among them, and postings that still gather."""
    if not current:
        return
    rng = world.random("open")
    cast = world.cast
    own = [posting for posting in current if posting.organisation_id == cast.enterprise.id]
    others = [posting for posting in current if posting.organisation_id != cast.enterprise.id]
    # One posting of the cast's enterprise takes its applicants one by one, outside of the round.
    rolling, own = own[:1], own[1:]
    members = own + others[: max(3, len(others) // 4)]
    match_round = rounds.create(
        cast.university,
        "本学期实习匹配",
        "This term's internship round",
        world.now - timedelta(days=7),
        end_of(min(posting.closes_on for posting in members) - timedelta(days=2)),
        by=cast.coordinator.id,
    )
    match_round.seed = f"{world.seed}-{world.today.isoformat()}"
    db.session.flush()
    rounds.add_postings(match_round, members, world.now, world.today)
    _apply(world, rng, members, world.today, APPLICATIONS_A_POSTING)
    _apply(world, rng, others[len(others) // 4 :] or others, world.today, 2)
    _apply_cast(world, rng, own, others)
    for posting in members:
        if posting.ranked_by is RankedBy.HAND:
            _rank_by_hand(rng, posting)
    for posting in rolling:
        plant_rolling(world, posting)


def _apply_cast(world: World, rng: Random, own: Sequence[Posting], others: Sequence[Posting]) -> None:
    student = world.cast.student
    db.session.query(Application).filter_by(student_id=student.id, status=ApplicationStatus.OPEN).delete()
    for rank, posting in enumerate([*own[-1:], *others[:2]], start=1):
        at = world.moment(world.today - timedelta(days=2), rng)
        db.session.add(applications.opened(student.id, posting.id, CAST_STATEMENT, rank, at))
    db.session.flush()
