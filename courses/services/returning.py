"""What somebody finds who comes back to a cohort that they left. Nothing here commits."""

from collections.abc import Sequence
from datetime import datetime

from courses.models import Cohort, Enrolment
from courses.queries import grades as grade_queries
from courses.queries import returning as queries
from courses.services.completion import check_completion
from courses.services.grades import lesson_marked
from courses.services.learning import complete_lesson


def take_up_again(cohort: Cohort, enrolments: Sequence[Enrolment], now: datetime) -> None:
    """Count what was marked while people were away: works that were accepted, quizzes that they passed.

    While somebody is away nothing of theirs is completed. A few statements, and some for each thing that is found.
    """
    if not enrolments or cohort.version_id is None:
        return
    by_id = {enrolment.id: enrolment for enrolment in enrolments}
    by_person = {enrolment.person_id: enrolment for enrolment in enrolments}
    done = queries.lessons_done_by(list(by_id))
    marked = {(one.enrolment_id, one.lesson_id): one for one in grade_queries.grades_of(list(by_id))}
    found = [key for key in queries.works_accepted(list(by_id)) if key not in done]
    for one in queries.quizzes_tried(by_person, cohort.version_id):
        enrolment, tried = by_person[one.person_id], one.tried
        key = (enrolment.id, one.lesson_id)
        kept = marked.get(key)
        is_known = kept is not None and (kept.points, kept.points_max) == (tried.best, tried.most)
        if tried.best is not None and tried.most is not None and not is_known:
            lesson_marked(enrolment, one.lesson_id, tried.best, tried.most, now)
        if one.is_passed and key not in done:
            found.append(key)
    for enrolment_id, lesson_id in found:
        complete_lesson(by_id[enrolment_id], lesson_id, cohort.course, now)
    for enrolment in enrolments:
        if enrolment.completed_at is None:
            check_completion(enrolment, cohort.course, now)
