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
from courses.models.feedback import MarginNote, Marking, Release
from courses.models.grades import Grade
from courses.models.submissions import (
    GroupMember,
    Submission,
    SubmissionDraft,
    SubmissionFile,
    SubmissionVersion,
    WorkGroup,
    WorkState,
)

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
    "GroupMember",
    "Joining",
    "KeptSeat",
    "Lesson",
    "LessonDone",
    "LessonDraft",
    "LessonKind",
    "LessonRevision",
    "LessonSkill",
    "MarginNote",
    "Marking",
    "Module",
    "Release",
    "Submission",
    "SubmissionDraft",
    "SubmissionFile",
    "SubmissionVersion",
    "Takes",
    "VersionLesson",
    "WorkGroup",
    "WorkState",
]
