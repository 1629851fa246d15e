"""a way back for what is deleted"""

import sqlalchemy as sa
from alembic import op

revision = "5c1e7ad09b34"
down_revision = "c3a91f7d20e4"
branch_labels = None
depends_on = None

MOMENTS = (
    ("announcement", "changed_at"),
    ("announcement", "deleted_at"),
    ("learning_path", "deleted_at"),
    ("margin_note", "deleted_at"),
    ("submission_file", "deleted_at"),
    ("lesson_note", "emptied_at"),
)


def upgrade() -> None:
    for table, column in MOMENTS:
        op.add_column(table, sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    op.add_column("lesson_note", sa.Column("emptied_body", sa.Text(), nullable=False, server_default=""))
    op.add_column("module", sa.Column("held", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    for table, column in (("module", "held"), ("lesson_note", "emptied_body"), *reversed(MOMENTS)):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(column)
