"""Tables of courses: what is written, what is published of it, and who learns it."""

from courses.models.announcements import Announcement, AnnouncementRead
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
from courses.models.feedback import MarginNote, Marking, Release
from courses.models.grades import ChangeKind, ColumnGrade, Grade, GradeChange, GradeColumn
from courses.models.joining import JoiningRequest, WaitingPlace
from courses.models.materials import CohortMaterial, CohortMaterialFile
from courses.models.notes import LessonNote
from courses.models.paths import LearningPath, PathStep, Prerequisite
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
    "Announcement",
    "AnnouncementRead",
    "Assignment",
    "ChangeKind",
    "Cohort",
    "CohortDate",
    "CohortMaterial",
    "CohortMaterialFile",
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
    "GroupMember",
    "Joining",
    "JoiningRequest",
    "KeptSeat",
    "LearningPath",
    "Lesson",
    "LessonDone",
    "LessonDraft",
    "LessonKind",
    "LessonNote",
    "LessonRevision",
    "LessonSkill",
    "MarginNote",
    "Marking",
    "Mention",
    "Module",
    "PathStep",
    "Post",
    "PostReport",
    "PostText",
    "Prerequisite",
    "Release",
    "Submission",
    "SubmissionDraft",
    "SubmissionFile",
    "SubmissionVersion",
    "Takes",
    "VersionLesson",
    "WaitingPlace",
    "WorkGroup",
    "WorkState",
]
