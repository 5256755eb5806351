"""Two who answer at once, or ask at once, end in one booking: with threads, each with a connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.appointments.invariants import disagreements
from cartref.appointments.models import Appointment, AppointmentStatus, Mode, Offer, OfferState
from cartref.appointments.service import Clash, book
from cartref.appointments.vacancies import answering, offering
from cartref.appointments.vacancies.errors import OfferOver
from cartref.audit.models import ActorKind
from cartref.errors import ClinicError
from tests.cartref.appointments.conftest import ADDRESSES
from tests.cartref.appointments.vacancies.conftest import LATER, LONG_AGO, Line


@pytest.fixture
def at_once(engine: Engine) -> Callable[..., list[object]]:
    """Return a function that does things at the same moment, each in a transaction; an error is a result too."""

    def run(acts: Sequence[Callable[[Session], object]]) -> list[object]:
        barrier = Barrier(len(acts))

        def do(act: Callable[[Session], object]) -> object:
            barrier.wait()
            with Session(engine) as session:
                try:
                    result = act(session)
                    session.commit()
                except ClinicError as refusal:
                    session.rollback()
                    return type(refusal)
                return result

        with ThreadPoolExecutor(len(acts)) as pool:
            return list(pool.map(do, acts))

    return run


def told(line: Line) -> tuple[str, Actor, Actor]:
    """Offer a freed time to Eluned, and return the offer's id with herself and the admin who has her on the phone."""
    line.waits(0, received_on=LONG_AGO)
    line.waits(1, received_on=LATER)
    line.freed(2, patient=5)
    line.round()
    patient_id, service_id = line.world.patients[0].id, line.world.service.id
    offer_id = line.offers()[0].id
    line.session.commit()
    return offer_id, Actor(ActorKind.PATIENT, patient_id, service_id), line.desk.actor


def booked(session: Session) -> list[str]:
    session.rollback()
    live = Appointment.status == AppointmentStatus.BOOKED
    return list(session.scalars(select(Appointment.id).where(live)))


def test_yes_by_link_and_yes_on_the_telephone_are_one_booking(
    line: Line, at_once: Callable[..., list[object]]
) -> None:  # fmt: skip
    offer_id, herself, staff = told(line)

    def yes(actor: Actor) -> Callable[[Session], object]:
        return lambda session: answering.accept(session, actor, ADDRESSES, offer_id).state

    assert at_once([yes(herself), yes(staff), yes(herself)]) == [OfferState.ACCEPTED] * 3
    assert len(booked(line.session)) == 1
    assert disagreements(line.session) == []


def test_yes_and_no_at_once_are_one_answer(line: Line, at_once: Callable[..., list[object]]) -> None:
    offer_id, herself, staff = told(line)

    answers = at_once(
        [
            lambda session: answering.accept(session, herself, ADDRESSES, offer_id).state,
            lambda session: answering.decline(session, staff, offer_id).state,
        ]
    )

    assert answers.count(OfferOver) == 1
    assert len(booked(line.session)) == (OfferState.ACCEPTED in answers)
    assert disagreements(line.session) == []


def test_two_who_ask_different_people_at_once_leave_one_asked(
    line: Line, at_once: Callable[..., list[object]]
) -> None:  # fmt: skip
    entries = [line.waits(patient).id for patient in (1, 2, 3)]
    vacancy_id, staff = line.freed(2, patient=5).id, line.desk.actor
    line.session.commit()

    def ask(entry_id: str) -> Callable[[Session], object]:
        return lambda session: offering.ask(session, staff, ADDRESSES, vacancy_id, entry_id).id

    at_once([*(ask(entry_id) for entry_id in entries), lambda session: offering.go_round(session, ADDRESSES)])

    line.session.rollback()
    assert [offer.state for offer in line.offers()].count(OfferState.OPEN) == 1
    assert disagreements(line.session) == []


def test_a_yes_and_the_round_that_ends_the_offer_agree(line: Line, at_once: Callable[..., list[object]]) -> None:
    offer_id, herself, _staff = told(line)
    line.session.get_one(Offer, offer_id).expires_at = line.session.get_one(Offer, offer_id).created_at
    line.session.commit()

    answer, _made = at_once(
        [
            lambda session: answering.accept(session, herself, ADDRESSES, offer_id).state,
            lambda session: offering.go_round(session, ADDRESSES),
        ]
    )

    assert answer in {OfferState.ACCEPTED, OfferOver}
    assert len(booked(line.session)) == (answer is OfferState.ACCEPTED)
    assert disagreements(line.session) == []


def test_who_books_by_hand_while_the_time_is_offered_gets_it_or_finds_it_taken(
    line: Line, at_once: Callable[..., list[object]]
) -> None:
    line.waits(1)
    line.freed(2, patient=5)
    slot_id, patient_id, staff = line.desk.slot(2).id, line.world.patients[3].id, line.desk.actor
    line.session.commit()

    by_hand, made = at_once(
        [
            lambda session: book(
                session, staff, addresses=ADDRESSES, slot_id=slot_id, patient_id=patient_id, mode=Mode.VIDEO_HOME,
                idempotency_key="by-hand",
            ).id,
            lambda session: offering.go_round(session, ADDRESSES),
        ]
    )  # fmt: skip

    refused = isinstance(by_hand, type) and issubclass(by_hand, Clash)
    assert refused is bool(made)
    assert disagreements(line.session) == []
