"""Who has an appointment in her calendar by an invitation, and what she answered, in words for staff."""

from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.appointments.models import Appointment
from cartref.calendars import queries
from cartref.calendars.replies import Taken
from cartref.i18n import N_, words
from cartref.patients import queries as patients

ANSWER_WORDS = {
    "": N_("%(name)s (no answer yet)"),
    Taken.ACCEPTED: N_("%(name)s (accepted)"),
    Taken.TENTATIVE: N_("%(name)s (perhaps)"),
    Taken.DECLINED: N_("%(name)s (declined)"),
}


def invited(session: Session, actor: Actor, appointment: Appointment) -> list[str]:
    """Return each invited person with her answer, "Catrin Parry (declined)"; as many queries however many they are."""
    found = queries.invitations(session, actor, appointment.id)
    names = _names(session, appointment) if found else {}
    said = words(actor.language)
    return [said.gettext(ANSWER_WORDS[one.answer], name=names.get(one.person_id, one.email)) for one in found]


def _names(session: Session, appointment: Appointment) -> dict[str, str]:
    staff = [person for person in (appointment.clinician, appointment.presenter) if person is not None]
    helpers = [place.carer for place in patients.carers(session, appointment.patient_id)]
    return {
        appointment.patient_id: appointment.patient.name,
        **{person.id: person.display_name for person in staff},
        **{person.id: person.name for person in helpers},
    }
