"""What first answers say about the questions of a quiz, and about one question in all its quizzes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import sqlalchemy as sa

from app.assessment import queries
from app.assessment.models import Question, QuestionVersion, Quiz, QuizItem
from app.assessment.queries import analysis as analysis_queries
from app.assessment.queries.analysis import FirstAnswer
from app.assessment.rules import item_analysis as law
from app.assessment.rules.content import Content, QuestionKind
from app.assessment.rules.item_analysis import FEWEST_ATTEMPTS, ItemStatistics, Prediction, Reliability, Response
from app.skills import services as skills
from app.skills.queries import LedgerRow
from app.skills.rules.levels import difficulty_of_level

Levels = Mapping[tuple[int, str], float]


@dataclass(frozen=True)
class ItemAnalysis:
    """One item of a quiz; `prediction` is None where it names no skill."""

    item: QuizItem
    statistics: ItemStatistics
    prediction: Prediction | None

    @property
    def is_told(self) -> bool:
        """Whether enough people answered for figures that are not about them."""
        return self.statistics.n >= FEWEST_ATTEMPTS

    @property
    def needs_a_look(self) -> bool:
        """Whether something may be broken."""
        return self.is_told and self.statistics.needs_a_look


@dataclass(frozen=True)
class QuizAnalysis:
    """A quiz by its `people`'s first attempts; `mean` is their mean share of the points that are marked."""

    people: int
    mean: float | None
    items: Sequence[ItemAnalysis]
    reliability: Reliability | None

    @property
    def is_told(self) -> bool:
        """Whether enough people took it."""
        return self.people >= FEWEST_ATTEMPTS

    @property
    def is_judged(self) -> bool:
        """Whether enough people took it for the lack of flags to say that its questions work."""
        return all(one.statistics.is_judged for one in self.items)

    @property
    def suspects(self) -> list[ItemAnalysis]:
        """The items with a flag, those with the gravest first."""
        flagged = [one for one in self.items if self.is_told and one.is_told and one.statistics.flags]
        gravest = list(law.Flag)
        return sorted(flagged, key=lambda one: (gravest.index(one.statistics.flags[0]), one.item.position))


@dataclass(frozen=True)
class VersionAnalysis:
    """One version of a question; `anchor` is the difficulty at which its level begins, in logits."""

    version: QuestionVersion
    statistics: ItemStatistics
    anchor: float | None

    @property
    def is_told(self) -> bool:
        """Whether enough people answered this version."""
        return self.statistics.n >= FEWEST_ATTEMPTS


@dataclass(frozen=True)
class QuizPart:
    """A question in one quiz: which version, and its first answers there."""

    quiz: Quiz
    version: QuestionVersion
    statistics: ItemStatistics


@dataclass(frozen=True)
class QuestionAnalysis:
    """A question by each person's first answer to it, version by version, the newest first, and quiz by quiz."""

    people: int
    versions: Sequence[VersionAnalysis]
    quizzes: Sequence[QuizPart]
    prediction: Prediction | None


def of_quiz(quiz: Quiz, today: date, among: sa.Select[int] | None = None) -> QuizAnalysis:
    """The analysis of a quiz: three statements, however many took it; with `among` (ids of people) by theirs only."""
    items = [item for item in queries.items_of(quiz.id) if _first(item.version).kind is not QuestionKind.DESCRIPTION]
    answers = analysis_queries.first_answers_of(quiz.id, among)
    places = {item.id: number for number, item in enumerate(items)}
    people = {attempt: number for number, attempt in enumerate(dict.fromkeys(one.attempt_id for one in answers))}
    points = np.array([float(item.points) for item in items])
    shares = np.full((len(people), len(items)), np.nan)
    for one in answers:
        if one.share is not None and one.item_id in places:
            shares[people[one.attempt_id], places[one.item_id]] = float(one.share)
    rests = law.rest_scores(shares, points)
    codes = {str(item.version.skill_code) for item in items if item.version.skill_code}
    levels = _levels(analysis_queries.evidence_elsewhere(codes, quiz_id=quiz.id, among=among), today)
    by_item: dict[int, list[FirstAnswer]] = {}
    for one in answers:
        if one.share is not None:
            by_item.setdefault(one.item_id, []).append(one)
    found = []
    for item in items:
        content = _first(item.version)
        given = by_item.get(item.id, [])
        responses = [
            Response(
                float(one.share or 0),
                _number(rests[people[one.attempt_id], places[item.id]]),
                law.chosen(content, one.given),
            )
            for one in given
        ]
        shares_by_person = [(one.person_id, float(one.share or 0)) for one in given]
        found.append(
            ItemAnalysis(
                item,
                law.item_statistics(responses, law.alternatives(content), float(item.version.guess_floor)),
                _prediction(shares_by_person, item.version.skill_code, levels),
            )
        )
    return QuizAnalysis(len(people), _mean(shares, points), found, law.reliability(shares, points))


def of_question(question: Question, versions: Sequence[QuestionVersion], today: date) -> QuestionAnalysis:
    """The analysis of a question with all its `versions`, newest first: three statements."""
    answers = analysis_queries.first_answers_to(question.id)
    rests = law.levelled(
        [None if one.rest is None else float(one.rest) for one in answers], [o.quiz_id for o in answers]
    )
    by_id = {version.id: version for version in versions}
    of_version: dict[int, list[Response]] = {version.id: [] for version in versions}
    of_quiz: dict[tuple[int, int], list[Response]] = {}
    for one, rest in zip(answers, rests, strict=True):
        response = Response(float(one.share), rest, law.chosen(_first(by_id[one.version_id]), one.given))
        of_version[one.version_id].append(response)
        of_quiz.setdefault((one.quiz_id, one.version_id), []).append(response)
    code = question.skill_code
    levels = _levels(analysis_queries.evidence_elsewhere({code}, question_id=question.id), today) if code else {}
    return QuestionAnalysis(
        len(answers),
        [
            VersionAnalysis(
                version,
                _statistics(version, of_version[version.id]),
                difficulty_of_level(version.level) if version.level else None,
            )
            for version in versions
        ],
        [
            QuizPart(quiz, version, _statistics(version, of_quiz.get((quiz.id, version.id), [])))
            for quiz, version in analysis_queries.quizzes_with(question.id)
        ],
        _prediction([(one.person_id, float(one.share)) for one in answers], code, levels),
    )


def _statistics(version: QuestionVersion, responses: Sequence[Response]) -> ItemStatistics:
    return law.item_statistics(responses, law.alternatives(_first(version)), float(version.guess_floor))


def _first(version: QuestionVersion) -> Content:
    """The question in its first language; keys of options are the same in each."""
    return next(iter(version.contents.values()))


def _levels(rows: Sequence[LedgerRow], today: date) -> Levels:
    posteriors, _newest = skills.estimates(rows, today)
    return {pair: found.mean for pair, found in posteriors.items()}


def _prediction(shares: Sequence[tuple[int, float]], code: str | None, levels: Levels) -> Prediction | None:
    if code is None:
        return None
    return law.prediction([(share, levels[person, code]) for person, share in shares if (person, code) in levels])


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _mean(shares: law.Floats, points: law.Floats) -> float | None:
    """The mean over people of the share of points earned."""
    possible = (~np.isnan(shares) * points).sum(axis=1)
    earned = np.nansum(shares * points, axis=1)
    known = possible > 0
    return float((earned[known] / possible[known]).mean()) if known.any() else None
