"""Things of teaching that tests need: questions, a course with a quiz, a cohort. Override what matters."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app.assessment.models import QuestionVersion
from app.assessment.rules.content import Content, Format, Option, Single, TrueFalse
from app.assessment.services import questions
from app.clock import today
from app.db import utcnow
from courses import queries, services
from courses.models import Cohort, Course, Lesson
from tests.page import Page, read

SKILL = "CC02"


def single(right: str = "9810", *wrong: str, feedback: str = "") -> dict[str, Content]:
    """A single choice in both languages; the right option is written first, as authors like to."""
    texts = [right, *(wrong or ("9610", "9710", "1210"))]
    return {
        language: Single(
            text=asked,
            format=Format.MARKDOWN,
            options=tuple(
                Option(
                    key="abcdef"[number],
                    text=text,
                    fraction=1.0 if number == 0 else 0.0,
                    feedback=feedback if number == 0 else "",
                )
                for number, text in enumerate(texts)
            ),
            general_feedback="海外仓出口申报 9810。"
            if language == "zh"
            else "An overseas warehouse is declared as 9810.",
        )
        for language, asked in (("zh", "申报哪一种监管方式？"), ("en", "Which mode is declared?"))
    }


def question(
    organisation: Any, contents: Any = None, *, skill: str | None = SKILL, level: int | None = 2
) -> QuestionVersion:
    """A question in an organisation's bank."""
    return questions.create_question(
        organisation.id, contents or single(), skill_code=skill, level=level if skill else None
    )


def statement(organisation: Any) -> QuestionVersion:
    """A true statement that names no skill."""
    contents = {"zh": TrueFalse(text="跨境电商零售出口用 9610。", format=Format.PLAIN, right=True)}
    return questions.create_question(organisation.id, contents)


def course(cast: Any, *, lessons: int = 2, published: bool = True, title: str = "通关与合规") -> Course:
    """A course of the cast's university with pages as lessons."""
    made = services.create_course(
        cast.university.id, title, "Customs and compliance", summary_zh="学会申报。", summary_en="Learn to declare."
    )
    for number in range(1, lessons + 1):
        services.add_lesson(
            made, f"第{number}课", f"Part {number}", body_zh="正文 $a^2$", body_en="Text $a^2$", minutes=25
        )
    if published:
        services.publish(made, utcnow(), None)
    return made


def give_quiz(lesson: Lesson, of: Course, versions: list[QuestionVersion], **rules: Any) -> Any:
    """A quiz of one point a question at the end of a lesson; whoever learns a published course has it at once."""
    asked = [services.Asked(version, Decimal(1)) for version in versions]
    quiz = services.set_quiz(lesson, of, asked, services.QuizRules(**rules))
    if of.is_published:
        publish_anew(of)
    return quiz


def publish_anew(of: Course) -> None:
    """Publish what a course says now, where that is new, and let all its cohorts go on with it."""
    try:
        version = services.publish(of, utcnow(), None)
    except services.NothingNew:
        return
    for row in queries.cohorts_of(of.id):
        services.move_cohort(row.cohort, version, utcnow(), of.created_by_id or 0)


def cohort(of: Course, *, day: date | None = None, **more: Any) -> Cohort:
    """A cohort that takes students today."""
    day = day or today()
    return services.open_cohort(
        of, "2026 秋", "Autumn 2026", day - timedelta(days=10), day + timedelta(days=60), **more
    )


def contents_for(person: Any, of: Course) -> list[queries.LessonLine]:
    """The lessons that somebody learns of a course, with what they have completed."""
    enrolment = queries.enrolment_in(person, of.id)
    assert enrolment is not None
    return queries.contents_of(enrolment.cohort.version_id, enrolment.id)


def follow(client: Any, path: str, language: str = "en") -> Page:
    """The page at `path`, or the one that it leads to."""
    headers = {"Accept-Language": language}
    answer = client.get(path, headers=headers)
    while 300 <= answer.status_code < 400:
        answer = client.get(answer.location, headers=headers)
    return read(answer)
