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
from courses.models.grades import ChangeKind, ColumnGrade, Grade, GradeChange, GradeColumn

__all__ = [
    "QUIZ_OF_LESSON",
    "Assignment",
    "ChangeKind",
    "Cohort",
    "CohortDate",
    "CohortTeacher",
    "ColumnGrade",
    "CompletesOn",
    "Course",
    "CourseFile",
    "CourseStatus",
    "CourseVersion",
    "Enrolment",
    "Grade",
    "GradeChange",
    "GradeColumn",
    "Joining",
    "KeptSeat",
    "Lesson",
    "LessonDone",
    "LessonDraft",
    "LessonKind",
    "LessonRevision",
    "LessonSkill",
    "Module",
    "Takes",
    "VersionLesson",
]
