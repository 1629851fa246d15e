"""rolling applications"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op
from app.db import Moment

revision = "a5d1c7e94b20"
down_revision = "3e91c7a4d60f"
branch_labels = None
depends_on = None

APPEND_ONLY = ("application_event", "application_message")
APPLICATION = sa.table(
    "application",
    sa.column("status", sa.String),
    sa.column("waiting_since", Moment),
    sa.column("clock_at", Moment),
    sa.column("answer_by", Moment),
)


def upgrade() -> None:
    op.create_table(
        "applicant_profile",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("cv_id", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cv_id"], ["stored_file.id"], name=op.f("fk_applicant_profile_cv_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_applicant_profile_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_applicant_profile")),
    )
    op.create_table(
        "passport_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=80), nullable=False),
        sa.Column("shows_name", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("viewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_passport_link_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passport_link")),
        sa.UniqueConstraint("token", name=op.f("uq_passport_link_token")),
    )
    with op.batch_alter_table("passport_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passport_link_person_id"), ["person_id"], unique=False)

    op.create_table(
        "application_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "applied",
                "moved",
                "reminded",
                "interview_proposed",
                "interview_chosen",
                "interview_others_asked",
                "interview_cancelled",
                "offered",
                "accepted",
                "declined",
                "offer_declined",
                "offer_withdrawn",
                "offer_lapsed",
                "withdrawn",
                "unanswered",
                name="eventkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "side",
            sa.Enum("student", "enterprise", "platform", name="side", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column(
            "stage",
            sa.Enum("received", "in_review", "interview", "offer", name="stage", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column(
            "because",
            sa.Enum(
                "others_fit_better",
                "skills_missing",
                "dates_differ",
                "seats_filled",
                "work_changed",
                "took_another",
                "pay",
                "place",
                "studies",
                "personal",
                "other",
                name="because",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("about", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_application_event_actor_id")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_event_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_event")),
    )
    with op.batch_alter_table("application_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_event_application_id"), ["application_id"], unique=False)

    op.create_table(
        "application_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_file_application_id")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_application_file_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_file")),
    )
    with op.batch_alter_table("application_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_file_application_id"), ["application_id"], unique=False)

    op.create_table(
        "application_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "side",
            sa.Enum("student", "enterprise", "platform", name="side", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_message_application_id")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_application_message_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_message")),
    )
    with op.batch_alter_table("application_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_message_application_id"), ["application_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_message_author_id"), ["author_id"], unique=False)

    op.create_table(
        "interview",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed", "chosen", "others_asked", "cancelled", name="interviewstatus", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_interview_application_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["person.id"], name=op.f("fk_interview_proposed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview")),
    )
    with op.batch_alter_table("interview", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interview_application_id"), ["application_id"], unique=False)
        batch_op.create_index("ix_interview_status_chosen_at", ["status", "chosen_at"], unique=False)

    op.create_table(
        "interview_slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["interview_id"], ["interview.id"], name=op.f("fk_interview_slot_interview_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_slot")),
        sa.UniqueConstraint("interview_id", "at", name=op.f("uq_interview_slot_interview_id_at")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "stage",
                sa.Enum("received", "in_review", "interview", "offer", name="stage", native_enum=False, length=40),
                nullable=False,
                server_default="received",
            )
        )
        batch_op.add_column(sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("clock_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("reminders", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("offer_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("student_link", sa.String(length=300), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("enterprise_link", sa.String(length=300), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("student_read_id", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("enterprise_read_id", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("student_told_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("enterprise_told_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_application_status_clock_at", ["status", "clock_at"], unique=False)
        batch_op.create_index("ix_application_status_offer_until", ["status", "offer_until"], unique=False)

    # What is open begins to wait for its answer now: nobody has been reminded of it yet.
    now = datetime.now(UTC)
    op.execute(
        sa.update(APPLICATION)
        .where(APPLICATION.c.status == "open")
        .values(waiting_since=now, clock_at=now + timedelta(days=7), answer_by=now + timedelta(days=14))
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        for name in ("stage", "reminders", "student_link", "enterprise_link", "student_read_id", "enterprise_read_id"):
            batch_op.alter_column(name, server_default=None)

    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seats_offered", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.alter_column("seats_offered", server_default=None)
    for table in APPEND_ONLY:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def downgrade() -> None:
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.drop_column("seats_offered")

    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index("ix_application_status_offer_until")
        batch_op.drop_index("ix_application_status_clock_at")
        batch_op.drop_column("enterprise_told_at")
        batch_op.drop_column("student_told_at")
        batch_op.drop_column("enterprise_read_id")
        batch_op.drop_column("student_read_id")
        batch_op.drop_column("enterprise_link")
        batch_op.drop_column("student_link")
        batch_op.drop_column("offer_until")
        batch_op.drop_column("offered_at")
        batch_op.drop_column("answered_at")
        batch_op.drop_column("reminded_at")
        batch_op.drop_column("reminders")
        batch_op.drop_column("clock_at")
        batch_op.drop_column("answer_by")
        batch_op.drop_column("waiting_since")
        batch_op.drop_column("stage")

    op.drop_table("interview_slot")
    with op.batch_alter_table("interview", schema=None) as batch_op:
        batch_op.drop_index("ix_interview_status_chosen_at")
        batch_op.drop_index(batch_op.f("ix_interview_application_id"))

    op.drop_table("interview")
    with op.batch_alter_table("application_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_message_author_id"))
        batch_op.drop_index(batch_op.f("ix_application_message_application_id"))

    op.drop_table("application_message")
    with op.batch_alter_table("application_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_file_application_id"))

    op.drop_table("application_file")
    with op.batch_alter_table("application_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_event_application_id"))

    op.drop_table("application_event")
    with op.batch_alter_table("passport_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passport_link_person_id"))

    op.drop_table("passport_link")
    op.drop_table("applicant_profile")
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(f"DROP FUNCTION IF EXISTS {table}_append_only()")
