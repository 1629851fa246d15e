"""peer review"""

import sqlalchemy as sa
from alembic import op
from app.db import Exact

revision = "3e8af549da62"
down_revision = "da0c999a5f9a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "peer_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("is_calibration", sa.Boolean(), nullable=False),
        sa.Column("share", Exact(7, 6), nullable=True),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("allocated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_peer_review_answer_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_peer_review_reviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_review")),
        sa.UniqueConstraint("answer_id", "reviewer_id", name=op.f("uq_peer_review_answer_id_reviewer_id")),
    )
    with op.batch_alter_table("peer_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_peer_review_is_open"), ["is_open"], unique=False)
        batch_op.create_index(batch_op.f("ix_peer_review_reviewer_id"), ["reviewer_id"], unique=False)

    with op.batch_alter_table("quiz", schema=None) as batch_op:
        batch_op.add_column(sa.Column("peers", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("quiz", schema=None) as batch_op:
        batch_op.drop_column("peers")

    with op.batch_alter_table("peer_review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_peer_review_reviewer_id"))
        batch_op.drop_index(batch_op.f("ix_peer_review_is_open"))

    op.drop_table("peer_review")
