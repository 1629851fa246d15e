"""Things of peer review that tests need: learners whose essays go to one another, and who review them."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Person
from app.assessment.contexts import marked_by
from app.assessment.models import Answer, PeerReview
from app.assessment.queries import marking as marking_queries
from app.assessment.queries import peers as queries
from app.assessment.services import handmarks
from app.assessment.services import peer_review as services
from app.assessment.services.handmarks import Marks, SheetState
from app.db import db, utcnow
from tests.assessment import handwriting

COMMENT = "说明了理由，但没有提到备案。"


@dataclass
class Reviewed(handwriting.World):
    """A quiz whose essay peers review; the first answers are marked by a teacher: the examples."""

    answers: list[Answer] = field(default_factory=list)
    examples: list[Answer] = field(default_factory=list)

    @property
    def waiting(self) -> list[Answer]:
        return [answer for answer in self.answers if answer not in self.examples]

    def allocate(self) -> None:
        services.allocate(self.item.id, utcnow())
        db.session.commit()

    def author(self, answer: Answer) -> Person:
        return answer.attempt.person

    def reviewers(self, answer: Answer) -> list[Person]:
        return [review.reviewer for review in queries.reviews_of(answer.id)]

    @property
    def reviewer(self) -> Person:
        """Somebody with two examples and two answers to review."""
        people = [self.author(answer) for answer in self.waiting]
        return next(one for one in people if len(services.tasks_of(one, utcnow())) == 4)

    def task(self, answer: Answer, reviewer: Person) -> services.Task:
        tasks = services.tasks_of(reviewer, utcnow())
        return next(task for task in tasks if task.answer.id == answer.id)

    def calibrated(self, reviewer: Person, more: str = "0") -> None:
        """Mark the examples as the teacher did, and so much more as a share."""
        for task in services.tasks_of(reviewer, utcnow()):
            if task.review.is_calibration and task.waits:
                mark = (task.answer.share + Decimal(more)) * 10
                self.review(task.answer, reviewer, mark)

    def review(self, answer: Answer, reviewer: Person, mark: Any, comment: str = COMMENT) -> None:
        now = utcnow()
        services.give(answer.id, reviewer, None, Marks({}, Decimal(str(mark)), comment), now)
        services.finish(answer.id, reviewer, now)
        db.session.commit()

    def settled_by_peers(self) -> Answer:
        """An answer on which its peers have settled."""
        self.allocate()
        answer = self.waiting[0]
        for reviewer in self.reviewers(answer):
            self.calibrated(reviewer)
            self.review(answer, reviewer, 7)
        return answer

    def state(self, answer: Answer) -> SheetState:
        """How the answer stands for the coordinator."""
        sheets = handmarks.sheets_of(self.item, self.cast.coordinator)
        return next(sheet.state for sheet in sheets if sheet.answer.id == answer.id)

    def counts(self) -> tuple[int, int]:
        """How many answers wait for the coordinator, and elsewhere."""
        (item,) = marking_queries.items_to_mark(
            self.cast.coordinator, marked_by(self.cast.coordinator, self.cast.university.id)
        )
        return item.to_mark, item.elsewhere

    def time_passes(self, days: int) -> None:
        """Let the allocation lie so many days back."""
        for review in db.session.scalars(sa.select(PeerReview)):
            review.allocated_at -= timedelta(days=days)
        db.session.commit()


def reviewed(cast: Any, *, learners: int = 6, examples: int = 2, peers: int = 2, **rules: Any) -> Reviewed:
    """Learners who handed in an essay; a teacher has marked the first ones with 4, 5 … of 10 points."""
    made = handwriting.world(cast, peers=peers, **rules)
    world = Reviewed(made.cast, made.course, made.cohort, made.quiz, made.second)
    world.answers = [world.answered(world.learner(f"learner{number}")) for number in range(learners)]
    for number, answer in enumerate(world.answers[:examples]):
        world.marked(answer, cast.coordinator, 4 + number)
        if world.quiz.markers > 1:
            world.marked(answer, world.second, 4 + number)
        world.examples.append(answer)
    return world
