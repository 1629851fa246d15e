"""signed certificates that expire and renew"""

import sqlalchemy as sa
from alembic import op


revision = "c41e0d97b2a5"
down_revision = "c41d7f0a92be"
branch_labels = None
depends_on = None

# What was not kept on the day of issue is taken from how person and organisation are called today.
FILL = """
UPDATE certificate SET
  holder = (SELECT name FROM person WHERE person.id = certificate.person_id),
  issuer_zh = (SELECT name_zh FROM organisation WHERE organisation.id = certificate.organisation_id),
  issuer_en = (SELECT name_en FROM organisation WHERE organisation.id = certificate.organisation_id)
"""


def upgrade() -> None:
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.String(length=80), nullable=False),
        sa.Column("public_jwk", sa.JSON(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_key")),
        sa.UniqueConstraint("is_current", name=op.f("uq_signing_key_is_current")),
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        for name in ("holder", "issuer_zh", "issuer_en"):
            batch_op.add_column(sa.Column(name, sa.String(length=300), nullable=False, server_default=""))
        for name in ("criteria_zh", "criteria_en"):
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("skills", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("renewal", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("renews_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("valid_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("credential", sa.Text(), nullable=True))
    op.execute(sa.text(FILL))
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        for name in ("holder", "issuer_zh", "issuer_en", "criteria_zh", "criteria_en", "skills", "renewal"):
            batch_op.alter_column(name, server_default=None)
        batch_op.drop_constraint(batch_op.f("uq_certificate_person_id_source_kind_source_id"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_certificate_person_id_source_kind_source_id_renewal"),
            ["person_id", "source_kind", "source_id", "renewal"],
        )
        batch_op.create_unique_constraint(batch_op.f("uq_certificate_renews_id"), ["renews_id"])
        batch_op.create_foreign_key(batch_op.f("fk_certificate_renews_id"), "certificate", ["renews_id"], ["id"])
        batch_op.create_index(
            "ix_certificate_unsigned",
            ["id"],
            unique=False,
            sqlite_where=sa.text("credential IS NULL"),
            postgresql_where=sa.text("credential IS NULL"),
        )


def downgrade() -> None:
    # Of a certificate and its renewals, the newest stays.
    op.execute(sa.text("UPDATE certificate SET renews_id = NULL"))
    op.execute(
        sa.text(
            "DELETE FROM certificate WHERE EXISTS (SELECT 1 FROM certificate AS newer "
            "WHERE newer.person_id = certificate.person_id AND newer.source_kind = certificate.source_kind "
            "AND newer.source_id = certificate.source_id AND newer.renewal > certificate.renewal)"
        )
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_index("ix_certificate_unsigned")
        batch_op.drop_constraint(batch_op.f("fk_certificate_renews_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_certificate_renews_id"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_certificate_person_id_source_kind_source_id_renewal"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_certificate_person_id_source_kind_source_id"), ["person_id", "source_kind", "source_id"]
        )
        for name in (
            "credential",
            "renewed_at",
            "valid_until",
            "renews_id",
            "renewal",
            "skills",
            "criteria_en",
            "criteria_zh",
            "issuer_en",
            "issuer_zh",
            "holder",
        ):
            batch_op.drop_column(name)
    op.drop_table("signing_key")
