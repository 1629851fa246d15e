"""A course as a folder of text files: read into values and written from them, compared and merged. No database."""

from courses.folders.faults import Fault, FolderRefused, Said
from courses.folders.locks import Lock, lock_after, lock_of
from courses.folders.merging import Merged, Prefer, State, changed_by_both, changed_since_export, merge_courses
from courses.folders.places import open_archive, open_directory, pack, unpack
from courses.folders.reading import Folder, read_folder
from courses.folders.values import About, Assignment, Course, Held, Lesson, Module, Pool, Question, Quiz, Row, Step
from courses.folders.writing import write_folder

__all__ = [
    "About",
    "Assignment",
    "Course",
    "Fault",
    "Folder",
    "FolderRefused",
    "Held",
    "Lesson",
    "Lock",
    "Merged",
    "Module",
    "Pool",
    "Prefer",
    "Question",
    "Quiz",
    "Row",
    "Said",
    "State",
    "Step",
    "changed_by_both",
    "changed_since_export",
    "lock_after",
    "lock_of",
    "merge_courses",
    "open_archive",
    "open_directory",
    "pack",
    "read_folder",
    "unpack",
    "write_folder",
]
