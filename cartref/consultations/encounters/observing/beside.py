"""Who may write beside the patient: a presenter of the visit's site, at a visit that is not cancelled."""

import re
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.clinics import queries as clinics
from cartref.consultations import queries
from cartref.consultations.encounters.opening import VisitOver, ensure_encounter
from cartref.consultations.models import Encounter
from cartref.errors import Invalid, NotFound

KEY = re.compile(r"[0-9a-zA-Z-]{8,40}")
LONGEST_LATE = timedelta(hours=12)  # what was taken while a line was down comes the same day


class KeyWrong(Invalid):
    """What is to be kept has no name of its own by which a second sending is known."""

    code = "observing.key-wrong"


class TextTooLong(Invalid):
    """A text is longer than its column, or missing where it is needed; `most` is how long it may be."""

    code = "observing.text-wrong"

    def __init__(self, field: str, most: int) -> None:
        super().__init__(field)
        self.most = most


def beside(session: Session, actor: Actor, appointment: Appointment) -> Encounter:
    """Return the visit's encounter, kept from other writers; raise NotFound away from the actor's sites."""
    actor.require(Permission.PRESENT)
    if appointment.site_id not in {site.id for site in clinics.sites_presented(session, actor)}:
        raise NotFound(appointment=appointment.id)
    return taking_part(session, actor, appointment)


def taking_part(session: Session, actor: Actor, appointment: Appointment) -> Encounter:
    """Return the visit's encounter, kept from other writers; raise VisitOver for a cancelled one."""
    if appointment.status is AppointmentStatus.CANCELLED:
        raise VisitOver(appointment=appointment.id)
    return queries.find_locked(session, actor, ensure_encounter(session, appointment).id)


def checked_key(key: str) -> str:
    """Return the name that a browser gave to what it sends; raise KeyWrong."""
    if not KEY.fullmatch(key):
        raise KeyWrong
    return key


def checked_text(text: str, field: str, most: int, *, needed: bool = False) -> str:
    """Return a text without the space around it; raise TextTooLong for one that is too long, or missing."""
    text = text.strip()
    if len(text) > most or (needed and not text):
        raise TextTooLong(field, most)
    return text


def moment(seconds_ago: int) -> datetime:
    """Return when it was taken: a browser says how long ago, as its clock may be wrong; at most half a day."""
    return clock.now() - min(timedelta(seconds=max(0, seconds_ago)), LONGEST_LATE)
