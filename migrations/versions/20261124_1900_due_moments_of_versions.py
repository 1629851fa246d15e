"""when each version was due as it was handed in"""

import sqlalchemy as sa
from alembic import op

revision = "5e8a1c47d9f2"
down_revision = "5c1e7ad09b34"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("submission_version", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    # Not in a batch, which would make the table anew on SQLite and lose the trigger that keeps it append-only.
    op.drop_column("submission_version", "due_at")
