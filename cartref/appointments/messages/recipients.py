"""Who is told of an appointment, and what stands in the way of telling them."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from cartref.appointments.models import Appointment
from cartref.i18n import N_
from cartref.links.models import Holder
from cartref.patients import queries as patients
from cartref.patients.models import Carer, Patient


class Obstacle(StrEnum):
    """Why somebody can't be sent a message: then a person rings, or prints and posts the letter."""

    DECEASED = "deceased"
    DO_NOT_CONTACT = "do-not-contact"
    NO_CONSENT = "no-consent"
    NO_EMAIL = "no-email"


OBSTACLE_WORDS = {
    Obstacle.DECEASED: N_("The patient has died. No message goes out."),
    Obstacle.DO_NOT_CONTACT: N_("The patient does not want to be contacted. No message goes out."),
    Obstacle.NO_CONSENT: N_("The patient has not agreed to email. Print the letter, or ring."),
    Obstacle.NO_EMAIL: N_("There is no email address. Print the letter, or ring."),
}


@dataclass(frozen=True)
class Recipient:
    """Somebody who should know of an appointment; `obstacle` is None when a message can go to `email`."""

    kind: Holder
    id: str
    name: str
    email: str
    language: str
    obstacle: Obstacle | None


def recipients(session: Session, appointment: Appointment) -> list[Recipient]:
    """Return the patient and every carer of hers who may be told, reachable or not, the patient first."""
    return list(_all(session, appointment.patient))


def _all(session: Session, patient: Patient) -> Iterator[Recipient]:
    silence = _silence(patient)
    yield Recipient(
        Holder.PATIENT, patient.id, patient.name, patient.email, patient.language,
        silence or (Obstacle.NO_CONSENT if not patient.email_consent else _no_email(patient)),
    )  # fmt: skip
    for place in patients.carers(session, patient.id):
        if place.may_be_told:
            carer = place.carer
            yield Recipient(
                Holder.CARER, carer.id, carer.name, carer.email, carer.language, silence or _no_email(carer)
            )  # fmt: skip


def _silence(patient: Patient) -> Obstacle | None:
    if patient.deceased_on is not None:
        return Obstacle.DECEASED
    return Obstacle.DO_NOT_CONTACT if patient.do_not_contact else None


def _no_email(person: Patient | Carer) -> Obstacle | None:
    return None if person.email else Obstacle.NO_EMAIL
