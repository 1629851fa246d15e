"""What an attempt that is over tells its taker: each item, and which skills it showed at which level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.assessment import queries
from app.assessment.models import Answer, Attempt, QuizItem, RubricRow
from app.assessment.queries import marking as marking_queries
from app.assessment.queries import peers as peer_queries
from app.assessment.rules import marking
from app.assessment.rules import tries as rules
from app.assessment.rules.content import Content
from app.assessment.rules.drawing import drawn
from app.assessment.rules.marking import Said
from app.assessment.rules.showing import RightAnswer, Shown, right_answers, show
from app.assessment.services.answer_files import files_in
from app.assessment.services.handmarks import rows_of, told
from app.assessment.services.quizzes import best_mark
from app.clock import day_of
from app.reference import queries as reference
from app.reference.models import Skill
from app.skills import queries as skill_queries
from app.skills import services as skills
from app.skills.models import Evidence
from app.skills.reading import likely_level
from app.skills.rules import levels


@dataclass(frozen=True)
class SkillOutcome:
    """A skill that an attempt tested: the level shown before and after it, what is likely, how many answers spoke."""

    skill: Skill
    before: int
    after: int
    likely: int
    answers: int


@dataclass(frozen=True)
class ItemOutcome:
    """One item after marking. `right` is empty while it must not be told."""

    number: int
    item: QuizItem
    shown: Shown
    share: Decimal | None
    reason: str
    feedback: Sequence[Said]
    right: Sequence[RightAnswer]
    files: Sequence[Mapping[str, Any]] = ()
    by_people: "MarkedByPeople | None" = None
    evidence: "ItemEvidence | None" = None

    @property
    def is_waiting(self) -> bool:
        """Whether a person has still to mark it."""
        return self.share is None and self.reason == marking.MarkReason.NEEDS_PERSON


@dataclass(frozen=True)
class RowOutcome:
    """What a rubric row brought: the mean of the marks that count."""

    row: RubricRow
    mark: Decimal


@dataclass(frozen=True)
class MarkedByPeople:
    """What those who marked an answer told its author: comments, and marks by row of the rubric."""

    comments: Sequence[str]
    rows: Sequence[RowOutcome]


@dataclass(frozen=True)
class ItemEvidence:
    """What an item's answer was recorded as: the row of the ledger that counts, and its skill."""

    row: Evidence
    skill: Skill


def count_waiting(answers: Mapping[int, Answer]) -> int:
    """How many of an attempt's answers wait for a person's mark."""
    return sum(answer.share is None and answer.reason == marking.MarkReason.NEEDS_PERSON for answer in answers.values())


def skill_outcomes(attempt: Attempt, items: Sequence[QuizItem]) -> list[SkillOutcome]:
    """The skills that a marked attempt tested, those that rose first. Read off the ledger up to that moment."""
    moment = attempt.submitted_at
    if moment is None:
        return []
    tested = [str(item.version.skill_code) for item in items if item.version.gives_evidence]
    if not tested:
        return []
    rows = skill_queries.countable_rows([attempt.person_id], set(tested))
    before = _levels([row for row in rows if row.observed_at < moment], moment)
    after = _levels([row for row in rows if row.observed_at <= moment], moment)
    found = [
        SkillOutcome(skill, before.get(code, (0, 0))[0], *after.get(code, (0, 0)), tested.count(code))
        for code, skill in reference.skills_by_code(set(tested)).items()
    ]
    return sorted(found, key=lambda one: (one.before - one.after, -one.answers, -one.after, one.skill.code))


def _levels(rows: Sequence[skill_queries.LedgerRow], moment: datetime) -> dict[str, tuple[int, int]]:
    """Level shown and level likely by skill."""
    posteriors, _newest = skills.estimates(rows, day_of(moment))
    return {
        skill: (levels.shown_level(found.mean, found.sd), likely_level(found.mean))
        for (_person, skill), found in posteriors.items()
    }


@dataclass(frozen=True)
class Checked:
    """A question that answers at once: what the tries so far say, and whether another one is taken."""

    tries: int
    left: int
    is_settled: bool
    share: Decimal
    reason: str
    hint: str
    feedback: Sequence[Said]
    penalty: Decimal


