"""Who wants which appointments as invitations, and who may still be told of one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.models import Staff
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.calendars.models import Invitation
from cartref.clinics.models import Clinic, ClinicSession
from cartref.patients import queries as patients
from cartref.patients.models import CareCircle, Carer, Patient, VisitWishes

BOOKED = (AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED)
OFF = (AppointmentStatus.CANCELLED,)  # one that has been, or was missed, stays in everybody's calendar
LONGEST = timedelta(hours=4)  # an appointment, so that what has not ended is found by when it began


class Kind(StrEnum):
    """Who an invited person is, as `Invitation.person_kind` has it."""

    STAFF = "staff"
    PATIENT = "patient"
    CARER = "carer"


@dataclass(frozen=True)
class Wish:
    """That somebody wants an appointment in her calendar, at an address."""

    appointment_id: str
    kind: Kind
    person_id: str
    email: str


def unmet(session: Session, service_id: str, limit: int) -> list[Wish]:
    """Return whose calendar lacks one of the service's coming appointments, or shows it as it was before."""
    wanted = _wanted(service_id)
    query = (
        select(wanted.c.appointment_id, wanted.c.kind, wanted.c.person_id, wanted.c.email)
        .outerjoin(Invitation, _hers(wanted))
        .where(
            or_(
                Invitation.id.is_(None),
                Invitation.cancelled_at.is_not(None),
                Invitation.revision < wanted.c.sequence,
                Invitation.email != wanted.c.email,
            )
        )
        .order_by(wanted.c.starts_at, wanted.c.appointment_id, wanted.c.person_id)
        .limit(limit)
    )
    return [Wish(row[0], Kind(row[1]), row[2], row[3]) for row in session.execute(query)]


def unwanted(session: Session, service_id: str, limit: int) -> list[Invitation]:
    """Return what stands in somebody's calendar and should not: cancelled, handed to a colleague, or wished away."""
    wanted = _wanted(service_id)
    query = (
        select(Invitation)
        .join(Appointment, Appointment.id == Invitation.appointment_id)
        .outerjoin(wanted, _hers(wanted))
        .where(
            Appointment.service_id == service_id, *_to_come(), Appointment.status.in_([*BOOKED, *OFF]),
            Invitation.cancelled_at.is_(None), wanted.c.person_id.is_(None),
        )
        .order_by(Appointment.starts_at, Invitation.id)
        .limit(limit)
    )  # fmt: skip
    return list(session.scalars(query))


def language_to_tell(session: Session, appointment: Appointment, kind: str, person_id: str) -> str | None:
    """Return the language in which the person may be told of the appointment by e-mail; None when she may not be.

    Asked again when a message goes: since it was written she may have died, or taken back her consent.
    """
    if kind == Kind.STAFF:
        staff = session.get_one(Staff, person_id)
        return staff.language if staff.left_at is None else None
    patient = appointment.patient
    if not patient.may_be_told:
        return None
    if kind == Kind.PATIENT:
        return patient.language if patient.email_consent else None
    place = patients.place_beside(session, patient.id, person_id)
    return place.carer.language if place is not None and place.ended_at is None and place.may_be_told else None


def _wanted(service_id: str) -> Subquery:
    """The rows appointment_id, sequence, starts_at, kind, person_id, email of everybody who wants a coming one."""
    return union_all(_by_staff(service_id), _by_patients(service_id), _by_carers(service_id)).subquery("wanted")


def _hers(wanted: Subquery) -> ColumnElement[bool]:
    return and_(
        Invitation.appointment_id == wanted.c.appointment_id, Invitation.person_id == wanted.c.person_id
    )  # fmt: skip


def _by_staff(service_id: str) -> Select[str, int, datetime, str, str, str]:
    takes_part = or_(Appointment.clinician_id == Staff.id, Appointment.presenter_id == Staff.id)
    return (
        _columns(Kind.STAFF, Staff)
        .join(Staff, takes_part)
        .where(*_booked(service_id, Staff), Staff.wants_invitations, Staff.left_at.is_(None))
    )


def _by_patients(service_id: str) -> Select[str, int, datetime, str, str, str]:
    return (
        _columns(Kind.PATIENT, Patient)
        .join(Patient, Patient.id == Appointment.patient_id)
        .join(VisitWishes, VisitWishes.patient_id == Patient.id)
        .where(
            *_booked(service_id, Patient), VisitWishes.wants_invitation, Patient.email_consent, *_may_be_told()
        )
    )  # fmt: skip


def _by_carers(service_id: str) -> Select[str, int, datetime, str, str, str]:
    return (
        _columns(Kind.CARER, Carer)
        .join(Patient, Patient.id == Appointment.patient_id)
        .join(CareCircle, CareCircle.patient_id == Patient.id)
        .join(Carer, Carer.id == CareCircle.carer_id)
        .where(
            *_booked(service_id, Carer), Carer.wants_invitation, CareCircle.may_be_told, CareCircle.ended_at.is_(None),
            *_may_be_told(),
        )
    )  # fmt: skip


def _columns(
    kind: Kind, person: type[Staff | Patient | Carer]
) -> Select[str, int, datetime, str, str, str]:  # fmt: skip
    return (
        select(
            Appointment.id.label("appointment_id"), Appointment.sequence.label("sequence"),
            Appointment.starts_at.label("starts_at"), literal(kind.value).label("kind"), person.id.label("person_id"),
            person.email.label("email"),
        )
        .select_from(Appointment)
        .join(ClinicSession, ClinicSession.id == Appointment.session_id)
        .join(Clinic, Clinic.id == ClinicSession.clinic_id)
    )  # fmt: skip


def _booked(service_id: str, person: type[Staff | Patient | Carer]) -> tuple[ColumnElement[bool], ...]:
    return (
        Appointment.service_id == service_id,
        Appointment.status.in_(BOOKED),
        *_to_come(),
        person.email != "",
        # No program shows buttons to somebody who would be inviting herself.
        func.lower(person.email) != func.lower(Clinic.contact_email),
    )


def _to_come() -> tuple[ColumnElement[bool], ...]:
    now = clock.now()
    return Appointment.starts_at > now - LONGEST, Appointment.ends_at > now


def _may_be_told() -> tuple[ColumnElement[bool], ...]:
    return Patient.deceased_on.is_(None), Patient.do_not_contact.is_(False)
