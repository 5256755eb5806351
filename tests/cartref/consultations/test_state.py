"""How a visit stands for whoever holds a link to it, and what she may ask for."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.appointments.models import Appointment
from cartref.audit.models import ActorKind, AuditEntry
from cartref.consultations import service
from cartref.consultations.codes import Attendance, Ending, Outcome
from cartref.consultations.service import VisitState, Wish
from cartref.errors import NotFound
from cartref.links.models import Link
from tests.cartref.consultations.conftest import Reporter, encounter_of
from tests.factories import World

Book = Callable[..., Appointment]


def state_of(session: Session, appointment: Appointment) -> VisitState:
    link = session.scalars(select(Link).where(Link.visit_id == appointment.id)).one()
    return service.visit_state(session, appointment, link)


def patient(appointment: Appointment) -> Actor:
    return Actor(ActorKind.PATIENT, appointment.patient_id, appointment.service_id)


def test_before_anything_happened_nothing_is_so(session: Session, book: Book) -> None:
    state = state_of(session, book())

    assert not (state.ended or state.cancelled or state.waiting or state.unattended or state.ring_asked)
    assert state.ahead is None


def test_her_place_is_counted_in_her_clinician_s_session(session: Session, book: Book, signalling: Reporter) -> None:
    first, second = book(0), book(1)
    for appointment in (first, second):
        signalling.happen("participant.waiting", signalling.seat(appointment))

    assert [state_of(session, appointment).ahead for appointment in (first, second)] == [0, 1]


def test_after_the_outcome_it_is_over(session: Session, world: World, book: Book) -> None:
    appointment = book()
    service.finish(
        session, world.actor("clinician"), service.ensure_encounter(session, appointment).id, ending=Ending.SEEN,
        attendance=Attendance.ON_TIME, outcome=Outcome.CLOCK_STOPS,
    )  # fmt: skip

    state = state_of(session, appointment)

    assert (state.ended, state.ending) == (True, Ending.SEEN)


@pytest.mark.parametrize("wish", list(Wish))
def test_a_wish_is_kept_and_audited_once(session: Session, book: Book, wish: Wish) -> None:
    appointment = book()

    for _ in range(2):
        service.ask(session, patient(appointment), appointment, wish)

    state = state_of(session, appointment)
    assert {Wish.RING: state.ring_asked, Wish.CANNOT_COME: state.cannot_come, Wish.CANNOT_HEAR: state.cannot_hear}[wish]
    asked = session.scalars(select(AuditEntry).where(AuditEntry.actor_kind == ActorKind.PATIENT)).all()
    assert [entry.action for entry in asked] == [f"wish.{wish.value}-asked"]


def test_ringing_her_answers_her_wish(session: Session, world: World, book: Book) -> None:
    appointment = book()
    encounter = service.ask_ring(session, patient(appointment), appointment)

    service.ring_instead(session, world.actor("clinician"), encounter.id)

    state = state_of(session, appointment)
    assert (state.ring_asked, state.by_telephone) == (False, True)


def test_another_service_cannot_touch_the_encounter(session: Session, world: World, book: Book) -> None:
    encounter = service.ensure_encounter(session, book())
    stranger = world.actor("other_clinician")

    with pytest.raises(NotFound):
        service.save_note(session, stranger, encounter.id, "Not mine", 0)
    with pytest.raises(NotFound):
        service.ring_instead(session, stranger, encounter.id)
    assert encounter_of(session, encounter.appointment).note == ""
