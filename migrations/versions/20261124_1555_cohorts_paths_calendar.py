"""what comes before a course, learning paths, waiting lists, requests, announcements, calendar feeds"""

import sqlalchemy as sa
from alembic import op


revision = "2c406e4c30cc"
down_revision = "0bbb7f2f5a53"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "calendar_token",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_token_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_token")),
        sa.UniqueConstraint("token", name=op.f("uq_calendar_token_token")),
    )
    op.create_table(
        "learning_path",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("summary_zh", sa.Text(), nullable=False),
        sa.Column("summary_en", sa.Text(), nullable=False),
        sa.Column("is_strict", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_learning_path_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_path")),
    )
    with op.batch_alter_table("learning_path", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_learning_path_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_learning_path_published_at"), ["published_at"], unique=False)

    op.create_table(
        "path_step",
        sa.Column("path_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_path_step_course_id")),
        sa.ForeignKeyConstraint(["path_id"], ["learning_path.id"], name=op.f("fk_path_step_path_id")),
        sa.PrimaryKeyConstraint("path_id", "course_id", name=op.f("pk_path_step")),
    )
    with op.batch_alter_table("path_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_path_step_course_id"), ["course_id"], unique=False)

    op.create_table(
        "prerequisite",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("required_course_id", sa.Integer(), nullable=True),
        sa.Column("skill_code", sa.String(length=20), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("path_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(required_course_id IS NULL) <> (skill_code IS NULL)", name=op.f("ck_prerequisite_one")),
        sa.CheckConstraint("(skill_code IS NULL) = (level IS NULL)", name=op.f("ck_prerequisite_level")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_prerequisite_course_id")),
        sa.ForeignKeyConstraint(["path_id"], ["learning_path.id"], name=op.f("fk_prerequisite_path_id")),
        sa.ForeignKeyConstraint(["required_course_id"], ["course.id"], name=op.f("fk_prerequisite_required_course_id")),
        sa.ForeignKeyConstraint(["skill_code"], ["skill.code"], name=op.f("fk_prerequisite_skill_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prerequisite")),
        sa.UniqueConstraint(
            "course_id", "required_course_id", name=op.f("uq_prerequisite_course_id_required_course_id")
        ),
        sa.UniqueConstraint("course_id", "skill_code", name=op.f("uq_prerequisite_course_id_skill_code")),
    )
    with op.batch_alter_table("prerequisite", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_prerequisite_path_id"), ["path_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_prerequisite_required_course_id"), ["required_course_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_prerequisite_skill_code"), ["skill_code"], unique=False)

    op.create_table(
        "announcement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("body_zh", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_announcement_cohort_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_announcement_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
    )
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.create_index("ix_announcement_cohort_id_written_at", ["cohort_id", "written_at"], unique=False)

    op.create_table(
        "joining_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_accepted", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_joining_request_answered_by_id")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_joining_request_cohort_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_joining_request_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joining_request")),
        sa.UniqueConstraint("cohort_id", "person_id", name=op.f("uq_joining_request_cohort_id_person_id")),
    )
    with op.batch_alter_table("joining_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_joining_request_person_id"), ["person_id"], unique=False)

    op.create_table(
        "waiting_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_waiting_place_cohort_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_waiting_place_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_place")),
        sa.UniqueConstraint("cohort_id", "person_id", name=op.f("uq_waiting_place_cohort_id_person_id")),
    )
    with op.batch_alter_table("waiting_place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiting_place_person_id"), ["person_id"], unique=False)

    op.create_table(
        "announcement_read",
        sa.Column("announcement_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcement.id"], name=op.f("fk_announcement_read_announcement_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_announcement_read_person_id")),
        sa.PrimaryKeyConstraint("announcement_id", "person_id", name=op.f("pk_announcement_read")),
    )
    with op.batch_alter_table("announcement_read", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_announcement_read_person_id"), ["person_id"], unique=False)


def downgrade() -> None:

    with op.batch_alter_table("announcement_read", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_announcement_read_person_id"))

    op.drop_table("announcement_read")
    with op.batch_alter_table("waiting_place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_waiting_place_person_id"))

    op.drop_table("waiting_place")
    with op.batch_alter_table("joining_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_joining_request_person_id"))

    op.drop_table("joining_request")
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.drop_index("ix_announcement_cohort_id_written_at")

    op.drop_table("announcement")
    with op.batch_alter_table("prerequisite", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_prerequisite_skill_code"))
        batch_op.drop_index(batch_op.f("ix_prerequisite_required_course_id"))
        batch_op.drop_index(batch_op.f("ix_prerequisite_path_id"))

    op.drop_table("prerequisite")
    with op.batch_alter_table("path_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_path_step_course_id"))

    op.drop_table("path_step")
    with op.batch_alter_table("learning_path", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_learning_path_published_at"))
        batch_op.drop_index(batch_op.f("ix_learning_path_organisation_id"))

    op.drop_table("learning_path")
    op.drop_table("calendar_token")
