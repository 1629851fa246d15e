"""What learners of the demo ask each other and note down, in the cohorts of the cast's university that run now."""

from datetime import timedelta

import sqlalchemy as sa

from app.clock import microseconds
from app.db import db
from app.seeding.world import World
from courses import queries
from courses.models import Cohort, Course, Enrolment
from courses.services import discussions, notes

# Course, place of the lesson, days ago; title and text of the question; answers, and whether a teacher gave them.
THREADS = (
    (
        "通关、税费与纠纷",
        1,
        9,
        "鞋子拼色面料，归类看哪一种材料？",
        "一款童鞋，鞋面 **55% 纺织、45% 合成革**。HS 编码按哪种材料归？",
        (
            (False, "我记得看鞋面外表面积占比最大的材料，不看重量。"),
            (True, "对，看鞋面**外表面**面积最大的材料，装饰件不算。拍照留底，申报要素里写清比例。"),
        ),
    ),
    (
        "通关、税费与纠纷",
        2,
        3,
        "IOSS 起征点里的 150 欧元含不含运费？",
        "货值 148 欧元，运费 9 欧元，加起来超过 150。还能走 IOSS 吗？",
        ((False, "我觉得看货值，不含运费和保险，但要单独列明。"),),
    ),
    ("通关、税费与纠纷", 4, 1, "9710 和 9810 的报关单能混着申报吗？", "同一柜货一半卖给海外企业，一半进海外仓。", ()),
    (
        "跨境物流方式",
        2,
        5,
        "泡货的体积重到底除以 5000 还是 6000？",
        "有的货代写 5000，有的写 6000，FBA 头程按哪个？",
        ((True, "看渠道：快递多为 5000，空运专线多为 6000。报价单上会写，先问清再比每公斤价。"),),
    ),
)
NOTE = "申报要素：品牌类型、出口享惠情况、材质比例。\n\n**先看外表面面积，再看重量。**"


def plant_discussions(world: World) -> None:
    """Questions, some of them answered and settled, one that waits; a note of the cast's student."""
    cohorts = db.session.execute(
        sa.select(Cohort, Course.title_zh)
        .join(Course, Course.id == Cohort.course_id)
        .where(Cohort.organisation_id == world.cast.university.id, Cohort.ends_on >= world.today)
        .order_by(Cohort.id)
    ).all()
    for number, (cohort, title) in enumerate(cohorts):
        learners = list(db.session.scalars(queries.learners_of(cohort.id).with_only_columns(Enrolment.person_id)))
        teachers = [teacher.person_id for teacher in queries.teachers_of(cohort.id)]
        lines = {line.position: line for line in queries.lines_of_version(cohort.version_id or 0)}
        if not learners or not teachers:
            continue
        for course, position, ago, asked, body, answers in THREADS:
            if course != title or position not in lines:
                continue
            at = world.moment(world.today - timedelta(days=ago), world.random("question", number, position), last=18)
            lesson_id = lines[position].lesson_id
            question = discussions.ask(cohort, lesson_id, learners[0], asked, body, at, token=f"demo {number}")
            for place, (is_taught, said) in enumerate(answers):
                who = teachers[0] if is_taught else learners[-1]
                later = min(at + timedelta(hours=3 + place), world.now)
                answer = discussions.answer(question, who, said, later, is_taught=is_taught, token=f"demo {number}")
                if is_taught:
                    discussions.accept(question, answer, learners[0])
        if world.cast.student.id in learners and 1 in lines:
            at = world.moment(world.today - timedelta(days=2), world.random("note", number))
            notes.keep_note(world.cast.student.id, lines[1].lesson_id, NOTE, microseconds(at), at)
