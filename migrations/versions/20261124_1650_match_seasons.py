"""match seasons"""

import sqlalchemy as sa
from alembic import op


revision = "c41f7d09a6e2"
down_revision = "a5d1c7e94b20"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("match_round", schema=None) as batch_op:
        batch_op.add_column(sa.Column("results_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column(
                "students_from",
                sa.Enum("university", "region", "open", name="studentscope", native_enum=False, length=40),
                nullable=False,
                server_default="open",
            )
        )
        batch_op.add_column(
            sa.Column(
                "postings_from",
                sa.Enum("cluster", "region", "open", name="postingscope", native_enum=False, length=40),
                nullable=False,
                server_default="open",
            )
        )
        batch_op.add_column(sa.Column("region_code", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("cluster_code", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("most_choices", sa.Integer(), nullable=False, server_default="20"))
        batch_op.add_column(sa.Column("follows_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("job_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("released_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("told_through_id", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("inputs_sha256", sa.String(length=64), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("result_sha256", sa.String(length=64), nullable=False, server_default=""))
        batch_op.create_foreign_key(batch_op.f("fk_match_round_region_code"), "region", ["region_code"], ["code"])
        batch_op.create_foreign_key(batch_op.f("fk_match_round_cluster_code"), "cluster", ["cluster_code"], ["code"])
        batch_op.create_foreign_key(batch_op.f("fk_match_round_follows_id"), "match_round", ["follows_id"], ["id"])
        batch_op.create_unique_constraint(batch_op.f("uq_match_round_follows_id"), ["follows_id"])
    for column in (
        "students_from",
        "postings_from",
        "most_choices",
        "told_through_id",
        "inputs_sha256",
        "result_sha256",
    ):
        with op.batch_alter_table("match_round", schema=None) as batch_op:
            batch_op.alter_column(column, server_default=None)
    # What was run before was shown at once.
    op.execute("UPDATE match_round SET status = 'released', released_at = run_at WHERE status = 'run'")
    with op.batch_alter_table("round_posting", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "part",
                sa.Enum("invited", "joined", "refused", name="part", native_enum=False, length=40),
                nullable=False,
                server_default="joined",
            )
        )
        batch_op.add_column(
            sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False, server_default="2026-11-24 00:00:00")
        )
        batch_op.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("answered_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("university_cap", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("programme_cap", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("seats", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("filled", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_round_posting_answered_by_id"), "person", ["answered_by_id"], ["id"])
    for column in ("part", "asked_at"):
        with op.batch_alter_table("round_posting", schema=None) as batch_op:
            batch_op.alter_column(column, server_default=None)


def downgrade() -> None:
    op.execute("DELETE FROM round_posting WHERE part <> 'joined'")
    with op.batch_alter_table("round_posting", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_round_posting_answered_by_id"), type_="foreignkey")
        for column in ("filled", "seats", "programme_cap", "university_cap", "answered_by_id", "answered_at"):
            batch_op.drop_column(column)
        batch_op.drop_column("asked_at")
        batch_op.drop_column("part")
    op.execute("UPDATE match_round SET status = 'run' WHERE status = 'released'")
    op.execute("UPDATE match_round SET status = 'open' WHERE status = 'running'")
    with op.batch_alter_table("match_round", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_match_round_follows_id"), type_="unique")
        for name in ("follows_id", "cluster_code", "region_code"):
            batch_op.drop_constraint(batch_op.f(f"fk_match_round_{name}"), type_="foreignkey")
        for column in (
            "result_sha256",
            "inputs_sha256",
            "told_through_id",
            "released_at",
            "job_id",
            "follows_id",
            "most_choices",
            "cluster_code",
            "region_code",
            "postings_from",
            "students_from",
            "results_at",
        ):
            batch_op.drop_column(column)
