"""lessons done by decision"""

import sqlalchemy as sa
from alembic import op

revision = "c3a91f7d20e4"
down_revision = "bb03a653620c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("lesson_done", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_decided", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("lesson_done", schema=None) as batch_op:
        batch_op.drop_column("is_decided")
