"""a second round for free seats"""

import sqlalchemy as sa
from alembic import op


revision = "ba18a8d61ea3"
down_revision = "3e8af549da62"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("round_posting", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_round_posting_posting_id"), type_="unique")
        batch_op.create_index(batch_op.f("ix_round_posting_posting_id"), ["posting_id"], unique=False)


def downgrade() -> None:
    # Of several rounds that a posting took part in, the newest stays.
    op.execute(
        sa.text(
            "DELETE FROM round_posting WHERE EXISTS (SELECT 1 FROM round_posting AS newer "
            "WHERE newer.posting_id = round_posting.posting_id AND newer.round_id > round_posting.round_id)"
        )
    )
    with op.batch_alter_table("round_posting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_round_posting_posting_id"))
        batch_op.create_unique_constraint(batch_op.f("uq_round_posting_posting_id"), ["posting_id"])
