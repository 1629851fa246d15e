"""invite whom a table names"""

import sqlalchemy as sa
from alembic import op


revision = "8f374e67d748"
down_revision = "4acb8ec68f97"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Before the table that points at it: SQLite changes a column by making the table anew.
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.alter_column("digest", existing_type=sa.String(length=64), nullable=True)

    op.create_table(
        "kept_seat",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_kept_seat_cohort_id")),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name=op.f("fk_kept_seat_invitation_id")),
        sa.PrimaryKeyConstraint("cohort_id", "invitation_id", name=op.f("pk_kept_seat")),
    )
    with op.batch_alter_table("kept_seat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kept_seat_invitation_id"), ["invitation_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("kept_seat", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kept_seat_invitation_id"))

    op.drop_table("kept_seat")
    # Invitations whose link was never made cannot be opened by anybody.
    op.execute(sa.text("DELETE FROM invitation WHERE digest IS NULL"))
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.alter_column("digest", existing_type=sa.String(length=64), nullable=False)
