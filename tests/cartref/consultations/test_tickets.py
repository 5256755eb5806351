"""Tickets: who gets into which room, until when, and when no more."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments import service as appointments
from cartref.appointments.models import Appointment, Mode
from cartref.clinics.models import ClinicSession
from cartref.config import Settings
from cartref.consultations import service
from cartref.consultations.models import Encounter, Order, OrderKind, SeatRole
from cartref.links import service as links
from cartref.links.models import Link
from signalling.wire import TicketClaims, TicketKeys, read_ticket
from tests.cartref.consultations.conftest import ADDRESSES, Reporter, encounter_of
from tests.factories import World

Book = Callable[..., Appointment]


def claims_of(told: dict[str, str], settings: Settings) -> TicketClaims:
    keys = TicketKeys(secret=settings.ticket_key.encode())
    return read_ticket(told["ticket"], keys, datetime.now(UTC).timestamp())


def test_a_ticket_names_room_seat_boards_and_end_of_the_day(
    session: Session, world: World, book: Book, plain_settings: Settings
) -> None:
    appointment = book()

    told = service.issue_ticket(
        session, plain_settings, appointment=appointment, role=SeatRole.PATIENT, ref_id=appointment.patient_id
    )

    claims = claims_of(told, plain_settings)
    assert (claims.room, claims.participant) == (told["room"], told["participant"])
    assert claims.role == "patient"
    assert claims.topics == (world.clinic_session.id,)
    assert claims.until == datetime(2026, 12, 9, 2, tzinfo=UTC).timestamp()
    assert told["url"] == plain_settings.signalling_public_url


def test_a_late_visit_keeps_its_room_for_four_hours(book: Book) -> None:
    appointment = book()
    appointment.ends_at = datetime(2026, 12, 8, 23, 30, tzinfo=UTC)

    assert service.until(appointment) == appointment.ends_at + timedelta(hours=4)


def test_the_same_person_always_has_the_same_seat(session: Session, book: Book, signalling: Reporter) -> None:
    appointment = book()

    first, second = signalling.seat(appointment), signalling.seat(appointment)

    assert first.participant == second.participant
    assert first.encounter.room == second.encounter.room


def test_every_person_has_a_seat_of_her_own(session: Session, world: World, book: Book, signalling: Reporter) -> None:
    appointment = book()

    patient = signalling.seat(appointment)
    carer = signalling.seat(appointment, SeatRole.CARER, world.carer.id)

    assert patient.participant != carer.participant
    assert patient.encounter_id == carer.encounter_id


def test_a_cancelled_visit_gives_no_ticket(session: Session, world: World, book: Book, signalling: Reporter) -> None:
    appointment = book()
    appointments.cancel(
        session,
        world.actor("admin"),
        appointment_id=appointment.id,
        version=appointment.version,
        reason="patient-unwell",
    )

    with pytest.raises(service.VisitOver):
        signalling.seat(appointment)


def test_a_presenter_tells_whom_she_shares_the_device_with(
    session: Session, world: World, book: Book, plain_settings: Settings
) -> None:
    appointment = book(mode=Mode.VIDEO_SITE)

    told = service.issue_presenter_ticket(
        session, plain_settings, appointment=appointment, staff_id=world.staff["presenter"].id
    )

    claims = claims_of(told, plain_settings)
    assert claims.role == "presenter"
    assert claims.with_ == (told["patient"],)
    assert claims.topics == (world.clinic_session.id, world.spoke.id)


def test_a_board_knows_the_room_of_every_visit(
    session: Session, world: World, book: Book, plain_settings: Settings
) -> None:
    first, second = book(0), book(1)
    sitting = session.get_one(ClinicSession, world.clinic_session.id)

    told = service.clinic_board_ticket(session, plain_settings, sitting)

    rooms = told["rooms"]
    assert isinstance(rooms, dict)
    assert sorted(rooms.values()) == sorted([first.id, second.id])
    assert rooms[encounter_of(session, first).room] == first.id


def test_a_link_given_out_anew_seats_somebody_else_to_signalling(
    session: Session, world: World, book: Book, signalling: Reporter
) -> None:
    appointment = book()
    before = signalling.seat(appointment).participant
    link = session.scalars(select(Link).where(Link.visit_id == appointment.id)).one()
    links.reissue(session, world.actor("admin"), ADDRESSES, link.id)

    after = signalling.seat(appointment).participant

    assert after != before
    removed = session.scalars(select(Order).where(Order.type == OrderKind.REMOVE)).one()
    assert removed.participant == before


def test_only_one_encounter_is_ever_made(session: Session, book: Book) -> None:
    appointment = book()

    made = {service.ensure_encounter(session, appointment).id for _ in range(3)}

    assert len(made) == 1
    assert len(session.scalars(select(Encounter)).all()) == 1
