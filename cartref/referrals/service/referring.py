"""Referrals: recorded, changed, closed and opened again; each brings its clock and its line of the waiting list."""

from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.audit.models import ActorKind
from cartref.audit.service import record
from cartref.clinics import queries as clinics
from cartref.errors import Conflict, IllegalTransition, Invalid, StaleVersion
from cartref.patients import queries as patients
from cartref.patients.details import clean
from cartref.patients.models import Patient
from cartref.patients.service import today
from cartref.referrals import queries
from cartref.referrals.models import (
    ClockTick,
    EntryKind,
    EntryStatus,
    Priority,
    Referral,
    ReferralStatus,
    Source,
    TickKind,
    WaitingEntry,
)
from cartref.referrals.reasons import CLOSE_REASONS, CloseReason, RemoveReason
from cartref.referrals.service import ticks, waiting

LENGTHS = {"referrer": 160, "reason": 4000}


class ReferralKnown(Conflict):
    """The service has a referral with the sender's number already."""

    code = "referral.known"


class ReceivedWrong(Invalid):
    """The referral was received before the patient was born, or is still to come."""

    code = "referral.received-on"
    field = "received_on"


class PatientDeceased(Conflict):
    """The patient is recorded as dead: nothing is to be booked any more."""

    code = "referral.patient-deceased"


class CloseReasonMissing(Invalid):
    """Closing asks for one of the reasons in `CLOSE_REASONS`."""

    code = "referral.close-reason-missing"
    field = "reason"


@dataclass(frozen=True)
class ReferralDetails:
    """What a referral says; `referrer` names who wrote it, `reason` is her text."""

    source: Source
    received_on: date
    priority: Priority = Priority.ROUTINE
    referrer: str = ""
    reason: str = ""
    clinic_id: str | None = None


def refer(
    session: Session, actor: Actor, patient_id: str, details: ReferralDetails, *, external_id: str | None = None
) -> Referral:
    """Return the new referral: its clock runs from the day it was received, and the patient waits for a first visit.

    `external_id` is the sender's own number. Raises ReferralKnown, PatientDeceased, ReceivedWrong, TextWrong, and
    NotFound for a patient or clinic that is not the service's.
    """
    actor.require(Permission.REFERRALS_WRITE)
    patient = patients.find(session, actor, patient_id)
    if patient.deceased_on is not None:
        raise PatientDeceased(patient=patient_id)
    now = clock.now()
    referral = Referral(
        service_id=actor.service, patient_id=patient.id, external_id=external_id or None, created_at=now,
        updated_at=now, recorded_by_id=actor.id if actor.kind is ActorKind.STAFF else None,
        **_checked(session, actor, patient, details),
    )  # fmt: skip
    _add(session, referral)
    ticks.add(session, actor, referral, TickKind.START, referral.received_on)
    session.add(_first_line(referral))
    _audit(session, actor, "referral.recorded", referral, priority=referral.priority.value)
    return referral


def change(session: Session, actor: Actor, referral_id: str, *, version: int, details: ReferralDetails) -> Referral:
    """Return the referral with its details changed, the lines that wait for it too; raise StaleVersion, and as `refer`.

    Another day of receipt is another start of the clock.
    """
    actor.require(Permission.REFERRALS_WRITE)
    referral = queries.find_for_change(session, actor, referral_id)
    if referral.version != version:
        raise StaleVersion(referral=referral_id)
    values = _checked(session, actor, referral.patient, details)
    changed = sorted(name for name, value in values.items() if getattr(referral, name) != value)
    if not changed:
        return referral
    for name in changed:
        setattr(referral, name, values[name])
    _start_on_receipt(session, referral)
    _pass_on(session, referral, changed)
    _audit(session, actor, "referral.changed", referral, fields=changed)
    return referral


def close(session: Session, actor: Actor, referral_id: str, *, version: int, reason: str) -> Referral:
    """Return the referral, closed for one of `CloseReason`: its clock has stopped, and nothing is to be booked for it.

    The same again changes nothing. Raises CloseReasonMissing, StaleVersion, and IllegalTransition when it was closed
    for another reason.
    """
    actor.require(Permission.REFERRALS_WRITE)
    if reason not in CLOSE_REASONS:
        raise CloseReasonMissing
    referral = queries.find_for_change(session, actor, referral_id)
    if referral.closed_reason == reason:
        return referral
    if referral.version != version:
        raise StaleVersion(referral=referral_id)
    if not referral.open:
        raise IllegalTransition(referral=referral_id, status=referral.status.value)
    return _close(session, actor, referral, CloseReason(reason))


def reopen(session: Session, actor: Actor, referral_id: str, *, version: int) -> Referral:
    """Return the referral, open again as if it had never been closed; raise StaleVersion or PatientDeceased."""
    actor.require(Permission.REFERRALS_WRITE)
    referral = queries.find_for_change(session, actor, referral_id)
    if referral.open:
        return referral
    if referral.version != version:
        raise StaleVersion(referral=referral_id)
    if referral.patient.deceased_on is not None:
        raise PatientDeceased(patient=referral.patient_id)
    return _reopen(session, actor, referral)


