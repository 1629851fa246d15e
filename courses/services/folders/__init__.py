"""A course written out as files, and files brought into a course: all of them, or nothing. Nothing here commits."""

from courses.services.folders.bringing import Brought, bring_folder
from courses.services.folders.export import Written, written
from courses.services.folders.refusals import (
    CourseAbsent,
    CourseInTrash,
    CourseThere,
    FolderClashes,
    FolderUnreadable,
    OtherCourse,
    SlugJustTaken,
    TicketUnknown,
)
from courses.services.folders.uploads import keep_waiting, read_archive, waiting

__all__ = [
    "Brought",
    "CourseAbsent",
    "CourseInTrash",
    "CourseThere",
    "FolderClashes",
    "FolderUnreadable",
    "OtherCourse",
    "SlugJustTaken",
    "TicketUnknown",
    "Written",
    "bring_folder",
    "keep_waiting",
    "read_archive",
    "waiting",
    "written",
]
