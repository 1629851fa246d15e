"""steps of rubrics"""

import sqlalchemy as sa
from alembic import op

revision = "3e91c7a4d60f"
down_revision = "bb03a653620c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("rubric_row", schema=None) as batch_op:
        batch_op.add_column(sa.Column("steps", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("rubric_row", schema=None) as batch_op:
        batch_op.alter_column("steps", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("rubric_row", schema=None) as batch_op:
        batch_op.drop_column("steps")
