"""Rolling applications of the demo world: one posting whose applicants stand in every stage, as of today."""

from datetime import timedelta

from app.accounts.models import Person
from app.clock import end_of
from app.db import db
from app.seeding.world import World
from internships import queries
from internships.models import Application, Posting
from internships.rules.fit import fit
from internships.rules.stages import Because, Side, Stage
from internships.services import applicant_files, applications, interviews, messages, pipeline, rounds

CONSIDERED = 300  # students among whom the applicants are looked for
STATEMENTS = (
    "我在课程里做过三次到岸成本核算，想看看真实的报价是怎么定的。",
    "家里做鞋，从小在档口帮忙，想把线下的经验搬到线上。",
    "会俄语，愿意从客服做起。",
    "上学期参加了校赛的选品组，负责整理供应商资料。",
    "可以每周到岗四天，周五有课。",
    "做过两个月的店铺助理，熟悉上架和活动报名。",
    "想把单证这一块真正弄懂。",
)
QUESTION = "您好，请问第一周会安排带教老师吗？我想提前准备。"
ANSWER = "会的，第一天由单证组带你熟悉流程，先把 HS 编码的基础看一遍就好。"
OFFER = "欢迎加入，我们给你留了一个名额。"


def plant_rolling(world: World, posting: Posting) -> None:
    """Applicants in every stage; the cast's student has an offer that waits, and messages with the recruiter."""
    posting.seats = max(posting.seats, 4)
    people = _eligible(world, posting, 7)
    recruiter, day, now = world.cast.recruiter, timedelta(days=1), world.now
    made = [_apply(person, posting, STATEMENTS[number], world, days=9 - number) for number, person in enumerate(people)]
    if len(made) >= 2:
        pipeline.move(made[1], Stage.IN_REVIEW, by=recruiter, now=now - 2 * day)
    if len(made) >= 3:
        _invite(made[2], recruiter, world)
    if len(made) >= 4:
        interview = _invite(made[3], recruiter, world)
        db.session.flush()
        interviews.choose(interview, interview.slots[0].id, by=people[3], now=now - day / 2)
        messages.write(made[3], "好的，我会提前十分钟到。", Side.STUDENT, by=people[3], now=now - day / 2, tells=False)
    if len(made) >= 5:
        words = "这个岗位需要每周五天到岗，很遗憾时间对不上。"
        applications.decline(made[4], words, by=recruiter, now=now - day, because=Because.DATES_DIFFER)
    if len(made) >= 6:
        applications.withdraw(made[5], now - day, because=Because.TOOK_ANOTHER, by=people[5])
    _offer_to_cast(world, posting)
    db.session.flush()


def _eligible(world: World, posting: Posting, count: int) -> list[Person]:
    """Those of the students that may take the posting who have shown most of what it asks."""
    there = [one.person for one in world.students if one.is_there(world.today)][:CONSIDERED]
    ids = {one.id for one in there}
    placed, profiles = queries.placements_by_student(ids), queries.profiles_of(ids)
    taken = {one.student_id for one in queries.applicants_of(posting)} | {world.cast.student.id}
    found = [
        one
        for one in there
        if one.id not in taken
        and not applications.reasons_against(profiles.get(one.id), posting, world.today, placed.get(one.id, []))
    ]
    has, needs = rounds.estimates_for({one.id for one in found}, [posting]), rounds.needs_of(posting)
    return sorted(found, key=lambda one: (-fit(needs, has.get(one.id, {})).score, one.id))[:count]


def _apply(person: Person, posting: Posting, statement: str, world: World, *, days: int) -> Application:
    at = max(world.now - timedelta(days=days), world.moment(posting.opens_on, world.random("rolling", person.id)))
    rank = len(queries.open_applications_of(person)) + 1
    made = applications.opened(person.id, posting.id, statement, rank, min(at, world.now - timedelta(hours=3)))
    made.posting, made.student = posting, person
    applications.wait_for_enterprise(made, posting, made.applied_at)
    db.session.add(made)
    db.session.flush()
    return made


def _invite(application: Application, recruiter: Person, world: World) -> interviews.Interview:
    first = (world.now + timedelta(days=2)).replace(hour=2, minute=0, second=0, microsecond=0)
    return interviews.propose(
        application,
        [first, first + timedelta(hours=2), first + timedelta(days=1)],
        30,
        "温州市鹿城区康步大厦 3 楼",
        "",
        "请带一份你做过的商品资料。",
        by=recruiter,
        now=world.now - timedelta(days=1),
    )


def _offer_to_cast(world: World, posting: Posting) -> None:
    student, recruiter, now = world.cast.student, world.cast.recruiter, world.now
    if queries.application_of(student, posting) is not None:
        return
    made = _apply(student, posting, "我想在真实订单里把关务这一段走完。", world, days=6)
    applicant_files.describe(
        student, "喜欢把流程写成清单，做过鞋类出口的练习订单。", "英语（六级）\n俄语（入门）", "", now
    )
    pipeline.move(made, Stage.IN_REVIEW, by=recruiter, now=now - timedelta(days=4))
    messages.write(made, QUESTION, Side.STUDENT, by=student, now=now - timedelta(days=3), tells=False)
    messages.write(made, ANSWER, Side.ENTERPRISE, by=recruiter, now=now - timedelta(days=2), tells=False)
    until = end_of(world.today + timedelta(days=5)) - timedelta(hours=6)  # at six in the evening
    pipeline.offer(made, until, OFFER, by=recruiter, now=now - timedelta(days=1))
