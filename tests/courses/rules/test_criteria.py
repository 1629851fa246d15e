"""What a certificate says of what was asked: as many as there were, and nothing that was not."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rules.criteria import Asked, asks_answers, sentences

SOME = st.integers(0, 9)


def test_everything_that_was_asked_is_named_with_its_number():
    zh, en = sentences(3, Asked(9, 4, 2, 1, 1, 2), Decimal("0.6"))
    assert zh == (
        "完成课程第 3 版的全部 9 节必修课：通过 4 个测验，2 份作业达标，提交 1 份作业，参加 1 次讨论，"
        "其中 2 项由教师认定，总成绩不低于 60%。"
    )
    assert en == (
        "All 9 required lessons of version 3 of the course: 4 quizzes passed, 2 assignments accepted, "
        "1 assignment handed in, 1 discussion joined, 2 of these by a teacher’s decision, a total of at least 60%."
    )


@pytest.mark.parametrize(
    ("asked", "share", "zh", "en"),
    [
        (
            Asked(1, 1),
            None,
            "完成课程第 1 版的全部 1 节必修课：通过 1 个测验。",
            "The one required lesson of version 1 of the course: 1 quiz passed.",
        ),
        (
            Asked(0),
            Decimal("0.625"),
            "完成课程第 1 版：总成绩不低于 62.5%。",
            "Version 1 of the course: a total of at least 62.5%.",
        ),
    ],
)
def test_one_lesson_or_only_a_total_reads_well(asked, share, zh, en):
    assert sentences(1, asked, share) == (zh, en)


@given(SOME, SOME, SOME, SOME, SOME)
def test_no_quiz_or_work_is_named_where_none_was_asked(lessons, quizzes, accepted, handed_in, discussions):
    asked = Asked(lessons + quizzes + accepted + handed_in + discussions, quizzes, accepted, handed_in, discussions)
    zh, en = sentences(1, asked, None)
    assert ("测验" in zh) is ("quiz" in en) is bool(quizzes)
    assert ("达标" in zh) is ("accepted" in en) is bool(accepted)
    assert ("提交" in zh) is ("handed in" in en) is bool(handed_in)
    assert ("讨论" in zh) is ("discussion" in en) is bool(discussions)
    assert ("总成绩" in zh) is ("total" in en) is False
    assert asks_answers(asked, None) is (quizzes + accepted + handed_in + discussions > 0)
    assert asks_answers(asked, Decimal("0.5"))
