"""first release"""

import sqlalchemy as sa
from alembic import op
from app.db import Exact

APPEND_ONLY = ("evidence", "audit_entry")

revision = "4acb8ec68f97"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("subject_kind", sa.String(length=80), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("request_id", sa.String(length=80), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_action"), ["action"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "installation",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_installation")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("queued", "running", "done", "failed", name="jobstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(length=300), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(length=80), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_status"), ["status"], unique=False)

    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("password_hash", sa.String(length=300), nullable=False),
        sa.Column("session_version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("time_zone", sa.String(length=80), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "reference_version",
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_reference_version")),
    )
    op.create_table(
        "region",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("gb_code", sa.String(length=20), nullable=False),
        sa.Column("name_zh", sa.String(length=300), nullable=False),
        sa.Column("name_en", sa.String(length=300), nullable=False),
        sa.Column("macro_region_zh", sa.String(length=300), nullable=False),
        sa.Column("macro_region_en", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
        sa.UniqueConstraint("gb_code", name=op.f("uq_region_gb_code")),
    )
    op.create_table(
        "skill",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("family", sa.String(length=20), nullable=False),
        sa.Column("family_zh", sa.String(length=300), nullable=False),
        sa.Column("family_en", sa.String(length=300), nullable=False),
        sa.Column("name_zh", sa.String(length=300), nullable=False),
        sa.Column("name_en", sa.String(length=300), nullable=False),
        sa.Column("definition_zh", sa.Text(), nullable=False),
        sa.Column("definition_en", sa.Text(), nullable=False),
        sa.Column("levels_zh", sa.JSON(), nullable=False),
        sa.Column("levels_en", sa.JSON(), nullable=False),
        sa.Column("esco_label", sa.String(length=300), nullable=False),
        sa.Column("esco_uri", sa.String(length=300), nullable=False),
        sa.Column("onet_soc", sa.String(length=20), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_skill")),
    )
    with op.batch_alter_table("skill", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_skill_family"), ["family"], unique=False)

    op.create_table(
        "snapshot",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference_version", sa.String(length=300), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_snapshot")),
    )
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("media_type", sa.String(length=300), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("owner_kind", sa.String(length=80), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stored_file_sha256"), ["sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_stored_file_uploaded_by"), ["uploaded_by"], unique=False)

    op.create_table(
        "cluster",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name_zh", sa.String(length=300), nullable=False),
        sa.Column("name_en", sa.String(length=300), nullable=False),
        sa.Column("region_code", sa.String(length=20), nullable=False),
        sa.Column("city_zh", sa.String(length=300), nullable=False),
        sa.Column("city_en", sa.String(length=300), nullable=False),
        sa.Column("category_zh", sa.String(length=300), nullable=False),
        sa.Column("category_en", sa.String(length=300), nullable=False),
        sa.Column("hs_chapters", sa.String(length=300), nullable=False),
        sa.Column("is_sourced", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_cluster_region_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_cluster")),
    )
    with op.batch_alter_table("cluster", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cluster_region_code"), ["region_code"], unique=False)

    op.create_table(
        "hand_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("context_kind", sa.String(length=80), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receipt", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_hand_in_file_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_hand_in_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_in")),
        sa.UniqueConstraint(
            "context_kind", "context_id", "number", name=op.f("uq_hand_in_context_kind_context_id_number")
        ),
    )
    with op.batch_alter_table("hand_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hand_in_person_id"), ["person_id"], unique=False)

    op.create_table(
        "pilot_zone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=300), nullable=False),
        sa.Column("region_code", sa.String(length=20), nullable=False),
        sa.Column("zone_zh", sa.String(length=300), nullable=False),
        sa.Column("zone_en", sa.String(length=300), nullable=False),
        sa.Column("division_code", sa.String(length=20), nullable=False),
        sa.Column("evidence", sa.String(length=300), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_pilot_zone_region_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pilot_zone")),
    )
    with op.batch_alter_table("pilot_zone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pilot_zone_region_code"), ["region_code"], unique=False)

    op.create_table(
        "skill_estimate",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("skill_code", sa.String(length=20), nullable=False),
        sa.Column("mean", sa.Double(), nullable=False),
        sa.Column("sd", sa.Double(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("newest_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_skill_estimate_person_id")),
        sa.ForeignKeyConstraint(["skill_code"], ["skill.code"], name=op.f("fk_skill_estimate_skill_code")),
        sa.PrimaryKeyConstraint("person_id", "skill_code", name=op.f("pk_skill_estimate")),
    )
    with op.batch_alter_table("skill_estimate", schema=None) as batch_op:
        batch_op.create_index("ix_skill_estimate_skill_code_shown", ["skill_code", "shown"], unique=False)

    op.create_table(
        "student_profile",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("major", sa.String(length=300), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("graduates_on", sa.Date(), nullable=True),
        sa.Column("birth_month", sa.Date(), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_student_profile_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_student_profile")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "enterprise",
                "university",
                "government",
                "platform",
                name="organisationkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name_zh", sa.String(length=300), nullable=False),
        sa.Column("name_en", sa.String(length=300), nullable=False),
        sa.Column("about_zh", sa.Text(), nullable=False),
        sa.Column("about_en", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.String(length=20), nullable=False),
        sa.Column("city_zh", sa.String(length=300), nullable=False),
        sa.Column("city_en", sa.String(length=300), nullable=False),
        sa.Column("region_code", sa.String(length=20), nullable=True),
        sa.Column("cluster_code", sa.String(length=20), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by_id", sa.Integer(), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_because", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["cluster_code"], ["cluster.code"], name=op.f("fk_organisation_cluster_code")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_organisation_region_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
    )
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisation_cluster_code"), ["cluster_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_organisation_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_organisation_region_code"), ["region_code"], unique=False)

    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("source_kind", sa.String(length=80), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_because", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_certificate_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_certificate_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_certificate_code")),
        sa.UniqueConstraint(
            "person_id", "source_kind", "source_id", name=op.f("uq_certificate_person_id_source_kind_source_id")
        ),
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificate_person_id"), ["person_id"], unique=False)

    op.create_table(
        "course",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title_zh", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("summary_zh", sa.Text(), nullable=False),
        sa.Column("summary_en", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("draft", "published", "archived", name="coursestatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_course_created_by_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_course_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
        sa.UniqueConstraint("organisation_id", "slug", name=op.f("uq_course_organisation_id_slug")),
    )
    with op.batch_alter_table("course", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_course_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_course_status"), ["status"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unique_key", sa.String(length=300), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("skill_code", sa.String(length=20), nullable=False),
        sa.Column("taxonomy_version", sa.String(length=20), nullable=False),
        sa.Column(
            "source_kind",
            sa.Enum(
                "quiz_item",
                "assignment_row",
                "competition_criterion",
                "internship_rating",
                name="sourcekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("source_version", sa.Integer(), nullable=False),
        sa.Column("score", Exact(7, 6), nullable=False),
        sa.Column("level_aimed", sa.Integer(), nullable=False),
        sa.Column("difficulty", Exact(8, 4), nullable=False),
        sa.Column("guess_floor", Exact(7, 6), nullable=False),
        sa.Column("weight", Exact(7, 6), nullable=False),
        sa.Column(
            "assessor_kind",
            sa.Enum(
                "attended",
                "self_stated",
                "machine",
                "peer",
                "teacher",
                "judge",
                "employer",
                name="assessorkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_evidence_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_evidence_person_id")),
        sa.ForeignKeyConstraint(["skill_code"], ["skill.code"], name=op.f("fk_evidence_skill_code")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["evidence.id"], name=op.f("fk_evidence_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_evidence_supersedes_id")),
        sa.UniqueConstraint("unique_key", name=op.f("uq_evidence_unique_key")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_observed_at"), ["observed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index("ix_evidence_person_id_skill_code", ["person_id", "skill_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_skill_code"), ["skill_code"], unique=False)
        batch_op.create_index("ix_evidence_source_kind_source_id", ["source_kind", "source_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "student",
                "teacher",
                "coordinator",
                "mentor",
                "recruiter",
                "judge",
                "official",
                "administrator",
                name="role",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("email", sa.String(length=300), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_invitation_created_by_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_invitation_organisation_id")),
        sa.ForeignKeyConstraint(["used_by_id"], ["person.id"], name=op.f("fk_invitation_used_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("digest", name=op.f("uq_invitation_digest")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "match_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("seed", sa.String(length=80), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Enum("open", "run", name="roundstatus", native_enum=False, length=40), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("run_by_id", sa.Integer(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_match_round_organisation_id")),
        sa.ForeignKeyConstraint(["run_by_id"], ["person.id"], name=op.f("fk_match_round_run_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_round")),
    )
    with op.batch_alter_table("match_round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_match_round_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "student",
                "teacher",
                "coordinator",
                "mentor",
                "recruiter",
                "judge",
                "official",
                "administrator",
                name="role",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint(
            "person_id", "organisation_id", "role", name=op.f("uq_membership_person_id_organisation_id_role")
        ),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index("ix_membership_organisation_id_role", ["organisation_id", "role"], unique=False)

    op.create_table(
        "posting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("body_zh", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("city_zh", sa.String(length=300), nullable=False),
        sa.Column("city_en", sa.String(length=300), nullable=False),
        sa.Column("region_code", sa.String(length=20), nullable=False),
        sa.Column("cluster_code", sa.String(length=20), nullable=True),
        sa.Column("is_remote", sa.Boolean(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("seats_filled", sa.Integer(), nullable=False),
        sa.Column("pay", Exact(12, 2), nullable=False),
        sa.Column(
            "pay_period", sa.Enum("day", "month", name="payperiod", native_enum=False, length=40), nullable=False
        ),
        sa.Column("hours_a_week", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("min_year", sa.Integer(), nullable=False),
        sa.Column("majors", sa.JSON(), nullable=False),
        sa.Column("ranked_by", sa.Enum("hand", "fit", name="rankedby", native_enum=False, length=40), nullable=False),
        sa.Column(
            "status",
            sa.Enum("draft", "published", "closed", name="postingstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["cluster_code"], ["cluster.code"], name=op.f("fk_posting_cluster_code")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_posting_created_by_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_posting_organisation_id")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_posting_region_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
    )
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_posting_cluster_code"), ["cluster_code"], unique=False)
        batch_op.create_index("ix_posting_organisation_id_status", ["organisation_id", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_posting_region_code"), ["region_code"], unique=False)
        batch_op.create_index("ix_posting_status_closes_on", ["status", "closes_on"], unique=False)

    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "single",
                "multiple",
                "true-false",
                "numeric",
                "calculated",
                "matching",
                "ordering",
                "cloze",
                "short-text",
                "essay",
                "file",
                "hotspot",
                "description",
                name="questionkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("skill_code", sa.String(length=20), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_question_created_by_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_question_organisation_id")),
        sa.ForeignKeyConstraint(["skill_code"], ["skill.code"], name=op.f("fk_question_skill_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index("ix_question_organisation_id_skill_code", ["organisation_id", "skill_code"], unique=False)

    op.create_table(
        "quiz",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("context_kind", sa.String(length=80), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("attempts_allowed", sa.Integer(), nullable=False),
        sa.Column("pass_share", Exact(5, 4), nullable=False),
        sa.Column("shuffles", sa.Boolean(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_quiz_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz")),
    )
    with op.batch_alter_table("quiz", schema=None) as batch_op:
        batch_op.create_index("ix_quiz_context_kind_context_id", ["context_kind", "context_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_quiz_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "rubric",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_rubric_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric")),
    )
    with op.batch_alter_table("rubric", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rubric_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "withdrawn",
                "declined",
                "matched",
                "not_matched",
                name="applicationstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("student_rank", sa.Integer(), nullable=True),
        sa.Column("posting_rank", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_application_posting_id")),
        sa.ForeignKeyConstraint(["student_id"], ["person.id"], name=op.f("fk_application_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("posting_id", "student_id", name=op.f("uq_application_posting_id_student_id")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index("ix_application_posting_id_status", ["posting_id", "status"], unique=False)
        batch_op.create_index("ix_application_student_id_status", ["student_id", "status"], unique=False)

    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("points", Exact(10, 4), nullable=True),
        sa.Column("points_max", Exact(10, 4), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attempt_person_id")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_attempt_quiz_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("quiz_id", "person_id", "number", name=op.f("uq_attempt_quiz_id_person_id_number")),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index("ix_attempt_person_id_quiz_id", ["person_id", "quiz_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attempt_submitted_at"), ["submitted_at"], unique=False)

    op.create_table(
        "cohort",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=300), nullable=False),
        sa.Column("name_en", sa.String(length=300), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_cohort_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort")),
    )
    with op.batch_alter_table("cohort", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cohort_course_id"), ["course_id"], unique=False)

    op.create_table(
        "competition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("body_zh", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("cluster_code", sa.String(length=20), nullable=True),
        sa.Column("rubric_id", sa.Integer(), nullable=True),
        sa.Column(
            "method",
            sa.Enum("mixed", "trimmed", "mean", name="rankingmethod", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("team_min", sa.Integer(), nullable=False),
        sa.Column("team_max", sa.Integer(), nullable=False),
        sa.Column("judges_per_entry", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("draft", "open", "judging", "published", name="competitionstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["cluster_code"], ["cluster.code"], name=op.f("fk_competition_cluster_code")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_competition_created_by_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_competition_organisation_id")),
        sa.ForeignKeyConstraint(["rubric_id"], ["rubric.id"], name=op.f("fk_competition_rubric_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competition")),
        sa.UniqueConstraint("slug", name=op.f("uq_competition_slug")),
    )
    with op.batch_alter_table("competition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_competition_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index("ix_competition_status_closes_at", ["status", "closes_at"], unique=False)

    op.create_table(
        "lesson",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("body_zh", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_lesson_course_id")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_lesson_quiz_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson")),
        sa.UniqueConstraint("course_id", "position", name=op.f("uq_lesson_course_id_position")),
        sa.UniqueConstraint("quiz_id", name=op.f("uq_lesson_quiz_id")),
    )
    op.create_table(
        "posting_skill",
        sa.Column("posting_id", sa.Integer(), nullable=False),
        sa.Column("skill_code", sa.String(length=20), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("weight", Exact(10, 4), nullable=False),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_posting_skill_posting_id")),
        sa.ForeignKeyConstraint(["skill_code"], ["skill.code"], name=op.f("fk_posting_skill_skill_code")),
        sa.PrimaryKeyConstraint("posting_id", "skill_code", name=op.f("pk_posting_skill")),
    )
    with op.batch_alter_table("posting_skill", schema=None) as batch_op:
        batch_op.create_index("ix_posting_skill_skill_code_level", ["skill_code", "level"], unique=False)

    op.create_table(
        "question_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("skill_code", sa.String(length=20), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("difficulty", Exact(8, 4), nullable=False),
        sa.Column("answers_count", sa.Integer(), nullable=False),
        sa.Column("score_sum", Exact(14, 4), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_question_version_question_id")),
        sa.ForeignKeyConstraint(["skill_code"], ["skill.code"], name=op.f("fk_question_version_skill_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_version")),
        sa.UniqueConstraint("question_id", "number", name=op.f("uq_question_version_question_id_number")),
    )
    with op.batch_alter_table("question_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_version_skill_code"), ["skill_code"], unique=False)

    op.create_table(
        "round_posting",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_round_posting_posting_id")),
        sa.ForeignKeyConstraint(["round_id"], ["match_round.id"], name=op.f("fk_round_posting_round_id")),
        sa.PrimaryKeyConstraint("round_id", "posting_id", name=op.f("pk_round_posting")),
        sa.UniqueConstraint("posting_id", name=op.f("uq_round_posting_posting_id")),
    )
    op.create_table(
        "rubric_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rubric_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("descriptor_zh", sa.Text(), nullable=False),
        sa.Column("descriptor_en", sa.Text(), nullable=False),
        sa.Column("weight", Exact(10, 4), nullable=False),
        sa.Column("marks_max", Exact(10, 4), nullable=False),
        sa.Column("skill_code", sa.String(length=20), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["rubric_id"], ["rubric.id"], name=op.f("fk_rubric_row_rubric_id")),
        sa.ForeignKeyConstraint(["skill_code"], ["skill.code"], name=op.f("fk_rubric_row_skill_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric_row")),
        sa.UniqueConstraint("rubric_id", "position", name=op.f("uq_rubric_row_rubric_id_position")),
    )
    op.create_table(
        "cohort_teacher",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_cohort_teacher_cohort_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_cohort_teacher_person_id")),
        sa.PrimaryKeyConstraint("cohort_id", "person_id", name=op.f("pk_cohort_teacher")),
    )
    with op.batch_alter_table("cohort_teacher", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cohort_teacher_person_id"), ["person_id"], unique=False)

    op.create_table(
        "enrolment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lessons_done", sa.Integer(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_enrolment_cohort_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_enrolment_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("cohort_id", "person_id", name=op.f("uq_enrolment_cohort_id_person_id")),
    )
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.create_index("ix_enrolment_person_id_enrolled_at", ["person_id", "enrolled_at"], unique=False)

    op.create_table(
        "judge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["competition_id"], ["competition.id"], name=op.f("fk_judge_competition_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_judge_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judge")),
        sa.UniqueConstraint("competition_id", "person_id", name=op.f("uq_judge_competition_id_person_id")),
    )
    with op.batch_alter_table("judge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_judge_person_id"), ["person_id"], unique=False)

    op.create_table(
        "lesson_skill",
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("skill_code", sa.String(length=20), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_skill_lesson_id")),
        sa.ForeignKeyConstraint(["skill_code"], ["skill.code"], name=op.f("fk_lesson_skill_skill_code")),
        sa.PrimaryKeyConstraint("lesson_id", "skill_code", name=op.f("pk_lesson_skill")),
    )
    with op.batch_alter_table("lesson_skill", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lesson_skill_skill_code"), ["skill_code"], unique=False)

    op.create_table(
        "placement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("running", "finished", "ended_early", name="placementstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_placement_application_id")),
        sa.ForeignKeyConstraint(["mentor_id"], ["person.id"], name=op.f("fk_placement_mentor_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_placement_posting_id")),
        sa.ForeignKeyConstraint(["student_id"], ["person.id"], name=op.f("fk_placement_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
        sa.UniqueConstraint("application_id", name=op.f("uq_placement_application_id")),
    )
    with op.batch_alter_table("placement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_placement_mentor_id"), ["mentor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_placement_posting_id"), ["posting_id"], unique=False)
        batch_op.create_index("ix_placement_student_id_status", ["student_id", "status"], unique=False)

    op.create_table(
        "quiz_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("question_version_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("points", Exact(10, 4), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_version_id"], ["question_version.id"], name=op.f("fk_quiz_item_question_version_id")
        ),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_quiz_item_quiz_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_item")),
        sa.UniqueConstraint("quiz_id", "position", name=op.f("uq_quiz_item_quiz_id_position")),
    )
    with op.batch_alter_table("quiz_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quiz_item_question_version_id"), ["question_version_id"], unique=False)

    op.create_table(
        "rubric_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("context_kind", sa.String(length=80), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("marker_id", sa.Integer(), nullable=False),
        sa.Column("mark", Exact(10, 4), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["marker_id"], ["person.id"], name=op.f("fk_rubric_mark_marker_id")),
        sa.ForeignKeyConstraint(["row_id"], ["rubric_row.id"], name=op.f("fk_rubric_mark_row_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric_mark")),
        sa.UniqueConstraint(
            "context_kind",
            "context_id",
            "row_id",
            "marker_id",
            name=op.f("uq_rubric_mark_context_kind_context_id_row_id_marker_id"),
        ),
    )
    with op.batch_alter_table("rubric_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rubric_mark_marker_id"), ["marker_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rubric_mark_row_id"), ["row_id"], unique=False)

    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("captain_id", sa.Integer(), nullable=False),
        sa.Column("join_code", sa.String(length=80), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["captain_id"], ["person.id"], name=op.f("fk_team_captain_id")),
        sa.ForeignKeyConstraint(["competition_id"], ["competition.id"], name=op.f("fk_team_competition_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_team_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("competition_id", "name", name=op.f("uq_team_competition_id_name")),
        sa.UniqueConstraint("competition_id", "number", name=op.f("uq_team_competition_id_number")),
        sa.UniqueConstraint("join_code", name=op.f("uq_team_join_code")),
    )
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_captain_id"), ["captain_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_team_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_flagged", sa.Boolean(), nullable=False),
        sa.Column("share", Exact(7, 6), nullable=True),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_answer_attempt_id")),
        sa.ForeignKeyConstraint(["item_id"], ["quiz_item.id"], name=op.f("fk_answer_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("attempt_id", "item_id", name=op.f("uq_answer_attempt_id_item_id")),
    )
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_item_id"), ["item_id"], unique=False)

    op.create_table(
        "judge_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("judge_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("has_conflict", sa.Boolean(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_judge_assignment_judge_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_judge_assignment_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judge_assignment")),
        sa.UniqueConstraint("judge_id", "team_id", name=op.f("uq_judge_assignment_judge_id_team_id")),
    )
    with op.batch_alter_table("judge_assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_judge_assignment_team_id"), ["team_id"], unique=False)

    op.create_table(
        "lesson_done",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_lesson_done_enrolment_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_done_lesson_id")),
        sa.PrimaryKeyConstraint("enrolment_id", "lesson_id", name=op.f("pk_lesson_done")),
    )
    with op.batch_alter_table("lesson_done", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lesson_done_lesson_id"), ["lesson_id"], unique=False)

    op.create_table(
        "rating",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("skill_code", sa.String(length=20), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("example", sa.Text(), nullable=False),
        sa.Column("rated_by_id", sa.Integer(), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_rating_placement_id")),
        sa.ForeignKeyConstraint(["rated_by_id"], ["person.id"], name=op.f("fk_rating_rated_by_id")),
        sa.ForeignKeyConstraint(["skill_code"], ["skill.code"], name=op.f("fk_rating_skill_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.UniqueConstraint("placement_id", "skill_code", name=op.f("uq_rating_placement_id_skill_code")),
    )
    op.create_table(
        "result",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("total", Exact(12, 4), nullable=True),
        sa.Column("raw", Exact(12, 4), nullable=True),
        sa.Column("sd", Exact(12, 4), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["competition_id"], ["competition.id"], name=op.f("fk_result_competition_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_result_team_id")),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_result")),
        sa.UniqueConstraint("competition_id", "position", name=op.f("uq_result_competition_id_position")),
    )
    op.create_table(
        "team_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["competition_id"], ["competition.id"], name=op.f("fk_team_member_competition_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_team_member_person_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_member_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_member")),
        sa.UniqueConstraint("competition_id", "person_id", name=op.f("uq_team_member_competition_id_person_id")),
    )
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_member_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_team_member_team_id"), ["team_id"], unique=False)

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
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_member_team_id"))
        batch_op.drop_index(batch_op.f("ix_team_member_person_id"))

    op.drop_table("team_member")
    op.drop_table("result")
    op.drop_table("rating")
    with op.batch_alter_table("lesson_done", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lesson_done_lesson_id"))

    op.drop_table("lesson_done")
    with op.batch_alter_table("judge_assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_judge_assignment_team_id"))

    op.drop_table("judge_assignment")
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_item_id"))

    op.drop_table("answer")
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_team_captain_id"))

    op.drop_table("team")
    with op.batch_alter_table("rubric_mark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rubric_mark_row_id"))
        batch_op.drop_index(batch_op.f("ix_rubric_mark_marker_id"))

    op.drop_table("rubric_mark")
    with op.batch_alter_table("quiz_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quiz_item_question_version_id"))

    op.drop_table("quiz_item")
    with op.batch_alter_table("placement", schema=None) as batch_op:
        batch_op.drop_index("ix_placement_student_id_status")
        batch_op.drop_index(batch_op.f("ix_placement_posting_id"))
        batch_op.drop_index(batch_op.f("ix_placement_mentor_id"))

    op.drop_table("placement")
    with op.batch_alter_table("lesson_skill", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lesson_skill_skill_code"))

    op.drop_table("lesson_skill")
    with op.batch_alter_table("judge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_judge_person_id"))

    op.drop_table("judge")
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.drop_index("ix_enrolment_person_id_enrolled_at")

    op.drop_table("enrolment")
    with op.batch_alter_table("cohort_teacher", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cohort_teacher_person_id"))

    op.drop_table("cohort_teacher")
    op.drop_table("rubric_row")
    op.drop_table("round_posting")
    with op.batch_alter_table("question_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_version_skill_code"))

    op.drop_table("question_version")
    with op.batch_alter_table("posting_skill", schema=None) as batch_op:
        batch_op.drop_index("ix_posting_skill_skill_code_level")

    op.drop_table("posting_skill")
    op.drop_table("lesson")
    with op.batch_alter_table("competition", schema=None) as batch_op:
        batch_op.drop_index("ix_competition_status_closes_at")
        batch_op.drop_index(batch_op.f("ix_competition_organisation_id"))

    op.drop_table("competition")
    with op.batch_alter_table("cohort", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cohort_course_id"))

    op.drop_table("cohort")
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_submitted_at"))
        batch_op.drop_index("ix_attempt_person_id_quiz_id")

    op.drop_table("attempt")
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index("ix_application_student_id_status")
        batch_op.drop_index("ix_application_posting_id_status")

    op.drop_table("application")
    with op.batch_alter_table("rubric", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rubric_organisation_id"))

    op.drop_table("rubric")
    with op.batch_alter_table("quiz", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quiz_organisation_id"))
        batch_op.drop_index("ix_quiz_context_kind_context_id")

    op.drop_table("quiz")
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_index("ix_question_organisation_id_skill_code")

    op.drop_table("question")
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.drop_index("ix_posting_status_closes_on")
        batch_op.drop_index(batch_op.f("ix_posting_region_code"))
        batch_op.drop_index("ix_posting_organisation_id_status")
        batch_op.drop_index(batch_op.f("ix_posting_cluster_code"))

    op.drop_table("posting")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index("ix_membership_organisation_id_role")

    op.drop_table("membership")
    with op.batch_alter_table("match_round", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_match_round_organisation_id"))

    op.drop_table("match_round")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_organisation_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index("ix_evidence_source_kind_source_id")
        batch_op.drop_index(batch_op.f("ix_evidence_skill_code"))
        batch_op.drop_index("ix_evidence_person_id_skill_code")
        batch_op.drop_index(batch_op.f("ix_evidence_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_evidence_observed_at"))

    op.drop_table("evidence")
    with op.batch_alter_table("course", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_course_status"))
        batch_op.drop_index(batch_op.f("ix_course_organisation_id"))

    op.drop_table("course")
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_person_id"))
        batch_op.drop_index(batch_op.f("ix_certificate_organisation_id"))

    op.drop_table("certificate")
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisation_region_code"))
        batch_op.drop_index(batch_op.f("ix_organisation_kind"))
        batch_op.drop_index(batch_op.f("ix_organisation_cluster_code"))

    op.drop_table("organisation")
    op.drop_table("student_profile")
    with op.batch_alter_table("skill_estimate", schema=None) as batch_op:
        batch_op.drop_index("ix_skill_estimate_skill_code_shown")

    op.drop_table("skill_estimate")
    with op.batch_alter_table("pilot_zone", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pilot_zone_region_code"))

    op.drop_table("pilot_zone")
    with op.batch_alter_table("hand_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hand_in_person_id"))

    op.drop_table("hand_in")
    with op.batch_alter_table("cluster", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cluster_region_code"))

    op.drop_table("cluster")
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stored_file_uploaded_by"))
        batch_op.drop_index(batch_op.f("ix_stored_file_sha256"))

    op.drop_table("stored_file")
    op.drop_table("snapshot")
    with op.batch_alter_table("skill", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_skill_family"))

    op.drop_table("skill")
    op.drop_table("region")
    op.drop_table("reference_version")
    op.drop_table("person")
    op.drop_table("mail")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_status"))
        batch_op.drop_index(batch_op.f("ix_job_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_job_actor_id"))

    op.drop_table("job")
    op.drop_table("installation")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_at"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_actor_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_action"))

    op.drop_table("audit_entry")
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(f"DROP FUNCTION IF EXISTS {table}_append_only()")