def end_after_death(session: Session, actor: Actor, patient_id: str) -> None:
    """Close the patient's referrals to the service and take her off its waiting list: she has died."""
    actor.require(Permission.REFERRALS_WRITE)
    for referral in queries.of_patient(session, actor, patient_id):
        if referral.open:
            held = queries.find_for_change(session, actor, referral.id)
            _close(session, actor, held, CloseReason.DECEASED)
    waiting.remove_all(session, actor, patient_id, RemoveReason.DECEASED)


def resume_after_mistake(session: Session, actor: Actor, patient_id: str) -> None:
    """Undo `end_after_death`: the patient lives."""
    actor.require(Permission.REFERRALS_WRITE)
    for referral in queries.of_patient(session, actor, patient_id):
        if referral.closed_reason == CloseReason.DECEASED:
            _reopen(session, actor, queries.find_for_change(session, actor, referral.id))
    waiting.restore_all(session, actor, patient_id, RemoveReason.DECEASED)


def details_of(referral: Referral) -> ReferralDetails:
    """Return what a referral says, for a form to begin with."""
    return ReferralDetails(**{name: getattr(referral, name) for name in ReferralDetails.__dataclass_fields__})


def _checked(session: Session, actor: Actor, patient: Patient, details: ReferralDetails) -> dict[str, object]:
    values = asdict(details)
    for name, longest in LENGTHS.items():
        values[name] = clean(values[name], name, longest)
    if not patient.born_on <= details.received_on <= today():
        raise ReceivedWrong
    if details.clinic_id is not None:
        clinics.find(session, actor, details.clinic_id)
    return values


def _add(session: Session, referral: Referral) -> None:
    try:
        with session.begin_nested():
            session.add(referral)
    except IntegrityError as clash:
        raise ReferralKnown(field="external_id") from clash


def _first_line(referral: Referral) -> WaitingEntry:
    return WaitingEntry(
        service_id=referral.service_id, patient_id=referral.patient_id, referral_id=referral.id,
        clinic_id=referral.clinic_id, kind=EntryKind.NEW, priority=referral.priority,
        waiting_since=referral.received_on, created_at=referral.created_at, updated_at=referral.created_at,
    )  # fmt: skip


def _start_on_receipt(session: Session, referral: Referral) -> None:
    first = min(referral.ticks, key=lambda tick: tick.number)
    first.on = referral.received_on
    ticks.renew(session, referral)


def _pass_on(session: Session, referral: Referral, changed: list[str]) -> None:
    """Let the lines that still wait say what the referral says by now."""
    for entry in queries.entries_of_referral(session, referral.id, EntryStatus.WAITING, EntryStatus.OFFERED):
        if "priority" in changed:
            entry.priority = referral.priority
        if "clinic_id" in changed:
            entry.clinic_id = referral.clinic_id
        if "received_on" in changed and entry.kind is EntryKind.NEW:
            entry.waiting_since = referral.received_on
        entry.updated_at = clock.now()


def _close(session: Session, actor: Actor, referral: Referral, reason: CloseReason) -> Referral:
    now = clock.now()
    referral.status, referral.closed_reason, referral.closed_at = CLOSE_REASONS[reason].status, reason.value, now
    if referral.clock_started_on is not None:
        ticks.add(session, actor, referral, TickKind.STOP, today(), at=now)
    waiting.remove_lines(session, actor, referral.id, RemoveReason.REFERRAL_CLOSED)
    _audit(session, actor, "referral.closed", referral, reason=reason.value)
    return referral


def _reopen(session: Session, actor: Actor, referral: Referral) -> Referral:
    closing = _closing(referral)
    referral.status, referral.closed_reason, referral.closed_at = ReferralStatus.ACTIVE, None, None
    if closing is not None:
        ticks.take_away(session, referral, closing)
    waiting.restore_lines(session, actor, referral.id, RemoveReason.REFERRAL_CLOSED)
    referral.updated_at = clock.now()
    _audit(session, actor, "referral.reopened", referral)
    return referral


def _closing(referral: Referral) -> ClockTick | None:
    """Return the stop that closing wrote down, which bears the moment of closing; None where the clock had ended."""
    stops = [tick for tick in referral.ticks if tick.kind is TickKind.STOP and tick.code is None]
    return next((tick for tick in stops if tick.created_at == referral.closed_at), None)


def _audit(session: Session, actor: Actor, action: str, referral: Referral, **details: object) -> None:
    record(
        session, actor, action, "referral", referral.id, patient_id=referral.patient_id,
        service_id=referral.service_id, **details,
    )  # fmt: skip
    session.flush()
