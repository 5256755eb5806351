"""Keeping checks, asking for help after one, and what staff settle with whoever was not ready."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.appointments import queries as appointments
from cartref.appointments import service as bookings
from cartref.appointments.models import Appointment, Mode
from cartref.audit.service import record
from cartref.consultations.models import ReadyCheck, ReadyHelp
from cartref.consultations.readiness import claims, parts
from cartref.consultations.readiness.claims import Claims
from cartref.consultations.readiness.rules import Settled
from cartref.errors import Conflict, Invalid, Throttled
from cartref.links.addresses import Addresses

MOST_CHECKS = 60  # of one visit in a day: a page gone wrong, or somebody who plays with it
A_DAY = timedelta(days=1)
MOST_NOTE = 400
DEVICE_NAME = re.compile(r"[0-9a-f]{24,32}")


class CheckNotAsked(Conflict):
    """The visit is over, cancelled or not by video from home, so that nothing needs a check."""

    code = "ready-check.not-asked"


class SettledUnknown(Invalid):
    """How the call went is none of the answers that there are."""

    code = "ready-check.settled-unknown"
    field = "result"


class NoteTooLong(Invalid):
    """The note has more than 400 characters."""

    code = "ready-check.note-too-long"
    field = "note"


@dataclass(frozen=True)
class Checked:
    """Who checked which device: the holder of a link by kind and id, and whether the patient will use the device."""

    holder: str
    holder_id: str
    device: str
    browser: str = ""
    for_patient: bool = True


def keep_check(
    session: Session, actor: Actor, appointment: Appointment, who: Checked, told: Claims, *, help_asked: bool = False
) -> ReadyCheck:
    """Return the check as it is kept; raise CheckNotAsked for a visit that needs none, Throttled for too many."""
    _ensure_asked(appointment)
    _ensure_few(session, appointment)
    now, kept = clock.now(), claims.kept(told)
    check = ReadyCheck(
        appointment_id=appointment.id, service_id=appointment.service_id, patient_id=appointment.patient_id,
        holder=who.holder, holder_id=who.holder_id, for_patient=who.for_patient, device=who.device,
        browser=who.browser[:40], result=parts.verdict(kept["reasons"]), parts=kept, checked_at=now,
        asked_help_at=now if help_asked else None,
    )  # fmt: skip
    session.add(check)
    session.flush()
    _audit(session, actor, "ready-check.done", appointment, check=check.id, result=check.result.value)
    if help_asked:
        _audit(session, actor, "ready-check.help-asked", appointment, check=check.id)
    return check


def ask_help(session: Session, actor: Actor, appointment: Appointment, who: Checked) -> ReadyCheck:
    """Return her last check on this device with it kept that she asks for help; one of nothing where there is none."""
    _ensure_asked(appointment)
    check = _last_of(session, appointment, who)
    if check is None:
        return keep_check(session, actor, appointment, who, claims.NOTHING, help_asked=True)
    if check.asked_help_at is None:
        check.asked_help_at = clock.now()
        session.flush()
        _audit(session, actor, "ready-check.help-asked", appointment, check=check.id)
    return check


def settle(
    session: Session, actor: Actor, addresses: Addresses, appointment_id: str, result: str, note: str = ""
) -> ReadyHelp:
    """Return what a call came to as it is kept; "telephone" turns the visit into one by telephone, "video" back again.

    Raises SettledUnknown, NoteTooLong, and what turning a visit raises.
    """
    actor.require(Permission.CALLS_WRITE)
    settled, note = _settled(result), note.strip()
    if len(note) > MOST_NOTE:
        raise NoteTooLong()
    appointment = appointments.find_for_change(session, actor, appointment_id)
    if settled is Settled.TELEPHONE:
        bookings.turn_to(session, actor, addresses, appointment_id, Mode.TELEPHONE)
    elif settled is Settled.VIDEO:
        bookings.turn_to(session, actor, addresses, appointment_id, Mode.VIDEO_HOME)
    assert actor.id is not None, "the system rings nobody"
    kept = ReadyHelp(
        appointment_id=appointment.id, service_id=appointment.service_id, result=settled.value, note=note,
        staff_id=actor.id, at=_answered_at(session, appointment),
    )  # fmt: skip
    session.add(kept)
    session.flush()
    _audit(session, actor, "ready-check.settled", appointment, result=settled.value)
    return kept


def _answered_at(session: Session, appointment: Appointment) -> datetime:
    """Return now, or a moment after the last answer: the last of two given at once must be the last."""
    last = session.scalar(select(func.max(ReadyHelp.at)).where(ReadyHelp.appointment_id == appointment.id))
    return max(clock.now(), last + timedelta(microseconds=1)) if last else clock.now()


def _settled(result: str) -> Settled:
    try:
        return Settled(result)
    except ValueError as fault:
        raise SettledUnknown() from fault


def _ensure_asked(appointment: Appointment) -> None:
    if not (appointment.live and appointment.by_video):
        raise CheckNotAsked(appointment=appointment.id)


def _ensure_few(session: Session, appointment: Appointment) -> None:
    query = select(func.count()).where(
        ReadyCheck.appointment_id == appointment.id, ReadyCheck.checked_at > clock.now() - A_DAY
    )
    if (session.scalar(query) or 0) >= MOST_CHECKS:
        raise Throttled(int(A_DAY.total_seconds()), appointment=appointment.id)


def _last_of(session: Session, appointment: Appointment, who: Checked) -> ReadyCheck | None:
    query = select(ReadyCheck).where(
        ReadyCheck.appointment_id == appointment.id,
        ReadyCheck.holder_id == who.holder_id,
        ReadyCheck.device == who.device,
    )
    return session.scalars(query.order_by(ReadyCheck.checked_at.desc(), ReadyCheck.id.desc())).first()


def _audit(session: Session, actor: Actor, action: str, appointment: Appointment, **details: object) -> None:
    record(
        session, actor, action, "appointment", appointment.id, patient_id=appointment.patient_id,
        service_id=appointment.service_id, **details,
    )  # fmt: skip
