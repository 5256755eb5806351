"""Who is told of an appointment, by which ways each may be reached, and what stands in the way of telling them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments.models import Appointment
from cartref.i18n import N_
from cartref.links.models import Holder
from cartref.notifications.models import Channel
from cartref.patients import queries as patients
from cartref.patients.models import CareCircle, Patient, VisitWishes


class Obstacle(StrEnum):
    """Why somebody can't be sent anything."""

    DECEASED = "deceased"
    DO_NOT_CONTACT = "do-not-contact"
    NO_WAY = "no-way"


# What is said of somebody whom nobody may tell anything.
OBSTACLE_WORDS = {
    Obstacle.DECEASED: N_("The patient has died. No message goes out."),
    Obstacle.DO_NOT_CONTACT: N_("The patient does not want to be contacted. No message goes out."),
}


@dataclass(frozen=True)
class Recipient:
    """Somebody who should know of an appointment: `ways` are those by which she may be written to.

    `ring_on` is her number, `may_be_rung` whether it may ring; `arranges`: she decides about appointments, so that
    somebody must tell her. `obstacle` is None when a message can go. `address` is as on an envelope, in lines.
    """

    kind: Holder
    id: str
    name: str
    salutation: str
    language: str
    email: str = ""
    mobile: str = ""
    ring_on: str = ""
    address: str = ""
    bilingual: bool = False
    ways: frozenset[Channel] = field(default_factory=frozenset)
    may_be_rung: bool = False
    arranges: bool = True
    obstacle: Obstacle | None = None

    @property
    def silent(self) -> bool:
        """Tell whether nobody may tell her anything, by whatever way."""
        return self.obstacle in {Obstacle.DECEASED, Obstacle.DO_NOT_CONTACT}

    def at(self, channel: Channel) -> str:
        """Return where a message of that channel goes: an address, a number, or the lines of an envelope."""
        return {Channel.TEXT: self.mobile, Channel.LETTER: self.address}.get(channel, self.email)


def recipients(session: Session, appointment: Appointment) -> list[Recipient]:
    """Return the patient and every carer of hers who may be told, reachable or not, the patient first."""
    return of_patient(session, appointment.patient)


def of_patient(session: Session, patient: Patient) -> list[Recipient]:
    """Return the patient and every carer of hers who may be told of what concerns her."""
    bilingual = session.scalar(select(VisitWishes.bilingual).where(VisitWishes.patient_id == patient.id))
    places = [place for place in patients.carers(session, patient.id) if place.may_be_told]
    return [from_patient(patient, bilingual=bool(bilingual)), *(from_carer(patient, place) for place in places)]


def from_patient(patient: Patient, *, bilingual: bool) -> Recipient:
    """Return the patient as one who is told."""
    ways = frozenset(_patients_ways(patient))
    return Recipient(
        Holder.PATIENT, patient.id, patient.name,
        salutation=f"{patient.title or patient.given_name} {patient.family_name}", language=patient.language,
        email=patient.email, mobile=patient.mobile, address=_envelope(patient), bilingual=bilingual, ways=ways,
        ring_on=patient.ring_on, may_be_rung=patient.telephone_consent,
        obstacle=_silence(patient) or (None if ways else Obstacle.NO_WAY),
    )  # fmt: skip


def from_carer(patient: Patient, place: CareCircle) -> Recipient:
    """Return a carer who may be told; she gets e-mails and texts, never a letter with her patient's business in it."""
    carer = place.carer
    known = {Channel.EMAIL: carer.email, Channel.TEXT: carer.mobile}
    ways = frozenset(channel for channel, where in known.items() if where)
    return Recipient(
        Holder.CARER, carer.id, carer.name, salutation=carer.name, language=carer.language, email=carer.email,
        mobile=carer.mobile, ring_on=carer.telephone or carer.mobile, ways=ways, may_be_rung=True,
        arranges=place.may_arrange, obstacle=_silence(patient) or (None if ways else Obstacle.NO_WAY),
    )  # fmt: skip


def _patients_ways(patient: Patient) -> Iterator[Channel]:
    if patient.email_consent and patient.email:
        yield Channel.EMAIL
    if patient.text_consent and patient.mobile:
        yield Channel.TEXT
    if patient.letter_consent and patient.address:
        yield Channel.LETTER


def _envelope(patient: Patient) -> str:
    lines = [line.strip() for line in patient.address.replace(",", "\n").split("\n")]
    return "\n".join(filter(None, (patient.name, *lines, patient.postcode)))


def _silence(patient: Patient) -> Obstacle | None:
    if patient.deceased_on is not None:
        return Obstacle.DECEASED
    return Obstacle.DO_NOT_CONTACT if patient.do_not_contact else None
