"""Ready checks of the demonstration: one that failed, one on a slow line, one that went well, and one not done."""

from datetime import timedelta

from sqlalchemy import select

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.appointments.models import Appointment, Mode
from cartref.audit.models import ActorKind
from cartref.consultations.readiness import service
from cartref.consultations.readiness.claims import Claims, Line
from cartref.consultations.readiness.service import Checked
from cartref.db import new_id
from cartref.seed.garden import Garden

TOMORROW = timedelta(days=1)
BLOCKED = Claims(camera="denied", microphone="works", speaker="yes", line=Line(udp=True, rtt=64, up=900_000.0))
SLOW = Claims(
    camera="works", microphone="works", speaker="yes", line=Line(tcp=True, rtt=310, up=210_000.0),
    reasons=["slow-up"], notes=["no-udp"],
)  # fmt: skip
WELL = Claims(camera="works", microphone="works", speaker="yes", line=Line(udp=True, rtt=48, up=1_800_000.0))
CHECKS = ((BLOCKED, True), None, (SLOW, False), (WELL, False))


def check_devices(garden: Garden) -> None:
    """Let some of those who are seen by video from home on the days ahead have checked their devices."""
    query = select(Appointment).where(
        Appointment.service_id == garden.service.id,
        Appointment.mode == Mode.VIDEO_HOME,
        Appointment.starts_at > clock.now() + TOMORROW,
    )
    ahead = [visit for visit in garden.session.scalars(query.order_by(Appointment.starts_at)) if visit.live]
    for visit, check in zip(ahead, CHECKS, strict=False):
        if check is not None:
            told, asks = check
            who = Checked("patient", visit.patient_id, new_id(), "android chrome")
            actor = Actor(ActorKind.PATIENT, visit.patient_id, visit.service_id)
            service.keep_check(garden.session, actor, visit, who, told, help_asked=asks)
