"""courses in versions"""

import hashlib
import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from app.db import Exact

revision = "c41d7f0a92be"
down_revision = "ba18a8d61ea3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("takes", sa.JSON(), nullable=False),
        sa.Column("files_max", sa.Integer(), nullable=False),
        sa.Column("points_max", Exact(10, 4), nullable=False),
        sa.Column("rubric_id", sa.Integer(), nullable=True),
        sa.Column(
            "completes_on",
            sa.Enum("handed-in", "passed", name="completeson", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("pass_share", Exact(5, 4), nullable=False),
        sa.Column("late_share_per_day", Exact(5, 4), nullable=False),
        sa.Column("late_days_max", sa.Integer(), nullable=True),
        sa.Column("group_size", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["rubric_id"], ["rubric.id"], name=op.f("fk_assignment_rubric_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_lesson_id"), ["lesson_id"], unique=False)

    op.create_table(
        "course_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_course_file_added_by_id")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_file_course_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_course_file_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_file")),
    )
    with op.batch_alter_table("course_file", schema=None) as batch_op:
        batch_op.create_index("ix_course_file_course_id_name", ["course_id", "name"], unique=False)
        batch_op.create_index(batch_op.f("ix_course_file_file_id"), ["file_id"], unique=False)

    op.create_table(
        "course_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("summary_zh", sa.Text(), nullable=False),
        sa.Column("summary_en", sa.Text(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("modules", sa.JSON(), nullable=False),
        sa.Column("lessons", sa.Integer(), nullable=False),
        sa.Column("required", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("note_zh", sa.Text(), nullable=False),
        sa.Column("note_en", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_version_course_id")),
        sa.ForeignKeyConstraint(["published_by_id"], ["person.id"], name=op.f("fk_course_version_published_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_version")),
        sa.UniqueConstraint("course_id", "number", name=op.f("uq_course_version_course_id_number")),
    )
    op.create_table(
        "module",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_module_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_module")),
    )
    with op.batch_alter_table("module", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_module_course_id"), ["course_id"], unique=False)

    op.create_table(
        "cohort_date",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_cohort_date_cohort_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_cohort_date_lesson_id")),
        sa.PrimaryKeyConstraint("cohort_id", "lesson_id", name=op.f("pk_cohort_date")),
    )
    with op.batch_alter_table("cohort_date", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cohort_date_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_cohort_date_lesson_id"), ["lesson_id"], unique=False)

    op.create_table(
        "lesson_draft",
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_draft_lesson_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_lesson_draft_person_id")),
        sa.PrimaryKeyConstraint("lesson_id", "person_id", name=op.f("pk_lesson_draft")),
    )
    with op.batch_alter_table("lesson_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lesson_draft_person_id"), ["person_id"], unique=False)

    op.create_table(
        "lesson_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "page",
                "video",
                "file",
                "quiz",
                "assignment",
                "discussion",
                name="lessonkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title_zh", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("body_zh", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("category", sa.String(length=80), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=True),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=True),
        sa.Column("is_aside", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_lesson_revision_assignment_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_revision_lesson_id")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_lesson_revision_quiz_id")),
        sa.ForeignKeyConstraint(["saved_by_id"], ["person.id"], name=op.f("fk_lesson_revision_saved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_revision")),
        sa.UniqueConstraint("lesson_id", "number", name=op.f("uq_lesson_revision_lesson_id_number")),
    )
    with op.batch_alter_table("lesson_revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lesson_revision_assignment_id"), ["assignment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lesson_revision_quiz_id"), ["quiz_id"], unique=False)

    op.create_table(
        "version_lesson",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_version_lesson_lesson_id")),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], name=op.f("fk_version_lesson_module_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["lesson_revision.id"], name=op.f("fk_version_lesson_revision_id")),
        sa.ForeignKeyConstraint(["version_id"], ["course_version.id"], name=op.f("fk_version_lesson_version_id")),
        sa.PrimaryKeyConstraint("version_id", "position", name=op.f("pk_version_lesson")),
    )
    with op.batch_alter_table("version_lesson", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_version_lesson_lesson_id"), ["lesson_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_version_lesson_revision_id"), ["revision_id"], unique=False)

    op.create_table(
        "grade",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("points", Exact(10, 4), nullable=True),
        sa.Column("points_max", Exact(10, 4), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_grade_enrolment_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_grade_lesson_id")),
        sa.PrimaryKeyConstraint("enrolment_id", "lesson_id", name=op.f("pk_grade")),
    )
    with op.batch_alter_table("grade", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grade_lesson_id"), ["lesson_id"], unique=False)

    with op.batch_alter_table("cohort", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "joining",
                sa.Enum("open", "code", "request", "list", name="joining", native_enum=False, length=40),
                server_default="open",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("code", sa.String(length=20), nullable=True))
        batch_op.create_index(batch_op.f("ix_cohort_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cohort_version_id"), ["version_id"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_cohort_code"), ["code"])
        batch_op.create_foreign_key(
            batch_op.f("fk_cohort_organisation_id"), "organisation", ["organisation_id"], ["id"]
        )
        batch_op.create_foreign_key(batch_op.f("fk_cohort_version_id"), "course_version", ["version_id"], ["id"])

    op.execute("UPDATE cohort SET joining = CASE WHEN is_open THEN 'open' ELSE 'list' END")
    op.execute(
        "UPDATE cohort SET organisation_id = (SELECT organisation_id FROM course WHERE course.id = cohort.course_id)"
    )
    with op.batch_alter_table("cohort", schema=None) as batch_op:
        batch_op.alter_column("organisation_id", existing_type=sa.Integer(), nullable=False)
        batch_op.drop_column("is_open")

    with op.batch_alter_table("course", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rules", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("version_number", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("lesson", schema=None) as batch_op:
        batch_op.add_column(sa.Column("module_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("name", sa.String(length=80), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum(
                    "page",
                    "video",
                    "file",
                    "quiz",
                    "assignment",
                    "discussion",
                    name="lessonkind",
                    native_enum=False,
                    length=40,
                ),
                server_default="page",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("is_required", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("category", sa.String(length=80), server_default="", nullable=False))
        batch_op.add_column(sa.Column("settings", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("assignment_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("revision_number", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_lesson_course_id_position"), type_="unique")
        batch_op.create_index("ix_lesson_course_id_position", ["course_id", "position"], unique=False)
        batch_op.create_index(batch_op.f("ix_lesson_module_id"), ["module_id"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_lesson_assignment_id"), ["assignment_id"])
        batch_op.create_foreign_key(batch_op.f("fk_lesson_module_id"), "module", ["module_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_lesson_assignment_id"), "assignment", ["assignment_id"], ["id"])

    _keep_what_was_published()


def _keep_what_was_published() -> None:
    """Each lesson as it stands becomes its first revision; each course once published its first version."""
    bind = op.get_bind()
    op.execute("UPDATE lesson SET name = 'lesson-' || position, revision_number = 1 WHERE name = ''")
    lessons = (
        bind.execute(
            sa.text(
                "SELECT id, course_id, position, title_zh, title_en, body_zh, body_en, minutes, quiz_id FROM lesson ORDER BY id"
            )
        )
        .mappings()
        .all()
    )
    now = datetime.now(UTC)
    moment = now.replace(tzinfo=None) if bind.dialect.name == "sqlite" else now
    revision = sa.table(
        "lesson_revision",
        *(
            sa.column(name)
            for name in (
                "lesson_id",
                "number",
                "kind",
                "title_zh",
                "title_en",
                "body_zh",
                "body_en",
                "minutes",
                "quiz_id",
                "digest",
            )
        ),
        sa.column("settings", sa.JSON()),
        sa.column("category"),
        sa.column("is_required", sa.Boolean()),
        sa.column("is_aside", sa.Boolean()),
        sa.column("saved_at", sa.DateTime(timezone=True)),
    )
    for lesson in lessons:
        text = {name: lesson[name] for name in ("title_zh", "title_en", "body_zh", "body_en")}
        text |= {"kind": "page", "minutes": lesson["minutes"], "is_required": True, "category": "", "settings": {}}
        told = text | {"quiz": lesson["quiz_id"], "assignment": None}
        digest = hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
        bind.execute(
            sa.insert(revision).values(
                lesson_id=lesson["id"],
                number=1,
                quiz_id=lesson["quiz_id"],
                digest=digest,
                saved_at=moment,
                is_aside=False,
                **text,
            )
        )
    op.execute(
        "INSERT INTO course_version (course_id, number, title_zh, title_en, summary_zh, summary_en, rules, modules, lessons,"
        " required, minutes, note_zh, note_en, published_at, published_by_id)"
        " SELECT course.id, 1, title_zh, title_en, summary_zh, summary_en, '{}', '[]',"
        " (SELECT count(*) FROM lesson WHERE lesson.course_id = course.id),"
        " (SELECT count(*) FROM lesson WHERE lesson.course_id = course.id),"
        " (SELECT coalesce(sum(minutes), 0) FROM lesson WHERE lesson.course_id = course.id), '', '', published_at, created_by_id"
        " FROM course WHERE published_at IS NOT NULL"
    )
    op.execute("UPDATE course SET version_number = 1 WHERE published_at IS NOT NULL")
    op.execute(
        "INSERT INTO version_lesson (version_id, position, lesson_id, revision_id, module_id)"
        " SELECT course_version.id, lesson.position, lesson.id, lesson_revision.id, NULL FROM course_version"
        " JOIN lesson ON lesson.course_id = course_version.course_id"
        " JOIN lesson_revision ON lesson_revision.lesson_id = lesson.id"
    )
    op.execute(
        "UPDATE cohort SET version_id = (SELECT id FROM course_version WHERE course_version.course_id = cohort.course_id)"
    )


def downgrade() -> None:
    with op.batch_alter_table("lesson", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_lesson_assignment_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_lesson_module_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_lesson_assignment_id"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_lesson_module_id"))
        batch_op.drop_index("ix_lesson_course_id_position")
        batch_op.create_unique_constraint(batch_op.f("uq_lesson_course_id_position"), ["course_id", "position"])
        batch_op.drop_column("deleted_at")
        batch_op.drop_column("revision_number")
        batch_op.drop_column("assignment_id")
        batch_op.drop_column("settings")
        batch_op.drop_column("category")
        batch_op.drop_column("is_required")
        batch_op.drop_column("kind")
        batch_op.drop_column("name")
        batch_op.drop_column("module_id")

    with op.batch_alter_table("course", schema=None) as batch_op:
        batch_op.drop_column("deleted_at")
        batch_op.drop_column("version_number")
        batch_op.drop_column("rules")

    with op.batch_alter_table("cohort", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_open", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.drop_constraint(batch_op.f("fk_cohort_version_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_cohort_organisation_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_cohort_code"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_cohort_version_id"))
        batch_op.drop_index(batch_op.f("ix_cohort_organisation_id"))
        batch_op.drop_column("code")
        batch_op.drop_column("joining")
        batch_op.drop_column("organisation_id")
        batch_op.drop_column("version_id")

    with op.batch_alter_table("version_lesson", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_version_lesson_revision_id"))
        batch_op.drop_index(batch_op.f("ix_version_lesson_lesson_id"))

    op.drop_table("version_lesson")
    with op.batch_alter_table("lesson_revision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lesson_revision_quiz_id"))
        batch_op.drop_index(batch_op.f("ix_lesson_revision_assignment_id"))

    op.drop_table("lesson_revision")
    with op.batch_alter_table("lesson_draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lesson_draft_person_id"))

    op.drop_table("lesson_draft")
    with op.batch_alter_table("cohort_date", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cohort_date_lesson_id"))
        batch_op.drop_index(batch_op.f("ix_cohort_date_due_at"))

    op.drop_table("cohort_date")
    with op.batch_alter_table("module", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_module_course_id"))

    op.drop_table("module")
    op.drop_table("course_version")
    with op.batch_alter_table("course_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_course_file_file_id"))
        batch_op.drop_index("ix_course_file_course_id_name")

    op.drop_table("course_file")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_lesson_id"))

    op.drop_table("grade")
    op.drop_table("assignment")
