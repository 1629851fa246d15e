"""postings: checks, allowances, saved searches, records of enterprises"""

import sqlalchemy as sa
from alembic import op
from app.db import Exact

revision = "5c1e7a90d2f4"
down_revision = "c41f7d09a6e2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added and dropped without batches: SQLite would make the tables anew, which what points to them forbids.
    op.add_column("organisation", sa.Column("website", sa.String(length=300), nullable=False, server_default=""))
    op.add_column(
        "organisation", sa.Column("verification_note", sa.String(length=300), nullable=False, server_default="")
    )
    op.add_column("posting", sa.Column("languages", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("posting", sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("posting", sa.Column("closed_because", sa.String(length=300), nullable=False, server_default=""))
    op.create_table(
        "posting_allowance",
        sa.Column("posting_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "meals",
                "housing",
                "transport",
                "phone",
                "insurance",
                "other",
                name="allowancekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount", Exact(12, 2), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_posting_allowance_posting_id")),
        sa.PrimaryKeyConstraint("posting_id", "kind", name=op.f("pk_posting_allowance")),
    )
    op.create_table(
        "posting_check_rule",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "checked",
            sa.Enum("none", "unverified", "all", name="checked", native_enum=False, length=40),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_posting_check_rule_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_posting_check_rule")),
    )
    op.create_table(
        "posting_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum("approved", "sent_back", name="checkdecision", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_posting_check_organisation_id")
        ),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_posting_check_posting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting_check")),
    )
    with op.batch_alter_table("posting_check", schema=None) as batch_op:
        batch_op.create_index(
            "ix_posting_check_organisation_id_posting_id", ["organisation_id", "posting_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_posting_check_posting_id"), ["posting_id"], unique=False)

    op.create_table(
        "saved_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("filters", sa.String(length=500), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_search_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("person_id", "filters", name=op.f("uq_saved_search_person_id_filters")),
    )
    with op.batch_alter_table("saved_search", schema=None) as batch_op:
        batch_op.create_index("ix_saved_search_looked_on", ["looked_on"], unique=False)

    op.create_table(
        "enterprise_record",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("answered_in_time", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("median_days", sa.Integer(), nullable=True),
        sa.Column("placements_over", sa.Integer(), nullable=False),
        sa.Column("evaluated", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_enterprise_record_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_enterprise_record")),
    )
    with op.batch_alter_table("enterprise_record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enterprise_record_counted_on"), ["counted_on"], unique=False)


def downgrade() -> None:
    op.drop_table("enterprise_record")
    op.drop_table("saved_search")
    op.drop_table("posting_check")
    op.drop_table("posting_check_rule")
    op.drop_table("posting_allowance")
    for column in ("closed_because", "handed_in_at", "languages"):
        op.drop_column("posting", column)
    for column in ("verification_note", "website"):
        op.drop_column("organisation", column)
