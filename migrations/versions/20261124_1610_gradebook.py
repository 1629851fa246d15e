"""gradebook"""

import sqlalchemy as sa
from alembic import op
from app.audit import append_only_triggers
from app.db import Exact

revision = "7d2f4c90e1b6"
down_revision = "2c406e4c30cc"
branch_labels = None
depends_on = None

KINDS = ("mark", "override", "cleared", "import")
# The best attempt of everybody at the quizzes of each lesson, but for those in which answers wait for a person.
BEST_ATTEMPTS = """
INSERT INTO grade (enrolment_id, lesson_id, points, points_max, marked_at)
SELECT enrolment_id, lesson_id, points, points_max, submitted_at FROM (
    SELECT enrolment.id AS enrolment_id, lesson.id AS lesson_id, attempt.points AS points,
           attempt.points_max AS points_max, attempt.submitted_at AS submitted_at,
           row_number() OVER (
               PARTITION BY enrolment.id, lesson.id
               ORDER BY attempt.points * 1.0 / attempt.points_max DESC, attempt.id
           ) AS place
    FROM enrolment
    JOIN cohort ON cohort.id = enrolment.cohort_id
    JOIN lesson ON lesson.course_id = cohort.course_id
    JOIN quiz ON quiz.context_kind = 'lesson' AND quiz.context_id = lesson.id
    JOIN attempt ON attempt.quiz_id = quiz.id AND attempt.person_id = enrolment.person_id
    WHERE attempt.submitted_at IS NOT NULL AND attempt.points IS NOT NULL AND attempt.points_max > 0
      AND NOT EXISTS (SELECT 1 FROM grade WHERE grade.enrolment_id = enrolment.id AND grade.lesson_id = lesson.id)
      AND NOT EXISTS (SELECT 1 FROM answer WHERE answer.attempt_id = attempt.id AND answer.share IS NULL
                      AND answer.reason = 'needs a person')
) AS ranked WHERE place = 1
"""


def upgrade() -> None:
    op.create_table(
        "grade_column",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("category", sa.String(length=80), nullable=False),
        sa.Column("points_max", Exact(10, 4), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_grade_column_cohort_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_grade_column_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_column")),
    )
    with op.batch_alter_table("grade_column", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grade_column_cohort_id"), ["cohort_id"], unique=False)

    op.create_table(
        "column_grade",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("column_id", sa.Integer(), nullable=False),
        sa.Column("override_points", Exact(10, 4), nullable=True),
        sa.Column("override_max", Exact(10, 4), nullable=True),
        sa.Column("override_reason", sa.String(length=300), server_default="", nullable=False),
        sa.Column("override_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("override_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["column_id"], ["grade_column.id"], name=op.f("fk_column_grade_column_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_column_grade_enrolment_id")),
        sa.ForeignKeyConstraint(["override_by_id"], ["person.id"], name=op.f("fk_column_grade_override_by_id")),
        sa.PrimaryKeyConstraint("enrolment_id", "column_id", name=op.f("pk_column_grade")),
    )
    with op.batch_alter_table("column_grade", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_column_grade_column_id"), ["column_id"], unique=False)

    op.create_table(
        "grade_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=True),
        sa.Column("column_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Enum(*KINDS, name="changekind", native_enum=False, length=40), nullable=False),
        sa.Column("points_before", Exact(10, 4), nullable=True),
        sa.Column("points_after", Exact(10, 4), nullable=True),
        sa.Column("points_max", Exact(10, 4), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_grade_change_by_id")),
        sa.ForeignKeyConstraint(["column_id"], ["grade_column.id"], name=op.f("fk_grade_change_column_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_grade_change_enrolment_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_grade_change_lesson_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_change")),
    )
    with op.batch_alter_table("grade_change", schema=None) as batch_op:
        batch_op.create_index("ix_grade_change_enrolment_id_column_id", ["enrolment_id", "column_id"], unique=False)
        batch_op.create_index("ix_grade_change_enrolment_id_lesson_id", ["enrolment_id", "lesson_id"], unique=False)
    for statement in append_only_triggers("grade_change")[op.get_bind().dialect.name]:
        op.execute(statement)

    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("share_so_far", Exact(5, 4), nullable=True))
        batch_op.add_column(sa.Column("share_final", Exact(5, 4), nullable=True))

    with op.batch_alter_table("grade", schema=None) as batch_op:
        batch_op.add_column(sa.Column("override_points", Exact(10, 4), nullable=True))
        batch_op.add_column(sa.Column("override_max", Exact(10, 4), nullable=True))
        batch_op.add_column(sa.Column("override_reason", sa.String(length=300), server_default="", nullable=False))
        batch_op.add_column(sa.Column("override_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("override_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_grade_override_by_id"), "person", ["override_by_id"], ["id"])

    op.execute(BEST_ATTEMPTS)


def downgrade() -> None:
    with op.batch_alter_table("grade", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_grade_override_by_id"), type_="foreignkey")
        for name in (
            "override_by_id",
            "changed_at",
            "revision",
            "override_at",
            "override_reason",
            "override_max",
            "override_points",
        ):
            batch_op.drop_column(name)

    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.drop_column("share_final")
        batch_op.drop_column("share_so_far")

    op.drop_table("grade_change")
    op.drop_table("column_grade")
    op.drop_table("grade_column")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION grade_change_append_only()")
