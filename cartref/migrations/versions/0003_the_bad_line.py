"""The bad line: checks days ahead, the ladder, guests of a visit, what a presenter takes and is asked."""

import sqlalchemy as sa
from alembic import op

from cartref.db import UTCDateTime
from cartref.migrations.steps import add, allow

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Columns that existing tables gain: table, name, type, what it refers to, and what old rows hold.
COLUMNS = (
    ("encounter", "place_now", sa.String(length=400), None, ""),
    ("encounter", "ring_number", sa.String(length=32), None, ""),
    ("encounter", "safe_start_skipped_at", UTCDateTime(timezone=True), None, None),
)

# What a column may hold from now on: table, constraint, column, the values before, and those that are new.
CHOICES = (
    ("link", "holder", "holder", ("patient", "carer"), ("guest",)),
    ("seat", "seatrole", "role", ("clinician", "presenter", "patient", "carer"), ("interpreter", "observer")),
)

# What the release before has no words for, as it goes back: the links and seats of guests, who can't come in by it.
FORGET = (
    "DELETE FROM link_opening WHERE link_id IN (SELECT id FROM link WHERE holder = 'guest')",
    "DELETE FROM link WHERE holder = 'guest'",
    "DELETE FROM ladder_step WHERE seat_id IN (SELECT id FROM seat WHERE role IN ('interpreter', 'observer'))",
    "DELETE FROM seat WHERE role IN ('interpreter', 'observer')",
)


