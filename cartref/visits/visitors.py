"""Who stands before a visit: the holder of a link, and whether the birth date was given in this browser."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.appointments import queries as appointments
from cartref.appointments.models import Appointment, Mode
from cartref.audit.models import ActorKind
from cartref.links import service as links
from cartref.links.models import Holder, Link, Opening
from cartref.patients import queries as patients
from cartref.patients.models import Carer, Patient


@dataclass(frozen=True)
class Claim:
    """What a browser keeps of the link that it opened, signed by us: the link's id and its generation."""

    link_id: str
    generation: int


@dataclass(frozen=True)
class Visitor:
    """The holder of a link before its visit; `opening` is None until the birth date was given in this browser.

    `shut_out`: the link was ended or given out anew, or the patient no longer wants this carer to take part.
    """

    link: Link
    opening: Opening | None
    appointment: Appointment
    person: Patient | Carer
    shut_out: bool

    @property
    def patient(self) -> Patient:
        """Return the patient whose visit it is."""
        return self.appointment.patient

    @property
    def is_patient(self) -> bool:
        """Tell whether the holder is the patient rather than a carer."""
        return self.link.holder is Holder.PATIENT

    @property
    def name(self) -> str:
        """Return what the holder is called to her face."""
        return self.person.spoken_name if isinstance(self.person, Patient) else self.person.given_name

    @property
    def beside_staff(self) -> bool:
        """Tell whether a nurse at the site brings the holder into the call, so that she needs no page of her own."""
        return self.is_patient and self.appointment.mode is Mode.VIDEO_SITE

    @property
    def actor(self) -> Actor:
        """Return the holder as one who acts, with no permission of staff."""
        return Actor(
            ActorKind(self.link.holder.value), self.link.holder_id, self.link.service_id,
            self.patient.health_board_id, language=self.person.language,
        )  # fmt: skip


def find(session: Session, visit_id: str, *, claim: Claim | None, token: str) -> Visitor | None:
    """Return who stands before the visit, by what her browser keeps: the link's claim, and the secret of an opening.

    None when neither is of this visit. The claim says whose link was opened last, so that another person's opening in
    the same browser does not count for her.
    """
    opened = links.find_opening(session, token)
    link = _claimed(session, visit_id, claim) or (opened[0] if opened else None)
    if link is None or link.visit_id != visit_id:
        return None
    appointment = appointments.for_visit(session, visit_id)
    person = _person(session, link)
    if appointment is None or person is None:
        return None
    shut_out = _is_shut_out(session, link, claim, appointment)
    opening = opened[1] if opened and opened[0].id == link.id and not shut_out else None
    return Visitor(link, opening, appointment, person, shut_out)


def _person(session: Session, link: Link) -> Patient | Carer | None:
    if link.holder is Holder.PATIENT:
        return session.get(Patient, link.holder_id)
    return session.get(Carer, link.holder_id)


def _claimed(session: Session, visit_id: str, claim: Claim | None) -> Link | None:
    if claim is None:
        return None
    return session.scalar(select(Link).where(Link.id == claim.link_id, Link.visit_id == visit_id))


def _is_shut_out(session: Session, link: Link, claim: Claim | None, appointment: Appointment) -> bool:
    if link.revoked_at is not None or (claim is not None and claim.generation != link.generation):
        return True
    return link.holder is Holder.CARER and not _may_join(session, link, appointment)


def _may_join(session: Session, link: Link, appointment: Appointment) -> bool:
    circle = patients.carers(session, appointment.patient_id)
    return any(place.carer_id == link.holder_id and place.may_join for place in circle)
