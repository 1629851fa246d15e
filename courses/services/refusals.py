"""What courses refuse, and the sentence for it."""

from flask_babel import lazy_gettext as _l

from app.errors import Refused


class CourseWithoutLessons(Refused):
    message = _l("A course needs at least one lesson before it can be published.")


class NothingNew(Refused):
    message = _l("Nothing has changed since the last version.")


class DatesReversed(Refused):
    message = _l("A cohort ends on or after the day on which it starts.")


class CohortEntered(Refused):
    message = _l("Somebody has been in this cohort or is invited to it. It can be archived, not deleted.")


class CohortPutAway(Refused):
    message = _l("This cohort is archived. Take it out of the archive before anybody comes in.")


class CohortClosed(Refused):
    message = _l("This cohort does not take students now.")


class CohortFull(Refused):
    message = _l("This cohort is full.")


class AlreadyLearning(Refused):
    message = _l("You are already enrolled in this course, in another cohort. Leave that one first.")


class CodeUnknown(Refused):
    message = _l("No cohort has this code. Perhaps your teacher has a newer one.")


class PrerequisitesUnmet(Refused):
    message = _l("Something has to come before this course; its page says what.")


class RequestAnswered(Refused):
    message = _l("This request has been answered meanwhile.")


class CircleOfCourses(Refused):
    message = _l("That course itself asks for this one, so nobody could begin either.")


class AlreadyRequired(Refused):
    message = _l("The course asks for this already.")


class PathWithoutSteps(Refused):
    message = _l("A path needs at least two courses before it can be published.")


class QuizNotPassed(Refused):
    message = _l("This lesson is completed by passing its quiz.")


class CompletedByWork(Refused):
    message = _l("This lesson is completed by what you hand in or write, not by saying that it is read.")


class LessonNotOpen(Refused):
    message = _l("This lesson is not open yet.")


class LessonIsAssignment(Refused):
    message = _l("This lesson is an assignment: handed-in work completes it. Give the quiz a lesson of its own.")


class PoolTooSmall(Refused):
    message = _l("%(take)s questions cannot be drawn from %(size)s.")


class NotTheSameLessons(Refused):
    message = _l("Somebody has added or removed a lesson meanwhile. Look at the order again.")


class VersionUnknown(Refused):
    message = _l("That version does not belong to this course.")
