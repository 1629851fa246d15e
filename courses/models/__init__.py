"""Tables of courses: what is written, what is published of it, and who learns it."""

from courses.models.assignments import Assignment, CompletesOn, Takes
from courses.models.cohorts import (
    Cohort,
    CohortDate,
    CohortTeacher,
    Enrolment,
    Joining,
    KeptSeat,
    LessonDone,
)
from courses.models.courses import (
    QUIZ_OF_LESSON,
    Course,
    CourseFile,
    CourseStatus,
    CourseVersion,
    Lesson,
    LessonDraft,
    LessonKind,
    LessonRevision,
    LessonSkill,
    Module,
    VersionLesson,
)
from courses.models.discussions import Mention, Post, PostReport, PostText
from courses.models.grades import Grade
from courses.models.notes import LessonNote

__all__ = [
    "QUIZ_OF_LESSON",
    "Assignment",
    "Cohort",
    "CohortDate",
    "CohortTeacher",
    "CompletesOn",
    "Course",
    "CourseFile",
    "CourseStatus",
    "CourseVersion",
    "Enrolment",
    "Grade",
    "Joining",
    "KeptSeat",
    "Lesson",
    "LessonDone",
    "LessonDraft",
    "LessonKind",
    "LessonNote",
    "LessonRevision",
    "LessonSkill",
    "Mention",
    "Module",
    "Post",
    "PostReport",
    "PostText",
    "Takes",
    "VersionLesson",
]
