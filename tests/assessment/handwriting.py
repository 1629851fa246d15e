"""Things of marking by people that tests need: essays in a quiz of a course, learners who answer, teachers who mark."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from app.accounts import services as accounts
from app.accounts.models import Person, Role
from app.assessment import queries
from app.assessment.models import Answer, Attempt, Quiz, QuizItem
from app.assessment.rules.content import Content, Essay, FileUpload, Format
from app.assessment.services import handmarks, quizzes
from app.assessment.services.work import Criterion, create_rubric
from app.clock import today
from app.db import db, utcnow
from courses import queries as courses
from courses import services as teaching
from tests.courses import factories

ESSAY = "海外仓出口先按9810申报，货物入仓后再按实际销售核销，企业须在海关备案海外仓。"


def essay(guide: str = "看是否说明理由。", template: str = "") -> dict[str, Content]:
    """An essay question in both languages."""
    return {
        "zh": Essay(text="为什么选 9810？", format=Format.PLAIN, guide=guide, template=template),
        "en": Essay(text="Why 9810?", format=Format.PLAIN, guide="Look for the reason.", template=template),
    }


def upload(**more: Any) -> dict[str, Content]:
    """A question that asks for files."""
    return {"zh": FileUpload(text="交申报单。", format=Format.PLAIN, guide="看品名。", **more)}


def person(cast: Any, name: str, role: Role) -> Person:
    """Somebody else at the cast's university."""
    made = accounts.create_person(f"{name}@demo.example", name)
    accounts.join(made, cast.university, role, today() - timedelta(days=100))
    db.session.flush()
    return made


@dataclass
class World:
    """A quiz of an essay and a choice in a course that the cast's coordinator and `second` teach."""

    cast: Any
    course: Any
    cohort: Any
    quiz: Quiz
    second: Person

    @property
    def items(self) -> list[QuizItem]:
        return queries.items_of(self.quiz.id)

    @property
    def item(self) -> QuizItem:
        """The first item: the one that people mark."""
        return self.items[0]

    def url(self, number: int | None = None, rest: str = "") -> str:
        base = f"/organisations/demo-university/marking/items/{self.item.id}/"
        return (base if number is None else f"{base}answers/{number}/") + rest

    def answered(
        self, by: Person, text: Any = ESSAY, *, choice: str | None = "a", now: datetime | None = None
    ) -> Answer:
        """The answer to the first item of an attempt that is handed in."""
        now = now or utcnow()
        teaching.bring_in(self.cohort, [by.id], now)
        attempt = quizzes.begin(self.quiz, by, now)
        items = self.items
        if text is not None:
            quizzes.save_answer(attempt, items[0], text, now)
        if choice and len(items) > 1:
            quizzes.save_answer(attempt, items[1], choice, now)
        quizzes.submit(attempt, now)
        db.session.commit()
        return queries.answers_of(attempt)[items[0].id]

    def learner(self, name: str) -> Person:
        return person(self.cast, name, Role.STUDENT)

    def number(self, answer: Answer) -> int:
        return handmarks.numbers_of(answer.item_id)[answer.id]

    def marked(self, answer: Answer, by: Person, mark: Any, comment: str = "") -> Answer:
        """Give a mark of the item's points and finish."""
        now = utcnow()
        handmarks.give(answer.id, by, None, handmarks.Marks({}, Decimal(str(mark)), comment), now)
        handmarks.finish(answer.id, by, now)
        db.session.commit()
        return db.session.get_one(Answer, answer.id, populate_existing=True)


def world(cast: Any, contents: Any = None, *, markers: int = 1, points: int = 10, **rules: Any) -> World:
    """A course with such a quiz; `points` is what the essay is worth, the choice is worth 10."""
    course = factories.course(cast)
    lesson = courses.lessons_of(course.id)[0]
    asked = [
        teaching.Asked(factories.question(cast.university, contents or essay()), Decimal(points)),
        teaching.Asked(factories.question(cast.university), Decimal(10)),
    ]
    quiz = teaching.set_quiz(lesson, course, asked, teaching.QuizRules(markers=markers, **rules))
    factories.publish_anew(course)
    second = person(cast, "second", Role.TEACHER)
    cohort = factories.cohort(course, teacher_ids=[cast.coordinator.id, second.id])
    db.session.commit()
    return World(cast, course, cohort, quiz, second)


def rubric(cast: Any, item: QuizItem) -> Any:
    """A rubric of two criteria for the question of an item."""
    made = create_rubric(
        cast.university.id,
        "评分标准",
        "Rubric",
        [
            Criterion(
                "理由", "Reason", Decimal(3), Decimal(10), descriptor_zh="说明理由", descriptor_en="Gives reasons"
            ),
            Criterion("表达", "Style", Decimal(1), Decimal(5)),
        ],
    )
    item.version.question.rubric_id = made.id
    db.session.commit()
    return made


def attempt_of(answer: Answer) -> Attempt:
    """An attempt as the database has it now."""
    return db.session.get_one(Attempt, answer.attempt_id, populate_existing=True)
