"""How a visit stands for whoever holds a link to it: its state, and the page that follows from it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from cartref import clock
from cartref.appointments.models import Appointment
from cartref.consultations import queries as consultations
from cartref.consultations.models import Encounter
from cartref.consultations.service import VisitState, visit_state
from cartref.formatting import local
from cartref.visits.pages import Page, Visit, page_for
from cartref.visits.visitors import Visitor


@dataclass(frozen=True)
class Standing:
    """The state of a visit at `now` and what decides about its page; both times are on the clinic's own clocks."""

    state: VisitState
    visit: Visit
    page: Page
    now: datetime
    starts_at: datetime

    @property
    def is_today(self) -> bool:
        """Tell whether the visit is on this day."""
        return self.now.date() == self.starts_at.date()

    @property
    def opens_at(self) -> datetime:
        """Return when the waiting room opens, on the clinic's own clocks."""
        return local(self.visit.opens_at, _zone_of(self.starts_at))


def standing(session: Session, visitor: Visitor) -> Standing:
    """Return how the visit stands for `visitor` at this moment."""
    appointment = visitor.appointment
    encounter = consultations.encounter_of(session, appointment.id)
    state = visit_state(session, appointment, visitor.link)
    visit = _visit(visitor, state, encounter)
    zone, now = ZoneInfo(appointment.session.zone), clock.now()
    return Standing(state, visit, page_for(visit, now, zone), local(now, zone), local(appointment.starts_at, zone))


def _visit(visitor: Visitor, state: VisitState, encounter: Encounter | None) -> Visit:
    appointment = visitor.appointment
    ended_at = _ended_at(appointment, state, encounter)
    return Visit(
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        mode=appointment.mode,
        status=appointment.status,
        turned_to_telephone=state.by_telephone,
        in_progress=state.started_at is not None and ended_at is None,
        ended_at=ended_at,
        beside_staff=visitor.beside_staff,
        cancelled_reason=appointment.cancelled_reason,
    )


def _ended_at(appointment: Appointment, state: VisitState, encounter: Encounter | None) -> datetime | None:
    """Return when it ended: the room closed for all, or the outcome was saved, whichever came first."""
    if encounter is not None and encounter.ended_at is not None:
        return encounter.ended_at
    return appointment.updated_at if state.ended else None


def _zone_of(moment: datetime) -> ZoneInfo:
    assert isinstance(moment.tzinfo, ZoneInfo), "it was made with a zone"
    return moment.tzinfo
