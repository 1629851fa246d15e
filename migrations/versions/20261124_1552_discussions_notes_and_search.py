"""discussions notes and search"""

import sqlalchemy as sa
from alembic import op


revision = "0bbb7f2f5a53"
down_revision = "c41e0d97b2a5"
branch_labels = None
depends_on = None

# The index of the search is no table of the models; app.search.models makes it by the same statements.
INDEX = {
    "sqlite": ("CREATE VIRTUAL TABLE search_index USING fts5(title, body, tokenize = 'ascii')",),
    "postgresql": (
        "CREATE TABLE search_index (rowid INTEGER PRIMARY KEY, document TSVECTOR NOT NULL)",
        "CREATE INDEX ix_search_index_document ON search_index USING gin (document)",
    ),
}


def upgrade() -> None:
    op.create_table(
        "search_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("scope_id", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("folded_title", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
        sa.UniqueConstraint("kind", "object_id", "scope_id", name=op.f("uq_search_entry_kind_object_id_scope_id")),
    )
    with op.batch_alter_table("search_entry", schema=None) as batch_op:
        batch_op.create_index("ix_search_entry_scope_scope_id", ["scope", "scope_id"], unique=False)

    for statement in INDEX[op.get_bind().dialect.name]:
        op.execute(statement)

    op.create_table(
        "lesson_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_note_lesson_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_lesson_note_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_note")),
        sa.UniqueConstraint("person_id", "lesson_id", name=op.f("uq_lesson_note_person_id_lesson_id")),
    )
    with op.batch_alter_table("lesson_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lesson_note_lesson_id"), ["lesson_id"], unique=False)

    op.create_table(
        "post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("unique_key", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("is_taught", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_by_id", sa.Integer(), nullable=True),
        sa.Column("hidden_because", sa.String(length=300), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["accepted_id"], ["post.id"], name=op.f("fk_post_accepted_id")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_post_author_id")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_post_cohort_id")),
        sa.ForeignKeyConstraint(["hidden_by_id"], ["person.id"], name=op.f("fk_post_hidden_by_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_post_lesson_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["post.id"], name=op.f("fk_post_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
        sa.UniqueConstraint("unique_key", name=op.f("uq_post_unique_key")),
    )
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_post_accepted_id"), ["accepted_id"], unique=False)
        batch_op.create_index(
            "ix_post_author_id_cohort_id_lesson_id", ["author_id", "cohort_id", "lesson_id"], unique=False
        )
        batch_op.create_index(
            "ix_post_cohort_id_lesson_id_created_at", ["cohort_id", "lesson_id", "created_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_post_lesson_id"), ["lesson_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_post_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "mention",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mention_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_mention_post_id")),
        sa.PrimaryKeyConstraint("post_id", "person_id", name=op.f("pk_mention")),
    )
    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.create_index("ix_mention_person_id_read_at", ["person_id", "read_at"], unique=False)

    op.create_table(
        "post_report",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("because", sa.String(length=300), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_post_report_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_report_post_id")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["person.id"], name=op.f("fk_post_report_settled_by_id")),
        sa.PrimaryKeyConstraint("post_id", "person_id", name=op.f("pk_post_report")),
    )
    with op.batch_alter_table("post_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_post_report_person_id"), ["person_id"], unique=False)

    op.create_table(
        "post_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_text_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_text")),
    )
    with op.batch_alter_table("post_text", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_post_text_post_id"), ["post_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("post_text", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_text_post_id"))

    op.drop_table("post_text")
    with op.batch_alter_table("post_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_report_person_id"))

    op.drop_table("post_report")
    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.drop_index("ix_mention_person_id_read_at")

    op.drop_table("mention")
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_parent_id"))
        batch_op.drop_index(batch_op.f("ix_post_lesson_id"))
        batch_op.drop_index("ix_post_cohort_id_lesson_id_created_at")
        batch_op.drop_index("ix_post_author_id_cohort_id_lesson_id")
        batch_op.drop_index(batch_op.f("ix_post_accepted_id"))

    op.drop_table("post")
    with op.batch_alter_table("lesson_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lesson_note_lesson_id"))

    op.drop_table("lesson_note")
    op.execute("DROP TABLE search_index")
    with op.batch_alter_table("search_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_search_entry_scope_scope_id")

    op.drop_table("search_entry")
