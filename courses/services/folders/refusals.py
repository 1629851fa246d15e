"""What bringing a folder into a course refuses, and the sentence for it."""

from flask_babel import lazy_gettext as _l

from app.errors import Refused
from courses.folders import FolderRefused, Merged


class CourseThere(Refused):
    message = _l("There is a course “%(slug)s” already. Bring the folder back on its own page.")


class CourseAbsent(Refused):
    message = _l("There is no course “%(slug)s” yet.")


class CourseInTrash(Refused):
    message = _l("The course “%(slug)s” was deleted. Restore it first, or give the folder another slug.")


class OtherCourse(Refused):
    message = _l("This is the folder of the course “%(slug)s”, not of this one.")


class SlugJustTaken(Refused):
    message = _l("Somebody has begun the course “%(slug)s” at the same moment. Try again.")


class FolderUnreadable(Refused):
    message = _l("This file cannot be used: it %(reason)s.")


class TicketUnknown(Refused):
    message = _l("Send the file again; what was looked at is no longer known.")


class FolderClashes(FolderRefused):
    """Both sides have changed the same; `merged` tells how the rest would come together."""

    def __init__(self, merged: Merged) -> None:
        super().__init__(merged.clashes)
        self.merged = merged