def upgrade() -> None:
    op.create_table(
        "guest",
        sa.Column("appointment_id", sa.String(length=24), nullable=False),
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "interpreter",
                "colleague",
                "student",
                name="guestkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("interprets", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("mobile", sa.String(length=24), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("asked_by_id", sa.String(length=24), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_guest_appointment_id_appointment")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff.id"], name=op.f("fk_guest_asked_by_id_staff")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_guest_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest")),
    )
    op.create_table(
        "ready_check",
        sa.Column("appointment_id", sa.String(length=24), nullable=False),
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("patient_id", sa.String(length=24), nullable=False),
        sa.Column("holder", sa.String(length=16), nullable=False),
        sa.Column("holder_id", sa.String(length=24), nullable=False),
        sa.Column("for_patient", sa.Boolean(), nullable=False),
        sa.Column("device", sa.String(length=32), nullable=False),
        sa.Column("browser", sa.String(length=40), nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "ready", "slow", "needs-help", name="readiness", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("asked_help_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("checked_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_ready_check_appointment_id_appointment")
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_ready_check_patient_id_patient")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_ready_check_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ready_check")),
    )
    op.create_table(
        "ready_help",
        sa.Column("appointment_id", sa.String(length=24), nullable=False),
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("result", sa.String(length=24), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("staff_id", sa.String(length=24), nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_ready_help_appointment_id_appointment")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_ready_help_service_id_service")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_ready_help_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ready_help")),
    )
    op.create_table(
        "ask",
        sa.Column("encounter_id", sa.String(length=24), nullable=False),
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("asked_by_id", sa.String(length=24), nullable=False),
        sa.Column("asked_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("done_by_id", sa.String(length=24), nullable=True),
        sa.Column("done_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=300), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff.id"], name=op.f("fk_ask_asked_by_id_staff")),
        sa.ForeignKeyConstraint(["done_by_id"], ["staff.id"], name=op.f("fk_ask_done_by_id_staff")),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounter.id"], name=op.f("fk_ask_encounter_id_encounter")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_ask_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask")),
        sa.UniqueConstraint("encounter_id", "key", name=op.f("uq_ask_encounter_id_key")),
    )
    op.create_table(
        "medicine",
        sa.Column("encounter_id", sa.String(length=24), nullable=False),
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("dose", sa.String(length=120), nullable=False),
        sa.Column("taking", sa.String(length=16), nullable=False),
        sa.Column("remark", sa.String(length=200), nullable=False),
        sa.Column("noted_by_id", sa.String(length=24), nullable=False),
        sa.Column("noted_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("removed_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounter.id"], name=op.f("fk_medicine_encounter_id_encounter")),
        sa.ForeignKeyConstraint(["noted_by_id"], ["staff.id"], name=op.f("fk_medicine_noted_by_id_staff")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_medicine_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_medicine")),
        sa.UniqueConstraint("encounter_id", "key", name=op.f("uq_medicine_encounter_id_key")),
    )
    op.create_table(
        "observation",
        sa.Column("encounter_id", sa.String(length=24), nullable=False),
        sa.Column("service_id", sa.String(length=24), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("value", sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column("second", sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("posture", sa.String(length=16), nullable=False),
        sa.Column("minutes_standing", sa.Integer(), nullable=True),
        sa.Column("unusual_because", sa.String(length=200), nullable=False),
        sa.Column("taken_by_id", sa.String(length=24), nullable=False),
        sa.Column("taken_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("signed_by_id", sa.String(length=24), nullable=True),
        sa.Column("signed_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("replaced_by_id", sa.String(length=24), nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("replaced_because", sa.String(length=200), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounter.id"], name=op.f("fk_observation_encounter_id_encounter")),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"], ["observation.id"], name=op.f("fk_observation_replaced_by_id_observation")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_observation_service_id_service")),
        sa.ForeignKeyConstraint(["signed_by_id"], ["staff.id"], name=op.f("fk_observation_signed_by_id_staff")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["staff.id"], name=op.f("fk_observation_taken_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation")),
        sa.UniqueConstraint("encounter_id", "key", name=op.f("uq_observation_encounter_id_key")),
    )
    op.create_table(
        "ladder_step",
        sa.Column("encounter_id", sa.String(length=24), nullable=False),
        sa.Column(
            "rung",
            sa.Enum(
                "video",
                "voice",
                "phone",
                "another-day",
                name="rung",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("seat_id", sa.String(length=24), nullable=True),
        sa.Column("staff_id", sa.String(length=24), nullable=True),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounter.id"], name=op.f("fk_ladder_step_encounter_id_encounter")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_ladder_step_seat_id_seat")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_ladder_step_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_step")),
    )
    for table, name, kind, refers_to, default in COLUMNS:
        add(table, name, kind, refers_to, default)
    op.create_index(op.f("ix_guest_appointment_id"), "guest", ["appointment_id"], unique=False)
    op.create_index(
        op.f("ix_ready_check_appointment_id_checked_at"), "ready_check", ["appointment_id", "checked_at"], unique=False
    )
    op.create_index(
        op.f("ix_ready_check_patient_id_checked_at"), "ready_check", ["patient_id", "checked_at"], unique=False
    )
    op.create_index(op.f("ix_ready_help_appointment_id_at"), "ready_help", ["appointment_id", "at"], unique=False)
    op.create_index(op.f("ix_ask_encounter_id"), "ask", ["encounter_id"], unique=False)
    op.create_index(op.f("ix_medicine_encounter_id"), "medicine", ["encounter_id"], unique=False)
    op.create_index(
        op.f("ix_observation_encounter_id_taken_at"), "observation", ["encounter_id", "taken_at"], unique=False
    )
    op.create_index(op.f("ix_ladder_step_encounter_id_at"), "ladder_step", ["encounter_id", "at"], unique=False)
    for table, constraint, column, before, new in CHOICES:
        allow(table, constraint, column, before, (*before, *new))


def downgrade() -> None:
    for statement in FORGET:
        op.execute(statement)
    for table, constraint, column, before, new in CHOICES:
        allow(table, constraint, column, (*before, *new), before)
    for table, name, _kind, _refers_to, _default in reversed(COLUMNS):
        op.drop_column(table, name)
    op.drop_table("ladder_step")
    op.drop_table("observation")
    op.drop_table("medicine")
    op.drop_table("ask")
    op.drop_table("ready_help")
    op.drop_table("ready_check")
    op.drop_table("guest")
