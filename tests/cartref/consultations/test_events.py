"""What signalling reports: taken once, in order, and followed by seats, encounter, audit trail and orders."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cartref.accounts.models import Membership
from cartref.appointments import service as appointments
from cartref.appointments.models import Appointment, AppointmentStatus, Mode
from cartref.audit.models import ActorKind, AuditEntry
from cartref.consultations import service
from cartref.consultations.codes import Attendance, Ending, Medium, Outcome, Presence
from cartref.consultations.models import EncounterStatus, RoomEvent, SeatRole
from cartref.links import service as links
from cartref.links.models import Link
from tests.cartref.consultations.conftest import Reporter, encounter_of, event
from tests.factories import World

Book = Callable[..., Appointment]


def actions(session: Session) -> list[str]:
    query = select(AuditEntry.action).where(AuditEntry.actor_kind == ActorKind.SYSTEM).order_by(AuditEntry.id)
    return list(session.scalars(query))


def test_who_waits_is_kept_and_has_arrived(session: Session, book: Book, signalling: Reporter) -> None:
    seat = signalling.seat(appointment := book())

    answer = signalling.happen("participant.waiting", seat)

    assert len(answer["accepted"]) == 1
    assert (seat.presence, seat.waiting_since) == (Presence.WAITING, datetime.now(UTC))
    assert appointment.status is AppointmentStatus.ARRIVED
    assert "seat.waiting" in actions(session)


def test_being_let_in_begins_the_visit(session: Session, book: Book, signalling: Reporter) -> None:
    seat = signalling.seat(appointment := book())
    signalling.happen("participant.waiting", seat)

    signalling.happen("participant.admitted", seat)

    encounter = encounter_of(session, appointment)
    assert encounter.status is EncounterStatus.IN_PROGRESS
    assert encounter.started_at == datetime.now(UTC)
    assert encounter.medium is Medium.TELEMEDICINE


def test_the_clinician_alone_begins_nothing(session: Session, book: Book, signalling: Reporter) -> None:
    seat = signalling.seat(appointment := book(), SeatRole.CLINICIAN)

    signalling.happen("participant.admitted", seat)

    assert encounter_of(session, appointment).status is EncounterStatus.PLANNED


def test_an_event_that_comes_twice_counts_once(session: Session, book: Book, signalling: Reporter) -> None:
    seat = signalling.seat(book())
    told = event("participant.waiting", seat.encounter.room, seat.participant)

    first, second = signalling.report(told), signalling.report(told)

    assert first["accepted"] == second["accepted"] == [told["id"]]
    assert session.scalar(select(func.count()).select_from(RoomEvent)) == 1
    assert actions(session).count("seat.waiting") == 1


def test_an_event_of_an_unknown_room_is_rejected_and_stops_no_other(book: Book, signalling: Reporter) -> None:
    seat = signalling.seat(book())
    lost = event("participant.waiting", "a-room-nobody-has", seat.participant)
    good = event("participant.waiting", seat.encounter.room, seat.participant)

    answer = signalling.report(lost, good)

    assert answer["rejected"] == [{"id": lost["id"], "code": "unknown-room"}]
    assert answer["accepted"] == [good["id"]]


def test_a_malformed_event_is_rejected_and_stops_no_other(book: Book, signalling: Reporter) -> None:
    seat = signalling.seat(book())
    bad = event("participant.sneezed", seat.encounter.room, seat.participant)
    late = event("participant.waiting", seat.encounter.room, seat.participant) | {"at": 1e300}
    good = event("participant.waiting", seat.encounter.room, seat.participant)

    answer = signalling.report(bad, late, good)

    assert [refusal["code"] for refusal in answer["rejected"]] == ["malformed", "malformed"]
    assert answer["accepted"] == [good["id"]]


def test_hold_sends_her_back_to_wait_and_the_visit_goes_on(
    session: Session, book: Book, signalling: Reporter, at_the_clinic: time_machine.Traveller
) -> None:
    seat = signalling.seat(appointment := book())
    signalling.happen("participant.waiting", seat)
    signalling.happen("participant.admitted", seat)
    at_the_clinic.shift(timedelta(minutes=5))

    signalling.happen("participant.held", seat)

    assert (seat.presence, seat.waiting_since) == (Presence.WAITING, datetime.now(UTC))
    assert encounter_of(session, appointment).status is EncounterStatus.IN_PROGRESS


def test_a_line_that_comes_and_goes_does_not_start_her_wait_afresh(
    book: Book, signalling: Reporter, at_the_clinic: time_machine.Traveller
) -> None:
    seat = signalling.seat(book())
    since = datetime.now(UTC)
    signalling.happen("participant.waiting", seat)
    at_the_clinic.shift(timedelta(minutes=4))
    signalling.happen("participant.left", seat)

    signalling.happen("participant.returned", seat)

    assert (seat.presence, seat.waiting_since) == (Presence.WAITING, since)


def test_the_line_is_kept_as_the_waiting_page_measured_it(book: Book, signalling: Reporter) -> None:
    seat = signalling.seat(book())

    signalling.happen("participant.ready", seat, camera=True, microphone=False, rtt=48.5, relay=None)

    assert seat.line["camera"] is True
    assert seat.line["microphone"] is False


def test_a_visit_at_a_site_begins_when_presenter_and_clinician_are_both_there(
    session: Session, world: World, book: Book, signalling: Reporter
) -> None:
    appointment = book(mode=Mode.VIDEO_SITE)
    presenter = signalling.seat(appointment, SeatRole.PRESENTER, world.staff["presenter"].id)
    clinician = signalling.seat(appointment, SeatRole.CLINICIAN)
    appointments.mark_arrived(session, world.actor("presenter"), appointment.id)
    signalling.happen("participant.admitted", presenter)
    assert encounter_of(session, appointment).status is EncounterStatus.PLANNED

    signalling.happen("participant.admitted", clinician)

    assert encounter_of(session, appointment).status is EncounterStatus.IN_PROGRESS


def test_the_end_of_the_room_ends_the_visit_and_not_its_record(
    session: Session, book: Book, signalling: Reporter
) -> None:
    seat = signalling.seat(appointment := book())
    signalling.happen("participant.waiting", seat)
    signalling.happen("participant.admitted", seat)

    signalling.report(event("room.ended", seat.encounter.room, None, reason="over"))

    encounter = encounter_of(session, appointment)
    assert encounter.ended_at == datetime.now(UTC)
    assert encounter.status is EncounterStatus.IN_PROGRESS
    assert seat.presence == Presence.GONE


def test_those_who_wait_are_told_how_many_are_before_them(book: Book, signalling: Reporter) -> None:
    first, second = signalling.seat(book(0)), signalling.seat(book(1))
    signalling.happen("participant.waiting", second)

    answer = signalling.happen("participant.waiting", first)

    told = {order["participant"]: order["n"] for order in answer["orders"] if order["type"] == "ahead"}
    assert told == {first.participant: 0, second.participant: 1}


def test_only_the_newest_place_is_told(session: Session, world: World, book: Book, signalling: Reporter) -> None:
    first, second = signalling.seat(early := book(0)), signalling.seat(book(1))
    for seat in (first, second):
        signalling.happen("participant.waiting", seat)
    signalling.happen("participant.admitted", first)
    service.finish(
        session, world.actor("clinician"), encounter_of(session, early).id, ending=Ending.SEEN,
        attendance=Attendance.ON_TIME, outcome=Outcome.CLOCK_STOPS,
    )  # fmt: skip

    answer = signalling.report()

    places = [order["n"] for order in answer["orders"] if order.get("participant") == second.participant]
    assert places == [0]


def test_a_clinic_out_of_order_tells_nobody_a_place(
    session: Session, world: World, book: Book, signalling: Reporter
) -> None:
    world.clinic.runs_in_order = False
    session.commit()
    seat = signalling.seat(book())

    answer = signalling.happen("participant.waiting", seat)

    assert answer["orders"] == []
    assert seat.ahead is None


def test_an_order_is_handed_out_until_it_is_done(book: Book, signalling: Reporter) -> None:
    seat = signalling.seat(book())
    placed = signalling.happen("participant.waiting", seat)["orders"]
    assert [order["id"] for order in signalling.report()["orders"]] == [order["id"] for order in placed]

    answer = signalling.report(done=tuple(order["id"] for order in placed))

    assert answer["orders"] == []


def test_cancelling_a_visit_ends_its_room(session: Session, world: World, book: Book, signalling: Reporter) -> None:
    seat = signalling.seat(appointment := book())
    signalling.happen("participant.waiting", seat)
    session.refresh(appointment)
    appointments.cancel(
        session,
        world.actor("admin"),
        appointment_id=appointment.id,
        version=appointment.version,
        reason="clinician-away",
    )
    session.commit()

    orders = [signalling.report()["orders"] for _ in range(2)][-1]

    ends = [order for order in orders if order["type"] == "end"]
    assert [(order["room"], order["reason"]) for order in ends] == [(seat.encounter.room, "cancelled")]


def test_a_revoked_link_puts_its_holder_out(session: Session, world: World, book: Book, signalling: Reporter) -> None:
    seat = signalling.seat(appointment := book())
    participant = seat.participant
    signalling.happen("participant.waiting", seat)
    link = session.scalars(select(Link).where(Link.visit_id == appointment.id)).one()
    links.revoke(session, world.actor("admin"), link.id)
    session.commit()

    orders = [signalling.report()["orders"] for _ in range(2)][-1]

    assert [order["participant"] for order in orders if order["type"] == "remove"] == [participant]
    assert seat.participant != participant


def test_a_leaver_is_put_out(session: Session, world: World, book: Book, signalling: Reporter) -> None:
    seat = signalling.seat(book(), SeatRole.CLINICIAN)
    participant = seat.participant
    signalling.happen("participant.admitted", seat)
    membership = session.scalars(select(Membership).where(Membership.staff_id == world.staff["clinician"].id)).one()
    membership.ended_at = datetime.now(UTC)
    session.commit()

    orders = signalling.report()["orders"]

    assert [order["participant"] for order in orders if order["type"] == "remove"] == [participant]