def checked(attempt: Attempt, item: QuizItem, language: str) -> Checked:
    """How a question stands in a quiz that answers at once."""
    answer = queries.answer_to(attempt.id, item.id)
    tries = answer.given.get("tries", []) if answer else []
    content = drawn(item.version.content_in(language), attempt.seed, str(item.id))
    shares = [Decimal(each["share"]) for each in tries]
    allowed = rules.tries_allowed(content)
    settled = rules.is_settled(shares, allowed)
    said = list(marking.mark(content, tries[-1]["answer"]).feedback) if tries else []
    if settled and content.general_feedback:
        said.append(Said(content.general_feedback, content.general_feedback_format or content.format))
    share = rules.share_after(shares, content.penalty)
    return Checked(
        tries=len(tries),
        left=allowed - len(tries),
        is_settled=settled,
        share=share,
        reason=rules.reason_of(shares[-1]).value if shares else "",
        hint=rules.hint_after(shares, content),
        feedback=said,
        penalty=Decimal(str(content.penalty)),
    )


def item_outcomes(
    attempt: Attempt, items: Sequence[QuizItem], answers: Mapping[int, Answer], language: str, *, tell_right: bool
) -> list[ItemOutcome]:
    """Each item with its mark and what it has to say; what would have been right only with `tell_right`."""
    outcomes = []
    by_people = _marked_by_people(attempt, answers)
    evidence = _evidence(attempt)
    for number, item in enumerate(items, start=1):
        answer = answers.get(item.id)
        given = answer.given.get("answer") if answer else None
        content = drawn(item.version.content_in(language), attempt.seed, str(item.id))
        seed = attempt.seed if attempt.quiz.shuffles else None
        outcomes.append(
            ItemOutcome(
                number,
                item,
                show(content, given, seed=seed, place=str(item.id)),
                answer.share if answer else Decimal(0),
                answer.reason if answer else marking.MarkReason.NOT_ANSWERED.value,
                _feedback(item, content, given, attempt.seed),
                right_answers(content) if tell_right else (),
                files_in(given),
                by_people.get(item.id),
                evidence.get(item.id),
            )
        )
    return outcomes


def _marked_by_people(attempt: Attempt, answers: Mapping[int, Answer]) -> dict[int, MarkedByPeople]:
    """What people told of the answers that have their mark, by item id."""
    given = marking_queries.hand_marks_of_attempt(attempt.id)
    peers = peer_queries.comments_in(attempt.id)
    counting = {
        item_id: told(given.get(answer.id, []))
        for item_id, answer in answers.items()
        if (answer.id in given or answer.id in peers) and answer.share is not None
    }
    marks = {mark.id: rows_of(mark) for those in counting.values() for mark in those}
    ids = {row_id for rows in marks.values() for row_id in rows}
    rubric_rows = marking_queries.rubric_rows(ids) if ids else []
    found = {}
    for item_id, those in counting.items():
        rows = []
        for row in rubric_rows:
            held = [marks[mark.id][row.id] for mark in those if row.id in marks[mark.id]]
            if held:
                rows.append(RowOutcome(row, sum(held, Decimal(0)) / len(held)))
        comments = [mark.comment for mark in those if mark.comment]
        found[item_id] = MarkedByPeople(comments + peers.get(answers[item_id].id, []), rows)
    return found


def _evidence(attempt: Attempt) -> dict[int, ItemEvidence]:
    """The rows of the ledger that count of an attempt's answers, by item id: of each the newest."""
    found = {}
    for row, skill in marking_queries.evidence_of(attempt.id):
        # quiz_item:<attempt>:<item>, with more behind it after a correction
        found[int(row.unique_key.split(":")[2])] = ItemEvidence(row, skill)
    return found


def _feedback(item: QuizItem, content: Content, given: object, seed: int) -> list[Said]:
    """What the answer is told, in the reader's language unless the other one marked it higher."""
    marked, best = marking.mark(content, given), best_mark(item.version, given, seed, item.id)
    if marked.mark is not None and best.mark is not None and best.mark > marked.mark:
        marked = best
    said = list(marked.feedback)
    if content.general_feedback:
        said.append(Said(content.general_feedback, content.general_feedback_format or content.format))
    return said
