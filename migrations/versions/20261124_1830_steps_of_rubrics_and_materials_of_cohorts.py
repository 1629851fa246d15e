"""steps of rubrics, materials of cohorts, cohorts put away"""

import sqlalchemy as sa
from alembic import op

revision = "3e91c7a4d60f"
down_revision = "5e8a1c47d9f2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("rubric_row", schema=None) as batch_op:
        batch_op.add_column(sa.Column("steps", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("cohort", schema=None) as batch_op:
        batch_op.add_column(sa.Column("materials", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("rubric_row", schema=None) as batch_op:
        batch_op.alter_column("steps", server_default=None)
    with op.batch_alter_table("cohort", schema=None) as batch_op:
        batch_op.alter_column("materials", server_default=None)

    op.create_table(
        "cohort_material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("after_lesson_id", sa.Integer(), nullable=True),
        sa.Column("title_zh", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("body_zh", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("visible_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["after_lesson_id"], ["lesson.id"], name=op.f("fk_cohort_material_after_lesson_id")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_cohort_material_changed_by_id")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_cohort_material_cohort_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_material")),
    )
    with op.batch_alter_table("cohort_material", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cohort_material_cohort_id"), ["cohort_id"], unique=False)

    op.create_table(
        "cohort_material_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("material_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_cohort_material_file_file_id")),
        sa.ForeignKeyConstraint(
            ["material_id"], ["cohort_material.id"], name=op.f("fk_cohort_material_file_material_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_material_file")),
    )
    with op.batch_alter_table("cohort_material_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cohort_material_file_material_id"), ["material_id"], unique=False)


def downgrade() -> None:
    op.drop_table("cohort_material_file")
    op.drop_table("cohort_material")
    with op.batch_alter_table("cohort", schema=None) as batch_op:
        batch_op.drop_column("deleted_at")
        batch_op.drop_column("archived_at")
        batch_op.drop_column("materials")
    with op.batch_alter_table("rubric_row", schema=None) as batch_op:
        batch_op.drop_column("steps")
