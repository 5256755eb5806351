"""The active offer, looked back on: of those who chose Welsh, who was seen by somebody who speaks it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.accounts.models import Staff
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.appointments.queries import day_bounds
from cartref.clinics import queries as clinics
from cartref.clinics.models import Clinic, ClinicSession
from cartref.patients.models import Patient


@dataclass(frozen=True)
class ClinicCount:
    """The visits of one clinic by patients who chose Welsh: how many in Welsh, how many not."""

    clinic: str
    in_welsh: int
    not_in_welsh: int

    @property
    def visits(self) -> int:
        """Return how many there were."""
        return self.in_welsh + self.not_in_welsh


def count(session: Session, actor: Actor, first: date, last: date) -> Sequence[ClinicCount]:
    """Return the clinics by name, from one local day to another, both counted; one without such visits is left out."""
    zone = clinics.zone(session, actor)
    rows = session.execute(
        select(Clinic.name, Staff.id, func.count())
        .select_from(Appointment)
        .join(Patient, Patient.id == Appointment.patient_id)
        .join(ClinicSession, ClinicSession.id == Appointment.session_id)
        .join(Clinic, Clinic.id == ClinicSession.clinic_id)
        .join(Staff, Staff.id == Appointment.clinician_id)
        .where(
            Appointment.service_id == actor.service,
            Appointment.status == AppointmentStatus.FULFILLED,
            Appointment.starts_at >= day_bounds(first, zone)[0],
            Appointment.starts_at < day_bounds(last, zone)[1],
            Patient.language == "cy",
        )
        .group_by(Clinic.name, Staff.id)
        .order_by(Clinic.name)
    ).all()
    speakers = _speakers(session, {staff_id for _clinic, staff_id, _visits in rows})
    return [_count(clinic, group, speakers) for clinic, group in groupby(rows, key=lambda row: row[0])]


def _count(clinic: str, rows: Iterable[Row[str, str, int]], speakers: set[str]) -> ClinicCount:
    visits = [(staff_id in speakers, number) for _clinic, staff_id, number in rows]
    in_welsh = sum(number for speaks, number in visits if speaks)
    return ClinicCount(clinic, in_welsh, sum(number for _speaks, number in visits) - in_welsh)


def _speakers(session: Session, staff_ids: set[str]) -> set[str]:
    """Return who of these members of staff speaks Welsh."""
    found = session.scalars(select(Staff).where(Staff.id.in_(staff_ids)))
    return {staff.id for staff in found if staff.speaks_welsh}
