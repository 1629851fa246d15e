"""marking by people and regrades"""

import sqlalchemy as sa
from alembic import op
from app.db import Exact

revision = "da0c999a5f9a"
down_revision = "8f374e67d748"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "allowance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["granted_by_id"], ["person.id"], name=op.f("fk_allowance_granted_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_allowance_person_id")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_allowance_quiz_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowance")),
        sa.UniqueConstraint("quiz_id", "person_id", name=op.f("uq_allowance_quiz_id_person_id")),
    )
    with op.batch_alter_table("allowance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allowance_person_id"), ["person_id"], unique=False)

    op.create_table(
        "regrade",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("from_version_id", sa.Integer(), nullable=False),
        sa.Column("to_version_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_regrade_by_id")),
        sa.ForeignKeyConstraint(["from_version_id"], ["question_version.id"], name=op.f("fk_regrade_from_version_id")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_regrade_question_id")),
        sa.ForeignKeyConstraint(["to_version_id"], ["question_version.id"], name=op.f("fk_regrade_to_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrade")),
    )
    with op.batch_alter_table("regrade", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_regrade_question_id"), ["question_id"], unique=False)

    op.create_table(
        "hand_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("marker_id", sa.Integer(), nullable=False),
        sa.Column("is_settling", sa.Boolean(), nullable=False),
        sa.Column("share", Exact(7, 6), nullable=True),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_hand_mark_answer_id")),
        sa.ForeignKeyConstraint(["marker_id"], ["person.id"], name=op.f("fk_hand_mark_marker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_mark")),
        sa.UniqueConstraint(
            "answer_id", "marker_id", "is_settling", name=op.f("uq_hand_mark_answer_id_marker_id_is_settling")
        ),
    )
    with op.batch_alter_table("hand_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hand_mark_marker_id"), ["marker_id"], unique=False)

    op.create_table(
        "regraded_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regrade_id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("share_before", Exact(7, 6), nullable=True),
        sa.Column("share_after", Exact(7, 6), nullable=True),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_regraded_answer_answer_id")),
        sa.ForeignKeyConstraint(["regrade_id"], ["regrade.id"], name=op.f("fk_regraded_answer_regrade_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regraded_answer")),
        sa.UniqueConstraint("regrade_id", "answer_id", name=op.f("uq_regraded_answer_regrade_id_answer_id")),
    )
    with op.batch_alter_table("regraded_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_regraded_answer_answer_id"), ["answer_id"], unique=False)

    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notices", sa.JSON(), server_default="[]", nullable=False))

    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tags", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("rubric_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_question_rubric_id"), "rubric", ["rubric_id"], ["id"])

    with op.batch_alter_table("quiz", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "paging",
                sa.Enum("one", "all", name="paging", native_enum=False, length=40),
                server_default="one",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("pools", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("markers", sa.Integer(), server_default="1", nullable=False))

    with op.batch_alter_table("quiz_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pool", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("quiz_item", schema=None) as batch_op:
        batch_op.drop_column("pool")

    with op.batch_alter_table("quiz", schema=None) as batch_op:
        batch_op.drop_column("markers")
        batch_op.drop_column("pools")
        batch_op.drop_column("paging")

    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_question_rubric_id"), type_="foreignkey")
        batch_op.drop_column("rubric_id")
        batch_op.drop_column("tags")

    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_column("notices")

    with op.batch_alter_table("regraded_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_regraded_answer_answer_id"))

    op.drop_table("regraded_answer")
    with op.batch_alter_table("hand_mark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hand_mark_marker_id"))

    op.drop_table("hand_mark")
    with op.batch_alter_table("regrade", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_regrade_question_id"))

    op.drop_table("regrade")
    with op.batch_alter_table("allowance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_allowance_person_id"))

    op.drop_table("allowance")
