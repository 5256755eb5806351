"""Everything the first clinic needs: tables, and the guards that each database keeps in its own words."""

import sqlalchemy as sa
from alembic import op

from cartref.db import UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite drops a trigger with its table; PostgreSQL's shared function goes in downgrade.
GUARDS_SQLITE = (
    """CREATE TRIGGER resource_hold_insert BEFORE INSERT ON resource_hold BEGIN 
  SELECT RAISE(ABORT, 'resource_hold_no_overlap')
  WHERE EXISTS (
    SELECT 1 FROM resource_hold
    WHERE resource_id = NEW.resource_id AND id <> NEW.id AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at
  );
 END""",
    """CREATE TRIGGER resource_hold_update BEFORE UPDATE OF resource_id, starts_at, ends_at ON resource_hold BEGIN 
  SELECT RAISE(ABORT, 'resource_hold_no_overlap')
  WHERE EXISTS (
    SELECT 1 FROM resource_hold
    WHERE resource_id = NEW.resource_id AND id <> NEW.id AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at
  );
 END""",
    "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is append only'); END",
    "CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is append only'); END",
    "CREATE TRIGGER audit_seal_no_update BEFORE UPDATE ON audit_seal BEGIN SELECT RAISE(ABORT, 'audit_seal is append only'); END",
    "CREATE TRIGGER audit_seal_no_delete BEFORE DELETE ON audit_seal BEGIN SELECT RAISE(ABORT, 'audit_seal is append only'); END",
)
GUARDS_POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    "ALTER TABLE resource_hold ADD CONSTRAINT resource_hold_no_overlap EXCLUDE USING gist (resource_id WITH =, tstzrange(starts_at, ends_at, '[)') WITH &&)",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append only', TG_TABLE_NAME; END $$",
    "CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE ON audit_seal FOR EACH ROW EXECUTE FUNCTION refuse_change()",
)


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("service_id", sa.String(length=24), nullable=True),
        sa.Column(
            "actor_kind",
            sa.Enum(
                "staff",
                "patient",
                "carer",
                "system",
                name="actorkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.String(length=24), nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("patient_id", sa.String(length=24), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_patient_id_id"), ["patient_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_service_id_id"), ["service_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_audit_entry_subject_kind_subject_id"), ["subject_kind", "subject_id"], unique=False
        )

    op.create_table(
        "health_board",
        sa.Column("name_cy", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_board")),
    )
    op.create_table(
        "notice",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("subject_id", sa.String(length=24), nullable=False),
        sa.Column("recipient_kind", sa.String(length=16), nullable=False),
        sa.Column("recipient_id", sa.String(length=24), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("email", "console", name="channel", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "sending",
                "sent",
                "withdrawn",
                "failed",
                name="noticestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("taken_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("sent_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=64), nullable=True),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_notice_key")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_state_due_at"), ["state", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "resource",
        sa.Column(
            "kind",
            sa.Enum(
                "clinician",
                "patient",
                "room",
                "presenter",
                name="resourcekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("ref_id", sa.String(length=24), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
        sa.UniqueConstraint("ref_id", name=op.f("uq_resource_ref_id")),
    )
    op.create_table(
        "room_event",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=False),
        sa.Column("participant", sa.String(length=64), nullable=True),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("received_at", UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_event")),
    )
    with op.batch_alter_table("room_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_room_event_room_at"), ["room", "at"], unique=False)

    op.create_table(
        "room_order",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column(
            "type",
            sa.Enum("remove", "end", "ahead", name="orderkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("room", sa.String(length=64), nullable=False),
        sa.Column("participant", sa.String(length=64), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("done_at", UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_order")),
    )
    with op.batch_alter_table("room_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_room_order_done_at"), ["done_at"], unique=False)

    op.create_table(
        "throttle",
        sa.Column("key", sa.String(length=96), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("expires_at", UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_table(
        "audit_seal",
        sa.Column("entry_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("chain", sa.String(length=24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_seal_entry_id_audit_entry")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("chain", "number", name=op.f("uq_audit_seal_chain_number")),
    )
    op.create_table(
        "carer",
        sa.Column("health_board_id", sa.String(length=24), nullable=False),
        sa.Column("given_name", sa.String(length=80), nullable=False),
        sa.Column("family_name", sa.String(length=80), nullable=False),
        sa.Column("telephone", sa.String(length=24), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["health_board_id"], ["health_board.id"], name=op.f("fk_carer_health_board_id_health_board")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carer")),
    )
    op.create_table(
        "service",
        sa.Column("health_board_id", sa.String(length=24), nullable=False),
        sa.Column("name_cy", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("contact_phone", sa.String(length=32), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["health_board_id"], ["health_board.id"], name=op.f("fk_service_health_board_id_health_board")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
    )
    op.create_table(
        "site",
        sa.Column("health_board_id", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "hub-hospital",
                "community-hospital",
                "care-home",
                name="sitekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("postcode", sa.String(length=8), nullable=False),
        sa.Column("telephone", sa.String(length=24), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["health_board_id"], ["health_board.id"], name=op.f("fk_site_health_board_id_health_board")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.create_table(
        "staff",
        sa.Column("health_board_id", sa.String(length=24), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("title", sa.String(length=16), nullable=False),
        sa.Column("given_name", sa.String(length=80), nullable=False),
        sa.Column("family_name", sa.String(length=80), nullable=False),
        sa.Column("introduction_en", sa.String(length=200), nullable=False),
        sa.Column("introduction_cy", sa.String(length=200), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("password_expires_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("totp_secret", sa.String(length=64), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
        sa.Column("left_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["health_board_id"], ["health_board.id"], name=op.f("fk_staff_health_board_id_health_board")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("owner_id", sa.String(length=24), nullable=False),
        sa.Column(
            "scope",
            sa.Enum("clinician", "clinic", name="feedscope", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("scope_id", sa.String(length=24), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("used_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_calendar_feed_owner_id_staff")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_calendar_feed_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_calendar_feed_token_sha256")),
    )
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_feed_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "clinic",
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("public_name_en", sa.String(length=120), nullable=False),
        sa.Column("public_name_cy", sa.String(length=120), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("runs_in_order", sa.Boolean(), nullable=False),
        sa.Column("contact_phone", sa.String(length=32), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_clinic_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinic")),
        sa.UniqueConstraint("service_id", "name", name=op.f("uq_clinic_service_id_name")),
    )
    op.create_table(
        "link",
        sa.Column("visit_id", sa.String(length=24), nullable=False),
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column(
            "holder",
            sa.Enum("patient", "carer", name="holder", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("holder_id", sa.String(length=24), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("locked_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_link_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_link_token_sha256")),
        sa.UniqueConstraint("visit_id", "holder", "holder_id", name=op.f("uq_link_visit_id_holder_holder_id")),
    )
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("staff_id", sa.String(length=24), nullable=False),
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "admin",
                "manager",
                "privacy",
                "clinician",
                "presenter",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_membership_service_id_service")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_membership_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("staff_id", "service_id", "role", name=op.f("uq_membership_staff_id_service_id_role")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_service_id"), ["service_id"], unique=False)

    op.create_table(
        "patient",
        sa.Column("health_board_id", sa.String(length=24), nullable=False),
        sa.Column("nhs_number", sa.String(length=10), nullable=True),
        sa.Column(
            "trace_status",
            sa.Enum(
                "nn",
                "01",
                "02",
                "03",
                "04",
                "05",
                "06",
                "07",
                "08",
                name="tracestatus",
                native_enum=False,
                create_constraint=True,
                length=4,
            ),
            nullable=False,
        ),
        sa.Column("hospital_number", sa.String(length=24), nullable=False),
        sa.Column("title", sa.String(length=16), nullable=False),
        sa.Column("given_name", sa.String(length=80), nullable=False),
        sa.Column("family_name", sa.String(length=80), nullable=False),
        sa.Column("preferred_name", sa.String(length=80), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("postcode", sa.String(length=8), nullable=False),
        sa.Column("telephone", sa.String(length=24), nullable=False),
        sa.Column("mobile", sa.String(length=24), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("gp_practice", sa.String(length=160), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("interpreter", sa.String(length=80), nullable=False),
        sa.Column("hearing_need", sa.String(length=200), nullable=False),
        sa.Column("sight_need", sa.String(length=200), nullable=False),
        sa.Column("memory_need", sa.String(length=200), nullable=False),
        sa.Column("hands_need", sa.String(length=200), nullable=False),
        sa.Column("frailty_level", sa.Integer(), nullable=True),
        sa.Column("frailty_by_id", sa.String(length=24), nullable=True),
        sa.Column("frailty_on", sa.Date(), nullable=True),
        sa.Column("email_consent", sa.Boolean(), nullable=False),
        sa.Column("text_consent", sa.Boolean(), nullable=False),
        sa.Column("letter_consent", sa.Boolean(), nullable=False),
        sa.Column("telephone_consent", sa.Boolean(), nullable=False),
        sa.Column("do_not_contact", sa.Boolean(), nullable=False),
        sa.Column("safe_contact", sa.Text(), nullable=False),
        sa.Column("deceased_on", sa.Date(), nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.CheckConstraint("frailty_level BETWEEN 1 AND 9", name=op.f("ck_patient_frailty_level")),
        sa.ForeignKeyConstraint(["frailty_by_id"], ["staff.id"], name=op.f("fk_patient_frailty_by_id_staff")),
        sa.ForeignKeyConstraint(
            ["health_board_id"], ["health_board.id"], name=op.f("fk_patient_health_board_id_health_board")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient")),
        sa.UniqueConstraint("health_board_id", "nhs_number", name=op.f("uq_patient_health_board_id_nhs_number")),
    )
    with op.batch_alter_table("patient", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_patient_health_board_id_born_on"), ["health_board_id", "born_on"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_patient_health_board_id_family_name_given_name"),
            ["health_board_id", "family_name", "given_name"],
            unique=False,
        )

    op.create_table(
        "room",
        sa.Column("site_id", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_room_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("site_id", "name", name=op.f("uq_room_site_id_name")),
    )
    op.create_table(
        "sign_in",
        sa.Column("staff_id", sa.String(length=24), nullable=False),
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("active_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("code_due", sa.Boolean(), nullable=False),
        sa.Column("locked_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("shared_device", sa.Boolean(), nullable=False),
        sa.Column("presenting_id", sa.String(length=24), nullable=True),
        sa.Column("ended_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_sign_in_service_id_service")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_sign_in_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_sign_in_token_sha256")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "site_presenter",
        sa.Column("site_id", sa.String(length=24), nullable=False),
        sa.Column("staff_id", sa.String(length=24), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_presenter_site_id_site")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_site_presenter_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_presenter")),
        sa.UniqueConstraint("site_id", "staff_id", name=op.f("uq_site_presenter_site_id_staff_id")),
    )
    with op.batch_alter_table("site_presenter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_presenter_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "site_use",
        sa.Column("site_id", sa.String(length=24), nullable=False),
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_site_use_service_id_service")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_use_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_use")),
        sa.UniqueConstraint("site_id", "service_id", name=op.f("uq_site_use_site_id_service_id")),
    )
    with op.batch_alter_table("site_use", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_use_service_id"), ["service_id"], unique=False)

    op.create_table(
        "care_circle",
        sa.Column("patient_id", sa.String(length=24), nullable=False),
        sa.Column("carer_id", sa.String(length=24), nullable=False),
        sa.Column(
            "relationship_kind",
            sa.Enum(
                "daughter",
                "son",
                "partner",
                "relative",
                "friend",
                "care-worker",
                "attorney",
                name="relationship",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("may_join", sa.Boolean(), nullable=False),
        sa.Column("may_be_told", sa.Boolean(), nullable=False),
        sa.Column("may_arrange", sa.Boolean(), nullable=False),
        sa.Column(
            "consented_by",
            sa.Enum(
                "patient",
                "attorney",
                "best-interests",
                name="consenting",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("consented_on", sa.Date(), nullable=False),
        sa.Column("recorded_by_id", sa.String(length=24), nullable=False),
        sa.Column("ended_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["carer_id"], ["carer.id"], name=op.f("fk_care_circle_carer_id_carer")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_care_circle_patient_id_patient")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["staff.id"], name=op.f("fk_care_circle_recorded_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_circle")),
        sa.UniqueConstraint("patient_id", "carer_id", name=op.f("uq_care_circle_patient_id_carer_id")),
    )
    op.create_table(
        "care_relationship",
        sa.Column("patient_id", sa.String(length=24), nullable=False),
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_care_relationship_patient_id_patient")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_care_relationship_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_relationship")),
        sa.UniqueConstraint("patient_id", "service_id", name=op.f("uq_care_relationship_patient_id_service_id")),
    )
    with op.batch_alter_table("care_relationship", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_care_relationship_service_id"), ["service_id"], unique=False)

    op.create_table(
        "clinic_pattern",
        sa.Column("clinic_id", sa.String(length=24), nullable=False),
        sa.Column("clinician_id", sa.String(length=24), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("start_wall", sa.Time(), nullable=False),
        sa.Column("end_wall", sa.Time(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.Column("week_interval", sa.Integer(), nullable=False),
        sa.Column("generated_until", sa.Date(), nullable=True),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.CheckConstraint("end_wall > start_wall", name=op.f("ck_clinic_pattern_ends_after_it_starts")),
        sa.CheckConstraint("week_interval BETWEEN 1 AND 8", name=op.f("ck_clinic_pattern_week_interval")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_clinic_pattern_weekday")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_clinic_pattern_clinic_id_clinic")),
        sa.ForeignKeyConstraint(["clinician_id"], ["staff.id"], name=op.f("fk_clinic_pattern_clinician_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinic_pattern")),
    )
    with op.batch_alter_table("clinic_pattern", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clinic_pattern_clinic_id"), ["clinic_id"], unique=False)

    op.create_table(
        "link_opening",
        sa.Column("link_id", sa.String(length=24), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("ready_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name=op.f("fk_link_opening_link_id_link")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_opening")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_link_opening_token_sha256")),
    )
    with op.batch_alter_table("link_opening", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_opening_link_id"), ["link_id"], unique=False)

    op.create_table(
        "clinic_session",
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("clinic_id", sa.String(length=24), nullable=False),
        sa.Column("clinician_id", sa.String(length=24), nullable=False),
        sa.Column("pattern_id", sa.String(length=24), nullable=True),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("starts_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column(
            "status",
            sa.Enum("open", "closed", name="sessionstatus", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("late_minutes", sa.Integer(), nullable=False),
        sa.Column("board_seen_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_clinic_session_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_clinic_session_clinic_id_clinic")),
        sa.ForeignKeyConstraint(["clinician_id"], ["staff.id"], name=op.f("fk_clinic_session_clinician_id_staff")),
        sa.ForeignKeyConstraint(
            ["pattern_id"], ["clinic_pattern.id"], name=op.f("fk_clinic_session_pattern_id_clinic_pattern")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_clinic_session_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinic_session")),
        sa.UniqueConstraint("pattern_id", "local_date", name=op.f("uq_clinic_session_pattern_id_local_date")),
    )
    with op.batch_alter_table("clinic_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_clinic_session_clinician_id_starts_at"), ["clinician_id", "starts_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_clinic_session_service_id_local_date"), ["service_id", "local_date"], unique=False
        )

    op.create_table(
        "appointment",
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("patient_id", sa.String(length=24), nullable=False),
        sa.Column("session_id", sa.String(length=24), nullable=False),
        sa.Column("clinician_id", sa.String(length=24), nullable=False),
        sa.Column("starts_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "video-home",
                "video-site",
                "telephone",
                "in-person",
                name="mode",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("site_id", sa.String(length=24), nullable=True),
        sa.Column("room_id", sa.String(length=24), nullable=True),
        sa.Column("presenter_id", sa.String(length=24), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "booked",
                "arrived",
                "fulfilled",
                "cancelled",
                "noshow",
                name="appointmentstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("uid", sa.String(length=120), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("booked_by_id", sa.String(length=24), nullable=True),
        sa.Column("cancelled_reason", sa.String(length=32), nullable=True),
        sa.Column("cancelled_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("moved_from_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("moved_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("event_bytes", sa.LargeBinary(), nullable=False),
        sa.Column("event_bytes_cy", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_appointment_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["booked_by_id"], ["staff.id"], name=op.f("fk_appointment_booked_by_id_staff")),
        sa.ForeignKeyConstraint(["clinician_id"], ["staff.id"], name=op.f("fk_appointment_clinician_id_staff")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_appointment_patient_id_patient")),
        sa.ForeignKeyConstraint(["presenter_id"], ["staff.id"], name=op.f("fk_appointment_presenter_id_staff")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_appointment_room_id_room")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_appointment_service_id_service")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["clinic_session.id"], name=op.f("fk_appointment_session_id_clinic_session")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_appointment_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_appointment_idempotency_key")),
        sa.UniqueConstraint("uid", name=op.f("uq_appointment_uid")),
    )
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_appointment_patient_id_starts_at"), ["patient_id", "starts_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_appointment_service_id_starts_at"), ["service_id", "starts_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_appointment_session_id_starts_at"), ["session_id", "starts_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_appointment_site_id_starts_at"), ["site_id", "starts_at"], unique=False)

    op.create_table(
        "slot",
        sa.Column("session_id", sa.String(length=24), nullable=False),
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("clinician_id", sa.String(length=24), nullable=False),
        sa.Column("starts_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "free", "booked", "blocked", name="slotstate", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_slot_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["clinician_id"], ["staff.id"], name=op.f("fk_slot_clinician_id_staff")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_slot_service_id_service")),
        sa.ForeignKeyConstraint(["session_id"], ["clinic_session.id"], name=op.f("fk_slot_session_id_clinic_session")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint("session_id", "starts_at", name=op.f("uq_slot_session_id_starts_at")),
    )
    with op.batch_alter_table("slot", schema=None) as batch_op:
        batch_op.create_index(
            "ix_slot_free",
            ["service_id", "starts_at"],
            unique=False,
            sqlite_where=sa.text("state = 'free'"),
            postgresql_where=sa.text("state = 'free'"),
        )

    op.create_table(
        "appointment_participant",
        sa.Column("appointment_id", sa.String(length=24), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("carer", name="participantkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("carer_id", sa.String(length=24), nullable=True),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_appointment_participant_appointment_id_appointment")
        ),
        sa.ForeignKeyConstraint(["carer_id"], ["carer.id"], name=op.f("fk_appointment_participant_carer_id_carer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_participant")),
    )
    with op.batch_alter_table("appointment_participant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appointment_participant_appointment_id"), ["appointment_id"], unique=False)

    op.create_table(
        "encounter",
        sa.Column("appointment_id", sa.String(length=24), nullable=False),
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "in-progress",
                "finished",
                name="encounterstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "medium",
            sa.Enum("01", "02", "03", name="medium", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("started_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column(
            "ending",
            sa.Enum(
                "seen",
                "could-not-connect",
                "did-not-attend",
                "late-not-seen",
                "cancelled-by-patient",
                name="ending",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "attendance",
            sa.Enum(
                "0",
                "2",
                "3",
                "4",
                "5",
                "6",
                "7",
                name="attendance",
                native_enum=False,
                create_constraint=True,
                length=4,
            ),
            nullable=True,
        ),
        sa.Column(
            "outcome",
            sa.Enum("4", "5", "6", "9", name="outcome", native_enum=False, create_constraint=True, length=4),
            nullable=True,
        ),
        sa.Column("safe_start", sa.JSON(), nullable=False),
        sa.Column("with_patient", sa.String(length=400), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("note_version", sa.Integer(), nullable=False),
        sa.Column("note_saved_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("ring_asked_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("cannot_come_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("cannot_hear_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("unseen_told_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_encounter_appointment_id_appointment")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_encounter_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_encounter")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_encounter_appointment_id")),
        sa.UniqueConstraint("room", name=op.f("uq_encounter_room")),
    )
    op.create_table(
        "resource_hold",
        sa.Column("appointment_id", sa.String(length=24), nullable=False),
        sa.Column("resource_id", sa.String(length=24), nullable=False),
        sa.Column("starts_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_resource_hold_ends_after_it_starts")),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_resource_hold_appointment_id_appointment")
        ),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_resource_hold_resource_id_resource")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_hold")),
    )
    with op.batch_alter_table("resource_hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resource_hold_appointment_id"), ["appointment_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_resource_hold_resource_id_starts_at"), ["resource_id", "starts_at"], unique=False
        )

    op.create_table(
        "seat",
        sa.Column("encounter_id", sa.String(length=24), nullable=False),
        sa.Column("participant", sa.String(length=64), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "clinician",
                "presenter",
                "patient",
                "carer",
                name="seatrole",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("ref_id", sa.String(length=24), nullable=False),
        sa.Column("link_generation", sa.Integer(), nullable=True),
        sa.Column("ticketed_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("presence", sa.String(length=16), nullable=False),
        sa.Column("waiting_since", UTCDateTime(timezone=True), nullable=True),
        sa.Column("admitted_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("connected_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("ahead", sa.Integer(), nullable=True),
        sa.Column("line", sa.JSON(), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounter.id"], name=op.f("fk_seat_encounter_id_encounter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
        sa.UniqueConstraint("encounter_id", "role", "ref_id", name=op.f("uq_seat_encounter_id_role_ref_id")),
        sa.UniqueConstraint("participant", name=op.f("uq_seat_participant")),
    )
    dialect = op.get_bind().dialect.name
    for guard in GUARDS_SQLITE if dialect == "sqlite" else GUARDS_POSTGRESQL:
        op.execute(guard)


def downgrade() -> None:
    op.drop_table("seat")
    with op.batch_alter_table("resource_hold", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resource_hold_resource_id_starts_at"))
        batch_op.drop_index(batch_op.f("ix_resource_hold_appointment_id"))

    op.drop_table("resource_hold")
    op.drop_table("encounter")
    with op.batch_alter_table("appointment_participant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appointment_participant_appointment_id"))

    op.drop_table("appointment_participant")
    with op.batch_alter_table("slot", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_slot_free", sqlite_where=sa.text("state = 'free'"), postgresql_where=sa.text("state = 'free'")
        )

    op.drop_table("slot")
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appointment_site_id_starts_at"))
        batch_op.drop_index(batch_op.f("ix_appointment_session_id_starts_at"))
        batch_op.drop_index(batch_op.f("ix_appointment_service_id_starts_at"))
        batch_op.drop_index(batch_op.f("ix_appointment_patient_id_starts_at"))

    op.drop_table("appointment")
    with op.batch_alter_table("clinic_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clinic_session_service_id_local_date"))
        batch_op.drop_index(batch_op.f("ix_clinic_session_clinician_id_starts_at"))

    op.drop_table("clinic_session")
    with op.batch_alter_table("link_opening", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_opening_link_id"))

    op.drop_table("link_opening")
    with op.batch_alter_table("clinic_pattern", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clinic_pattern_clinic_id"))

    op.drop_table("clinic_pattern")
    with op.batch_alter_table("care_relationship", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_care_relationship_service_id"))

    op.drop_table("care_relationship")
    op.drop_table("care_circle")
    with op.batch_alter_table("site_use", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_use_service_id"))

    op.drop_table("site_use")
    with op.batch_alter_table("site_presenter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_presenter_staff_id"))

    op.drop_table("site_presenter")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_staff_id"))

    op.drop_table("sign_in")
    op.drop_table("room")
    with op.batch_alter_table("patient", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_patient_health_board_id_family_name_given_name"))
        batch_op.drop_index(batch_op.f("ix_patient_health_board_id_born_on"))

    op.drop_table("patient")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_service_id"))

    op.drop_table("membership")
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_visit_id"))

    op.drop_table("link")
    op.drop_table("clinic")
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_feed_owner_id"))

    op.drop_table("calendar_feed")
    op.drop_table("staff")
    op.drop_table("site")
    op.drop_table("service")
    op.drop_table("carer")
    op.drop_table("audit_seal")
    op.drop_table("throttle")
    with op.batch_alter_table("room_order", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_room_order_done_at"))

    op.drop_table("room_order")
    with op.batch_alter_table("room_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_room_event_room_at"))

    op.drop_table("room_event")
    op.drop_table("resource")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_subject_id"))
        batch_op.drop_index(batch_op.f("ix_notice_state_due_at"))

    op.drop_table("notice")
    op.drop_table("health_board")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_subject_kind_subject_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_service_id_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_patient_id_id"))

    op.drop_table("audit_entry")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
