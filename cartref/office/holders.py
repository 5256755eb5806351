"""Whose links an appointment has: the patient and the carers who were invited."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from cartref.appointments.models import Appointment
from cartref.patients import queries as patients


@dataclass(frozen=True)
class Holder:
    """Somebody who may hold a link, with the language she reads; `may_join` falls when her consent ends."""

    id: str
    name: str
    language: str
    is_carer: bool = False
    may_join: bool = True


def holders(session: Session, appointment: Appointment) -> dict[str, Holder]:
    """Return the patient and the invited carers by id."""
    patient = appointment.patient
    people = {patient.id: Holder(patient.id, patient.name, patient.language)}
    invited = {guest.carer_id for guest in appointment.participants if guest.carer_id}
    may_join = {place.carer_id for place in patients.carers(session, patient.id) if place.may_join}
    for carer in patients.carers_by_id(session, patient.id, invited):
        people[carer.id] = Holder(carer.id, carer.name, carer.language, is_carer=True, may_join=carer.id in may_join)
    return people
