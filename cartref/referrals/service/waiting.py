"""The waiting list: what is to be booked, added by a person or by an outcome, changed, taken off and put on again."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts import queries as accounts
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.audit.service import record
from cartref.clinics import queries as clinics
from cartref.errors import Conflict, IllegalTransition, Invalid, NotFound, StaleVersion
from cartref.patients import queries as patients
from cartref.patients.details import clean
from cartref.patients.models import Patient
from cartref.patients.service import today
from cartref.referrals import queries
from cartref.referrals.models import EntryKind, EntryStatus, Priority, Referral, WaitingEntry
from cartref.referrals.reasons import REMOVE_REASONS, RemoveReason

LONGEST_NOTE = 400
MOST_MINUTES = 240
MOST_YEARS = 5  # a review further off is a mistyped year
STANDING = (EntryStatus.WAITING, EntryStatus.OFFERED)


class DueWrong(Invalid):
    """The day on which it is due is long past or years away."""

    code = "waiting-list.due-on"
    field = "due_on"


class LengthWrong(Invalid):
    """Nobody is seen for that many minutes."""

    code = "waiting-list.minutes"
    field = "minutes"


class RemoveReasonMissing(Invalid):
    """Taking something off the list asks for one of the reasons in `REMOVE_REASONS`."""

    code = "waiting-list.reason-missing"
    field = "reason"


class NobodyToSee(Conflict):
    """The patient is recorded as dead, or the referral is closed."""

    code = "waiting-list.nobody-to-see"


@dataclass(frozen=True)
class EntryDetails:
    """What is to be booked: `due_on` is when it should be (a review has one), `minutes` None for what frailty asks."""

    due_on: date | None = None
    priority: Priority = Priority.ROUTINE
    clinic_id: str | None = None
    clinician_id: str | None = None
    minutes: int | None = None
    note: str = ""


def add_review(
    session: Session, actor: Actor, patient_id: str, details: EntryDetails, *, referral_id: str | None = None
) -> WaitingEntry:
    """Return a review that a person adds to the list; `details.due_on` is needed.

    Raises DueWrong, LengthWrong, TextWrong, NobodyToSee, and NotFound for whatever is not the service's or hers.
    """
    actor.require(Permission.REFERRALS_WRITE)
    patient = patients.find(session, actor, patient_id)
    if details.due_on is None:
        raise DueWrong
    referral = queries.find(session, actor, referral_id) if referral_id else None
    if referral is not None and referral.patient_id != patient.id:
        raise NotFound(referral=referral_id)
    _check_somebody_to_see(patient, referral)
    entry = _review(session, actor, patient.id, _checked(session, actor, details), referral_id or None)
    _audit(session, actor, "waiting-entry.added", entry, kind=entry.kind.value)
    return entry


def set_review(
    session: Session,
    actor: Actor,
    patient_id: str,
    details: EntryDetails | None,
    *,
    from_appointment_id: str,
    referral_id: str | None = None,
) -> WaitingEntry | None:
    """Return the one review that follows from an appointment, due as its outcome says; None where none is to follow.

    A corrected outcome moves it or takes it off; one that is booked meanwhile stays for a person to decide about.
    Whoever calls says that the actor may: she has consulted.
    """
    entry = _following(session, actor, from_appointment_id)
    if patients.find(session, actor, patient_id).deceased_on is not None or details is None:
        if entry is not None and entry.status is EntryStatus.WAITING:
            _remove(session, actor, entry, RemoveReason.OUTCOME_CORRECTED)
        return None
    values = asdict(details)
    if entry is None:
        entry = _review(session, actor, patient_id, values, referral_id, from_appointment_id)
        _audit(session, actor, "waiting-entry.added", entry, kind=entry.kind.value, after=from_appointment_id)
        return entry
    changed = _alter(entry, {"due_on": values["due_on"]})
    if entry.status is EntryStatus.REMOVED:
        _restore(session, actor, entry)
    elif changed:
        _audit(session, actor, "waiting-entry.changed", entry, fields=changed)
    return entry


def change_entry(session: Session, actor: Actor, entry_id: str, *, version: int, details: EntryDetails) -> WaitingEntry:
    """Return the line with its details changed; raise StaleVersion, and as `add_review`.

    Raises IllegalTransition unless it still waits.
    """
    actor.require(Permission.REFERRALS_WRITE)
    entry = queries.find_entry_for_change(session, actor, entry_id)
    if entry.version != version:
        raise StaleVersion(waiting_entry=entry_id)
    if entry.status not in STANDING:
        raise IllegalTransition(waiting_entry=entry_id, status=entry.status.value)
    if entry.kind is EntryKind.REVIEW and details.due_on is None:
        raise DueWrong
    if changed := _alter(entry, _checked(session, actor, details, before=entry.due_on)):
        _audit(session, actor, "waiting-entry.changed", entry, fields=changed)
    return entry


def remove(session: Session, actor: Actor, entry_id: str, *, reason: str) -> WaitingEntry:
    """Return the line, taken off the list for one of `REMOVE_REASONS`; the same again changes nothing.

    Raises RemoveReasonMissing, and IllegalTransition once it is booked or offered: that is cancelled first.
    """
    actor.require(Permission.REFERRALS_WRITE)
    if reason not in REMOVE_REASONS:
        raise RemoveReasonMissing
    entry = queries.find_entry_for_change(session, actor, entry_id)
    if entry.status is EntryStatus.REMOVED:
        return entry
    if entry.status is not EntryStatus.WAITING:
        raise IllegalTransition(waiting_entry=entry_id, status=entry.status.value)
    return _remove(session, actor, entry, RemoveReason(reason))


def restore(session: Session, actor: Actor, entry_id: str) -> WaitingEntry:
    """Return the line, on the list again as it was; raise NobodyToSee, or IllegalTransition unless it was taken off."""
    actor.require(Permission.REFERRALS_WRITE)
    entry = queries.find_entry_for_change(session, actor, entry_id)
    if entry.status is EntryStatus.WAITING:
        return entry
    if entry.status is not EntryStatus.REMOVED:
        raise IllegalTransition(waiting_entry=entry_id, status=entry.status.value)
    _check_somebody_to_see(entry.patient, entry.referral)
    return _restore(session, actor, entry)


def remove_lines(session: Session, actor: Actor, referral_id: str, reason: RemoveReason) -> None:
    """Take whatever waits for a referral off the list."""
    _remove_each(session, actor, queries.entries_of_referral(session, referral_id, EntryStatus.WAITING), reason)


def restore_lines(session: Session, actor: Actor, referral_id: str, reason: RemoveReason) -> None:
    """Put on the list again what was taken off it for that reason."""
    _restore_each(session, actor, queries.entries_of_referral(session, referral_id, EntryStatus.REMOVED), reason)


def remove_all(session: Session, actor: Actor, patient_id: str, reason: RemoveReason) -> None:
    """Take everything that waits for a patient of the service off the list."""
    _remove_each(session, actor, _of_patient(session, actor, patient_id, EntryStatus.WAITING), reason)


def restore_all(session: Session, actor: Actor, patient_id: str, reason: RemoveReason) -> None:
    """Put on the list again what was taken off it for that reason."""
    _restore_each(session, actor, _of_patient(session, actor, patient_id, EntryStatus.REMOVED), reason)


def details_of(entry: WaitingEntry) -> EntryDetails:
    """Return what a line says, for a form to begin with."""
    return EntryDetails(**{name: getattr(entry, name) for name in EntryDetails.__dataclass_fields__})


def _check_somebody_to_see(patient: Patient, referral: Referral | None) -> None:
    if patient.deceased_on is not None or (referral is not None and not referral.open):
        raise NobodyToSee(patient=patient.id)


def _checked(session: Session, actor: Actor, details: EntryDetails, *, before: date | None = None) -> dict[str, object]:
    """Return the columns for `details`; a due date may stay what it was `before`, however long past that is."""
    values = asdict(details) | {"note": clean(details.note, "note", LONGEST_NOTE)}
    year = today().year
    if details.due_on not in (None, before) and not year - 1 <= details.due_on.year <= year + MOST_YEARS:
        raise DueWrong
    if details.minutes is not None and not 1 <= details.minutes <= MOST_MINUTES:
        raise LengthWrong
    if details.clinic_id is not None:
        clinics.find(session, actor, details.clinic_id)
    if details.clinician_id is not None:
        accounts.member(session, actor, details.clinician_id)
    return values


def _review(
    session: Session,
    actor: Actor,
    patient_id: str,
    values: dict[str, object],
    referral_id: str | None,
    from_appointment_id: str | None = None,
) -> WaitingEntry:
    now = clock.now()
    entry = WaitingEntry(
        service_id=actor.service, patient_id=patient_id, referral_id=referral_id, kind=EntryKind.REVIEW,
        waiting_since=today(), from_appointment_id=from_appointment_id, created_at=now, updated_at=now, **values,
    )  # fmt: skip
    session.add(entry)
    session.flush()
    return entry


def _following(session: Session, actor: Actor, appointment_id: str) -> WaitingEntry | None:
    query = select(WaitingEntry).where(
        WaitingEntry.service_id == actor.service, WaitingEntry.from_appointment_id == appointment_id
    )
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def _of_patient(session: Session, actor: Actor, patient_id: str, status: EntryStatus) -> Iterable[WaitingEntry]:
    query = select(WaitingEntry).where(WaitingEntry.service_id == actor.service, WaitingEntry.status == status)
    return session.scalars(query.where(WaitingEntry.patient_id == patient_id)).all()


def _alter(entry: WaitingEntry, values: dict[str, object]) -> list[str]:
    changed = sorted(name for name, value in values.items() if getattr(entry, name) != value)
    for name in changed:
        setattr(entry, name, values[name])
    if changed:
        entry.updated_at = clock.now()
    return changed


def _remove_each(session: Session, actor: Actor, entries: Iterable[WaitingEntry], reason: RemoveReason) -> None:
    for entry in entries:
        _remove(session, actor, entry, reason)


def _restore_each(session: Session, actor: Actor, entries: Iterable[WaitingEntry], reason: RemoveReason) -> None:
    for entry in entries:
        if entry.removed_reason == reason:
            _restore(session, actor, entry)


def _remove(session: Session, actor: Actor, entry: WaitingEntry, reason: RemoveReason) -> WaitingEntry:
    entry.status, entry.removed_reason, entry.updated_at = EntryStatus.REMOVED, reason.value, clock.now()
    _audit(session, actor, "waiting-entry.removed", entry, reason=reason.value)
    return entry


def _restore(session: Session, actor: Actor, entry: WaitingEntry) -> WaitingEntry:
    entry.status, entry.removed_reason, entry.updated_at = EntryStatus.WAITING, None, clock.now()
    _audit(session, actor, "waiting-entry.restored", entry)
    return entry


def _audit(session: Session, actor: Actor, action: str, entry: WaitingEntry, **details: object) -> None:
    record(
        session, actor, action, "waiting-entry", entry.id, patient_id=entry.patient_id, service_id=entry.service_id,
        **details,
    )  # fmt: skip
    session.flush()
