"""The clinic office: referrals and waiting lists, leave and lanes, offers and plans, calls, letters, invitations."""

import sqlalchemy as sa
from alembic import op

from cartref.db import UTCDateTime
from cartref.migrations.steps import add, allow

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Columns that existing tables gain: table, name, type, what it refers to, and what old rows hold.
COLUMNS = (
    ("appointment", "referral_id", sa.String(length=24), "referral.id", None),
    ("appointment", "waiting_entry_id", sa.String(length=24), "waiting_entry.id", None),
    ("appointment", "held_until", UTCDateTime(timezone=True), None, None),
    ("appointment", "next_reminder_at", UTCDateTime(timezone=True), None, None),
    ("appointment", "overbook_lane_id", sa.String(length=24), "overbook_lane.id", None),
    ("appointment", "overbook_place", sa.Integer(), None, None),
    ("appointment", "overbook_reason", sa.String(length=200), None, ""),
    ("appointment", "mode_suggested", sa.String(length=16), None, ""),
    ("appointment", "mode_reason", sa.String(length=200), None, ""),
    ("carer", "mobile", sa.String(length=24), None, ""),
    ("carer", "wants_invitation", sa.Boolean(), None, sa.false()),
    ("carer", "version", sa.Integer(), None, "1"),
    ("clinic", "minutes_by_frailty", sa.JSON(), None, "{}"),
    ("clinic", "reminders", sa.JSON(), None, "{}"),
    ("clinic", "letter_days", sa.Integer(), None, "10"),
    ("clinic", "runs_on_holidays", sa.Boolean(), None, sa.false()),
    ("clinic_session", "closed_reason", sa.String(length=32), None, None),
    ("clinic_session", "closed_at", UTCDateTime(timezone=True), None, None),
    ("clinic_session", "closed_by_id", sa.String(length=24), "staff.id", None),
    ("encounter", "review_weeks", sa.Integer(), None, None),
    ("notice", "bilingual", sa.Boolean(), None, sa.false()),
    ("notice", "provider_id", sa.String(length=64), None, None),
    ("notice", "delivered_at", UTCDateTime(timezone=True), None, None),
    ("notice", "receipt_due_at", UTCDateTime(timezone=True), None, None),
    ("notice", "print_run_id", sa.String(length=24), "print_run.id", None),
    ("staff", "wants_invitations", sa.Boolean(), None, sa.false()),
)

# What a column may hold from now on: table, constraint, column, the values before, and those that are new.
CHOICES = (
    (
        "appointment",
        "appointmentstatus",
        "status",
        ("booked", "arrived", "fulfilled", "cancelled", "noshow"),
        ("pending",),
    ),
    ("notice", "channel", "channel", ("email", "console"), ("text", "letter")),
    ("calendar_feed", "feedscope", "scope", ("clinician", "clinic"), ("site", "room", "service")),
)

# What the release before has no words for, as it goes back: times held for an answer, letters, texts, wider feeds.
FORGET = (
    "DELETE FROM resource_hold WHERE appointment_id IN (SELECT id FROM appointment WHERE status = 'pending')",
    "UPDATE slot SET state = 'free' WHERE state = 'booked' AND EXISTS (SELECT 1 FROM appointment WHERE status = 'pending' "
    "AND session_id = slot.session_id AND starts_at < slot.ends_at AND ends_at > slot.starts_at)",
    "UPDATE appointment SET status = 'cancelled', cancelled_reason = 'booked-in-error' WHERE status = 'pending'",
    "DELETE FROM notice WHERE channel IN ('text', 'letter')",
    "DELETE FROM calendar_feed WHERE scope IN ('site', 'room', 'service')",
)

