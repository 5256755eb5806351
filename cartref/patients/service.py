"""Writing patients: one record a person, however many services see her."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.audit.service import record
from cartref.errors import Conflict, Invalid, StaleVersion
from cartref.formatting import local
from cartref.i18n import N_
from cartref.patients import details as rules
from cartref.patients import nhs_number, queries
from cartref.patients.details import PatientDetails
from cartref.patients.models import CareRelationship, Patient

ZONE = ZoneInfo("Europe/London")


class NhsNumberKnown(Conflict):
    """The health board has a patient of this number: her birth date is asked for, and no second record is made."""

    code = "patient.nhs-number-known"


class BirthDateDiffers(Invalid):
    """The record of this NHS number has another birth date."""

    code = "patient.birth-date-differs"
    field = "born_on"


class AlikeKnown(Conflict):
    """Somebody of this name and birth date is known; it takes a person to say that this is somebody else."""

    code = "patient.alike-known"


class DeathWrong(Invalid):
    """The date of death is before the birth, or still to come."""

    code = "patient.deceased-on"
    field = "deceased_on"


def register(session: Session, actor: Actor, details: PatientDetails, *, alike_seen: bool = False) -> Patient:
    """Return the new patient, looked after by the actor's service.

    Raises NhsNumberKnown, AlikeKnown (unless `alike_seen`) and the Invalid errors of `details.checked`.
    """
    actor.require(Permission.PATIENTS_WRITE)
    values = rules.checked(details, today=today())
    number = values["nhs_number"]
    if number is not None and queries.by_nhs_number(session, actor, str(number)):
        raise NhsNumberKnown(field="nhs_number")
    if not alike_seen and _alike(session, actor, details):
        raise AlikeKnown
    now = clock.now()
    patient = Patient(
        health_board_id=actor.health_board_id, created_at=now, updated_at=now, **(values | _frailty(actor, details))
    )  # fmt: skip
    session.add(patient)
    _flush_number(session)
    _look_after(session, actor, patient)
    record(session, actor, "patient.registered", "patient", patient.id, patient_id=patient.id)
    return patient


def add_care(session: Session, actor: Actor, *, number: str, born_on: date | None) -> Patient:
    """Return the known patient of that NHS number, now looked after by the actor's service too.

    Raises BirthDateDiffers unless the birth date is hers, so that nobody finds a person by number alone.
    """
    actor.require(Permission.PATIENTS_WRITE)
    patient = queries.by_nhs_number(session, actor, nhs_number.parse(number))
    if patient is None or patient.born_on != born_on:
        raise BirthDateDiffers
    if not queries.looked_after(session, actor.service, patient.id):
        _look_after(session, actor, patient)
        record(session, actor, "patient.care-added", "patient", patient.id, patient_id=patient.id)
    return patient


def change(session: Session, actor: Actor, patient_id: str, *, version: int, details: PatientDetails) -> Patient:
    """Return the patient with her details changed; raise StaleVersion when somebody changed them meanwhile."""
    actor.require(Permission.PATIENTS_WRITE)
    patient = queries.find(session, actor, patient_id)
    if patient.version != version:
        raise StaleVersion(patient=patient_id)
    values = rules.checked(details, today=today())
    if details.frailty_level != patient.frailty_level:
        values |= _frailty(actor, details)
    known = queries.by_nhs_number(session, actor, str(values["nhs_number"])) if values["nhs_number"] else None
    if known is not None and known.id != patient.id:
        raise NhsNumberKnown(field="nhs_number")
    changed = sorted(name for name, value in values.items() if getattr(patient, name) != value)
    for name in changed:
        setattr(patient, name, values[name])
    if changed:
        patient.updated_at = clock.now()
        _flush_number(session)
        record(session, actor, "patient.changed", "patient", patient.id, patient_id=patient.id, fields=changed)
    return patient


def record_death(session: Session, actor: Actor, patient_id: str, deceased_on: date) -> Patient:
    """Return the patient, recorded as dead: from this moment no notice goes out. Her future slots wait for a person."""
    actor.require(Permission.PATIENTS_WRITE)
    patient = queries.find(session, actor, patient_id)
    if not patient.born_on <= deceased_on <= today():
        raise DeathWrong
    patient.deceased_on = deceased_on
    patient.updated_at = clock.now()
    record(session, actor, "patient.death-recorded", "patient", patient.id, patient_id=patient.id)
    session.flush()
    return patient


def withdraw_death(session: Session, actor: Actor, patient_id: str) -> Patient:
    """Return the patient, no longer recorded as dead: the record was a mistake."""
    actor.require(Permission.PATIENTS_WRITE)
    patient = queries.find(session, actor, patient_id)
    patient.deceased_on = None
    patient.updated_at = clock.now()
    record(session, actor, "patient.death-withdrawn", "patient", patient.id, patient_id=patient.id)
    session.flush()
    return patient


def today() -> date:
    """Return the day it is in Wales."""
    return local(clock.now(), ZONE).date()


def details_of(patient: Patient) -> PatientDetails:
    """Return a patient's details as they stand, for a form to begin with."""
    names = PatientDetails.__dataclass_fields__
    return replace(
        PatientDetails(patient.given_name, patient.family_name, patient.born_on),
        **{name: getattr(patient, name) for name in names if name != "nhs_number"},
        nhs_number=patient.nhs_number or "",
    )


def _alike(session: Session, actor: Actor, details: PatientDetails) -> bool:
    return bool(
        queries.alike(
            session, actor, family_name=details.family_name, given_name=details.given_name, born_on=details.born_on
        )
    )


def _frailty(actor: Actor, details: PatientDetails) -> dict[str, object]:
    if details.frailty_level is None:
        return {"frailty_by_id": None, "frailty_on": None}
    return {"frailty_by_id": actor.id, "frailty_on": today()}


def _look_after(session: Session, actor: Actor, patient: Patient) -> None:
    session.add(CareRelationship(patient_id=patient.id, service_id=actor.service, created_at=clock.now()))
    session.flush()


def _flush_number(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as clash:
        raise NhsNumberKnown(field="nhs_number") from clash


ERROR_WORDS = {
    **rules.ERROR_WORDS,
    NhsNumberKnown.code: N_("This NHS number is known already. Give the date of birth to open that record."),
    BirthDateDiffers.code: N_("That is not the date of birth of the person with this NHS number"),
    AlikeKnown.code: N_("Somebody with this name and date of birth is known already"),
    DeathWrong.code: N_("The date of death can't be before the birth, or after today"),
    rules.BirthDateWrong.code: N_("Enter a date of birth in the past"),
    rules.PostcodeWrong.code: N_("Enter a full postcode, for example LL99 1AA"),
    rules.TextWrong.code: N_("Enter fewer characters, with no hidden ones"),
    rules.TraceWrong.code: N_("Choose a trace status that fits the NHS number"),
}