# SQLite's guard against holds that overlap: it looked through all earlier holds of a resource, and now looks at the
# last one that begins before the new one ends.
GUARD = {
    "resource_hold_insert": "BEFORE INSERT ON resource_hold",
    "resource_hold_update": "BEFORE UPDATE OF resource_id, starts_at, ends_at ON resource_hold",
}
AMONG_ALL = """
  SELECT RAISE(ABORT, 'resource_hold_no_overlap')
  WHERE EXISTS (
    SELECT 1 FROM resource_hold
    WHERE resource_id = NEW.resource_id AND id <> NEW.id AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at
  );
"""
BEFORE_IT = """
  SELECT RAISE(ABORT, 'resource_hold_no_overlap')
  WHERE NEW.starts_at < (
    SELECT ends_at FROM resource_hold
    WHERE resource_id = NEW.resource_id AND starts_at < NEW.ends_at AND id <> NEW.id
    ORDER BY starts_at DESC LIMIT 1
  );
"""


def upgrade() -> None:
    op.create_table(
        "calendar_reply",
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("uid", sa.String(length=120), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("taken", sa.String(length=32), nullable=False),
        sa.Column("received_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_reply")),
        sa.UniqueConstraint("message_id", name=op.f("uq_calendar_reply_message_id")),
    )
    op.create_table(
        "call",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("reason", sa.String(length=48), nullable=False),
        sa.Column("subject_id", sa.String(length=24), nullable=False),
        sa.Column("recipient_kind", sa.String(length=16), nullable=False),
        sa.Column("recipient_id", sa.String(length=24), nullable=False),
        sa.Column("notice_id", sa.String(length=24), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "done", "withdrawn", name="callstate", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("assigned_to_id", sa.String(length=24), nullable=True),
        sa.Column("due_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("done_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.String(length=24), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("key", name=op.f("uq_call_key")),
    )
    op.create_table(
        "job",
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("owner_id", sa.String(length=24), nullable=True),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "done",
                "stopped",
                "failed",
                name="jobstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("failure", sa.String(length=64), nullable=True),
        sa.Column("stop_asked_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("started_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("beat_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("finished_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_table(
        "notice_template",
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("short", sa.String(length=480), nullable=False),
        sa.Column("changed_by_id", sa.String(length=24), nullable=True),
        sa.Column("changed_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_template")),
        sa.UniqueConstraint("service_id", "kind", "language", name=op.f("uq_notice_template_service_id_kind_language")),
    )
    op.create_table(
        "print_run",
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("made_by_id", sa.String(length=24), nullable=True),
        sa.Column("job_id", sa.String(length=24), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "making",
                "ready",
                "posted",
                "discarded",
                name="printrunstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("posted_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_run")),
    )
    op.create_table(
        "carer_hours",
        sa.Column("carer_id", sa.String(length=24), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("on", sa.Date(), nullable=True),
        sa.Column("start_wall", sa.Time(), nullable=False),
        sa.Column("end_wall", sa.Time(), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.CheckConstraint("end_wall > start_wall", name=op.f("ck_carer_hours_ends_after_it_starts")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_carer_hours_weekday")),
        sa.ForeignKeyConstraint(["carer_id"], ["carer.id"], name=op.f("fk_carer_hours_carer_id_carer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carer_hours")),
    )
    op.create_table(
        "import_sheet",
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("uploaded_by_id", sa.String(length=24), nullable=True),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("head", sa.JSON(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "uploaded",
                "checked",
                "applied",
                "discarded",
                name="sheetstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("job_id", sa.String(length=24), nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("applied_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_import_sheet_service_id_service")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["staff.id"], name=op.f("fk_import_sheet_uploaded_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_sheet")),
    )
    op.create_table(
        "leave",
        sa.Column("staff_id", sa.String(length=24), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "annual",
                "study",
                "sick",
                "other",
                name="leavekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("recorded_by_id", sa.String(length=24), nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_leave_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["staff.id"], name=op.f("fk_leave_recorded_by_id_staff")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_leave_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave")),
    )
    op.create_table(
        "site_hours",
        sa.Column("site_id", sa.String(length=24), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens_wall", sa.Time(), nullable=False),
        sa.Column("closes_wall", sa.Time(), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.CheckConstraint("closes_wall > opens_wall", name=op.f("ck_site_hours_closes_after_it_opens")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_site_hours_weekday")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_hours_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_hours")),
        sa.UniqueConstraint("site_id", "weekday", "opens_wall", name=op.f("uq_site_hours_site_id_weekday_opens_wall")),
    )
    op.create_table(
        "overbook_lane",
        sa.Column("clinic_id", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=False),
        sa.Column("ended_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.CheckConstraint("cap BETWEEN 1 AND 8", name=op.f("ck_overbook_lane_cap")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_overbook_lane_clinic_id_clinic")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overbook_lane")),
        sa.UniqueConstraint("clinic_id", "name", name=op.f("uq_overbook_lane_clinic_id_name")),
    )
    op.create_table(
        "referral",
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("patient_id", sa.String(length=24), nullable=False),
        sa.Column("clinic_id", sa.String(length=24), nullable=True),
        sa.Column("external_id", sa.String(length=64), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "gp",
                "consultant",
                "emergency",
                "community",
                "care-home",
                "self",
                "other",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("referrer", sa.String(length=160), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "priority",
            sa.Enum(
                "routine",
                "urgent",
                "suspected-cancer",
                name="priority",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "active",
                "completed",
                "revoked",
                name="referralstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("closed_reason", sa.String(length=32), nullable=True),
        sa.Column("closed_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("clock_started_on", sa.Date(), nullable=True),
        sa.Column("clock_paused_on", sa.Date(), nullable=True),
        sa.Column("recorded_by_id", sa.String(length=24), nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_referral_clinic_id_clinic")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_referral_patient_id_patient")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["staff.id"], name=op.f("fk_referral_recorded_by_id_staff")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_referral_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("service_id", "external_id", name=op.f("uq_referral_service_id_external_id")),
    )
    op.create_table(
        "visit_wishes",
        sa.Column("patient_id", sa.String(length=24), nullable=False),
        sa.Column(
            "time_of_day",
            sa.Enum(
                "any", "morning", "afternoon", name="timeofday", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("not_before", sa.Time(), nullable=True),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("carer_id", sa.String(length=24), nullable=True),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("short_notice", sa.Boolean(), nullable=False),
        sa.Column("bsl", sa.Boolean(), nullable=False),
        sa.Column("bilingual", sa.Boolean(), nullable=False),
        sa.Column("wants_invitation", sa.Boolean(), nullable=False),
        sa.Column("updated_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["carer_id"], ["carer.id"], name=op.f("fk_visit_wishes_carer_id_carer")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_visit_wishes_patient_id_patient")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_wishes")),
        sa.UniqueConstraint("patient_id", name=op.f("uq_visit_wishes_patient_id")),
    )
    op.create_table(
        "clock_tick",
        sa.Column("referral_id", sa.String(length=24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "start",
                "pause",
                "resume",
                "stop",
                "not-counted",
                name="tickkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("code", sa.String(length=4), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("appointment_id", sa.String(length=24), nullable=True),
        sa.Column("recorded_by_id", sa.String(length=24), nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["staff.id"], name=op.f("fk_clock_tick_recorded_by_id_staff")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_clock_tick_referral_id_referral")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_tick")),
        sa.UniqueConstraint("referral_id", "number", name=op.f("uq_clock_tick_referral_id_number")),
    )
    op.create_table(
        "waiting_entry",
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("patient_id", sa.String(length=24), nullable=False),
        sa.Column("referral_id", sa.String(length=24), nullable=True),
        sa.Column("clinic_id", sa.String(length=24), nullable=True),
        sa.Column("clinician_id", sa.String(length=24), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("new", "review", name="entrykind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "priority",
            sa.Enum(
                "routine",
                "urgent",
                "suspected-cancer",
                name="priority",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("waiting_since", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "offered",
                "booked",
                "removed",
                name="entrystatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("removed_reason", sa.String(length=32), nullable=True),
        sa.Column("from_appointment_id", sa.String(length=24), nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_waiting_entry_clinic_id_clinic")),
        sa.ForeignKeyConstraint(["clinician_id"], ["staff.id"], name=op.f("fk_waiting_entry_clinician_id_staff")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_waiting_entry_patient_id_patient")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_waiting_entry_referral_id_referral")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_waiting_entry_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_entry")),
    )
    op.create_table(
        "replan",
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("session_id", sa.String(length=24), nullable=False),
        sa.Column("job_id", sa.String(length=24), nullable=True),
        sa.Column("solver", sa.String(length=16), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planning",
                "proposed",
                "finished",
                "discarded",
                name="replanstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("asked_by_id", sa.String(length=24), nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff.id"], name=op.f("fk_replan_asked_by_id_staff")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_replan_service_id_service")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["clinic_session.id"], name=op.f("fk_replan_session_id_clinic_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replan")),
    )
    op.create_table(
        "vacancy",
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("session_id", sa.String(length=24), nullable=False),
        sa.Column("starts_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("from_appointment_id", sa.String(length=24), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open", "filled", "ended", name="vacancystate", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_vacancy_service_id_service")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["clinic_session.id"], name=op.f("fk_vacancy_session_id_clinic_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vacancy")),
    )
    op.create_table(
        "calendar_invitation",
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("appointment_id", sa.String(length=24), nullable=False),
        sa.Column("person_kind", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=24), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("answered_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_calendar_invitation_appointment_id_appointment")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_calendar_invitation_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_invitation")),
        sa.UniqueConstraint(
            "appointment_id", "person_id", name=op.f("uq_calendar_invitation_appointment_id_person_id")
        ),
    )
    op.create_table(
        "offer",
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("vacancy_id", sa.String(length=24), nullable=False),
        sa.Column("waiting_entry_id", sa.String(length=24), nullable=False),
        sa.Column("appointment_id", sa.String(length=24), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "accepted",
                "declined",
                "expired",
                "withdrawn",
                name="offerstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("expires_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("answered_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=16), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_offer_appointment_id_appointment")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_offer_service_id_service")),
        sa.ForeignKeyConstraint(["vacancy_id"], ["vacancy.id"], name=op.f("fk_offer_vacancy_id_vacancy")),
        sa.ForeignKeyConstraint(
            ["waiting_entry_id"], ["waiting_entry.id"], name=op.f("fk_offer_waiting_entry_id_waiting_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_offer_appointment_id")),
    )
    op.create_table(
        "replan_move",
        sa.Column("replan_id", sa.String(length=24), nullable=False),
        sa.Column("appointment_id", sa.String(length=24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.String(length=24), nullable=True),
        sa.Column("starts_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("ends_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("room_id", sa.String(length=24), nullable=True),
        sa.Column("presenter_id", sa.String(length=24), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "accepted",
                "refused",
                "stale",
                "unplaced",
                name="movestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("decided_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_replan_move_appointment_id_appointment")
        ),
        sa.ForeignKeyConstraint(["presenter_id"], ["staff.id"], name=op.f("fk_replan_move_presenter_id_staff")),
        sa.ForeignKeyConstraint(["replan_id"], ["replan.id"], name=op.f("fk_replan_move_replan_id_replan")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_replan_move_room_id_room")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_replan_move_slot_id_slot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replan_move")),
        sa.UniqueConstraint("replan_id", "appointment_id", name=op.f("uq_replan_move_replan_id_appointment_id")),
    )
    for table, name, kind, refers_to, default in COLUMNS:
        add(table, name, kind, refers_to, default)
    op.create_index(op.f("ix_call_service_id_state_due_at"), "call", ["service_id", "state", "due_at"], unique=False)
    op.create_index(op.f("ix_call_subject_id"), "call", ["subject_id"], unique=False)
    op.create_index(
        op.f("ix_job_service_id_kind_created_at"), "job", ["service_id", "kind", "created_at"], unique=False
    )
    op.create_index(op.f("ix_job_state_created_at"), "job", ["state", "created_at"], unique=False)
    op.create_index(op.f("ix_print_run_service_id_created_at"), "print_run", ["service_id", "created_at"], unique=False)
    op.create_index(op.f("ix_carer_hours_carer_id"), "carer_hours", ["carer_id"], unique=False)
    op.create_index(
        op.f("ix_import_sheet_service_id_created_at"), "import_sheet", ["service_id", "created_at"], unique=False
    )
    op.create_index(op.f("ix_leave_staff_id_first_on"), "leave", ["staff_id", "first_on"], unique=False)
    op.create_index(op.f("ix_referral_patient_id"), "referral", ["patient_id"], unique=False)
    op.create_index(op.f("ix_referral_service_id_status"), "referral", ["service_id", "status"], unique=False)
    op.create_index(op.f("ix_waiting_entry_patient_id"), "waiting_entry", ["patient_id"], unique=False)
    op.create_index(op.f("ix_waiting_entry_referral_id"), "waiting_entry", ["referral_id"], unique=False)
    op.create_index(op.f("ix_waiting_entry_service_id_status"), "waiting_entry", ["service_id", "status"], unique=False)
    op.create_index(op.f("ix_replan_session_id"), "replan", ["session_id"], unique=False)
    op.create_index(op.f("ix_vacancy_service_id_state"), "vacancy", ["service_id", "state"], unique=False)
    op.create_index(op.f("ix_vacancy_session_id_starts_at"), "vacancy", ["session_id", "starts_at"], unique=False)
    op.create_index(op.f("ix_calendar_invitation_person_id"), "calendar_invitation", ["person_id"], unique=False)
    op.create_index(op.f("ix_offer_state_expires_at"), "offer", ["state", "expires_at"], unique=False)
    op.create_index(op.f("ix_offer_vacancy_id"), "offer", ["vacancy_id"], unique=False)
    op.create_index(op.f("ix_appointment_next_reminder_at"), "appointment", ["next_reminder_at"], unique=False)
    op.create_index(op.f("ix_appointment_waiting_entry_id"), "appointment", ["waiting_entry_id"], unique=False)
    op.create_index(
        "uq_appointment_overbooked",
        "appointment",
        ["session_id", "overbook_lane_id", "overbook_place"],
        unique=True,
        sqlite_where=sa.text("overbook_lane_id IS NOT NULL AND status <> 'cancelled'"),
        postgresql_where=sa.text("overbook_lane_id IS NOT NULL AND status <> 'cancelled'"),
    )
    op.create_index(op.f("ix_notice_receipt_due_at"), "notice", ["receipt_due_at"], unique=False)
    for table, constraint, column, before, new in CHOICES:
        allow(table, constraint, column, before, (*before, *new))
    _guard(BEFORE_IT)


def downgrade() -> None:
    _guard(AMONG_ALL)
    for statement in FORGET:
        op.execute(statement)
    for table, constraint, column, before, new in CHOICES:
        allow(table, constraint, column, (*before, *new), before)
    op.drop_index("ix_notice_receipt_due_at", table_name="notice")
    op.drop_index("uq_appointment_overbooked", table_name="appointment")
    op.drop_index("ix_appointment_waiting_entry_id", table_name="appointment")
    op.drop_index("ix_appointment_next_reminder_at", table_name="appointment")
    for table, name, _kind, _refers_to, _default in reversed(COLUMNS):
        op.drop_column(table, name)
    op.drop_table("replan_move")
    op.drop_table("offer")
    op.drop_table("calendar_invitation")
    op.drop_table("vacancy")
    op.drop_table("replan")
    op.drop_table("waiting_entry")
    op.drop_table("clock_tick")
    op.drop_table("visit_wishes")
    op.drop_table("referral")
    op.drop_table("overbook_lane")
    op.drop_table("site_hours")
    op.drop_table("leave")
    op.drop_table("import_sheet")
    op.drop_table("carer_hours")
    op.drop_table("print_run")
    op.drop_table("notice_template")
    op.drop_table("job")
    op.drop_table("call")
    op.drop_table("calendar_reply")


def _guard(overlaps: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, when in GUARD.items():
            op.execute(f"DROP TRIGGER {name}")
            op.execute(f"CREATE TRIGGER {name} {when} BEGIN {overlaps} END")
