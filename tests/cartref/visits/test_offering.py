"""An offered time, as the patient sees it: one screen, yes or no, and a kind page whatever she answers or when."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments.models import Appointment, AppointmentStatus, Mode, Offer, OfferState
from cartref.appointments.vacancies import offering
from cartref.links import service as links
from cartref.links.addresses import Addresses
from cartref.links.models import Holder
from cartref.patients import queries as patients
from tests.cartref.appointments.conftest import TODAY, Desk
from tests.cartref.appointments.vacancies.conftest import Line
from tests.cartref.visits.conftest import Visitor
from tests.factories import World


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Return the clock, stopped on the Tuesday before the clinic."""
    with time_machine.travel(TODAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def offer_to(app: Flask, session: Session, world: World, clock: time_machine.Traveller) -> Callable[..., Visitor]:
    """Return a function that offers a freed time to Eluned, and returns whoever opens a link to it."""

    def make(holder: Holder = Holder.PATIENT, *, arranges: bool = False, **wishes: Any) -> Visitor:
        addresses = Addresses.from_settings(app.config["CARTREF"])
        line = Line(session, world, Desk(session, world, world.actor("admin")))
        line.waits(0, received_on=date(2026, 3, 2))
        if wishes:
            line.wishes(0, **wishes)
        patients.carers(session, world.patients[0].id)[0].may_arrange = arranges
        line.freed(3, patient=5)
        offering.go_round(session, addresses)
        (offer,) = line.offers()
        holder_id = world.patients[0].id if holder is Holder.PATIENT else world.carer.id
        link = links.issue(
            session, addresses, visit_id=offer.appointment_id, service_id=offer.service_id, holder=holder,
            holder_id=holder_id,
        )  # fmt: skip
        visitor = Visitor(app.test_client(), offer.appointment_id, f"/v/{addresses.token(link)}")
        session.commit()
        return visitor

    return make


@pytest.fixture
def stands(session: Session) -> Callable[[], tuple[OfferState, AppointmentStatus]]:
    """Return a function that gives how the offer and its appointment stand in the database."""

    def load() -> tuple[OfferState, AppointmentStatus]:
        with Session(session.get_bind()) as reading:
            return reading.scalars(select(Offer.state)).one(), reading.scalars(
                select(Appointment.status).join(Offer, Offer.appointment_id == Appointment.id)
            ).one()

    return load


def in_english(visitor: Visitor) -> Visitor:
    visitor.browser.set_cookie("cartref_language", "en")
    return visitor


def test_before_the_birth_date_an_offer_says_no_name(offer_to: Callable[..., Visitor]) -> None:
    page = in_english(offer_to()).open_link().text

    assert "Is this time for you?" in page
    assert "Eluned" not in page
    assert "Yes, I want this time" not in page


def test_an_offer_says_who_when_and_how_and_asks_one_thing(offer_to: Callable[..., Visitor]) -> None:
    page = in_english(offer_to()).prove().text

    assert "A time is free for you" in page
    assert "Tuesday 8 December" in page
    assert "10am" in page
    assert "By video, from your home" in page
    assert "Clinician Prydderch" in page
    assert "We keep this time for you until 11am on Tuesday 1 December." in page
    assert page.count('name="answer"') == 2


def test_an_offer_is_in_her_language(offer_to: Callable[..., Visitor]) -> None:
    page = offer_to().prove().text

    assert "Mae amser ar gael i chi" in page
    assert "Ydy, rydw i eisiau" in page


def test_yes_makes_it_an_ordinary_visit(
    offer_to: Callable[..., Visitor], stands: Callable[[], tuple[OfferState, AppointmentStatus]]
) -> None:
    visitor = in_english(offer_to())
    visitor.prove()

    page = visitor.press("offer", answer="yes").text

    assert "Thank you. This time is yours." in page
    assert "Your visit is on another day" in page
    assert stands() == (OfferState.ACCEPTED, AppointmentStatus.BOOKED)


def test_a_visit_by_telephone_is_answered_by_the_link_too(offer_to: Callable[..., Visitor]) -> None:
    visitor = in_english(offer_to(mode=Mode.TELEPHONE.value))

    assert "By telephone" in visitor.prove().text
    assert "Your visit is by telephone" in visitor.press("offer", answer="yes").text


def test_no_leaves_her_on_the_list_and_says_so_kindly(
    offer_to: Callable[..., Visitor], stands: Callable[[], tuple[OfferState, AppointmentStatus]]
) -> None:
    visitor = in_english(offer_to())
    visitor.prove()

    page = visitor.press("offer", answer="no").text

    assert "Thank you for telling us" in page
    assert "You keep your place on the waiting list." in page
    assert stands() == (OfferState.DECLINED, AppointmentStatus.CANCELLED)


def test_who_comes_too_late_is_told_without_blame(
    app: Flask, offer_to: Callable[..., Visitor], session: Session, clock: time_machine.Traveller
) -> None:
    visitor = in_english(offer_to())
    visitor.prove()
    clock.shift(timedelta(hours=3))
    offering.go_round(session, Addresses.from_settings(app.config["CARTREF"]))
    session.commit()

    for page in (visitor.press("offer", answer="yes").text, visitor.get().text):
        assert "This time is no longer free" in page
        assert "You did nothing wrong." in page


def test_the_second_answer_changes_nothing(
    offer_to: Callable[..., Visitor], stands: Callable[[], tuple[OfferState, AppointmentStatus]]
) -> None:
    visitor = in_english(offer_to())
    visitor.prove()
    visitor.press("offer", answer="yes")

    assert "Your visit is on another day" in visitor.press("offer", answer="no").text
    assert stands() == (OfferState.ACCEPTED, AppointmentStatus.BOOKED)


def test_an_answer_that_is_none_is_refused(
    offer_to: Callable[..., Visitor], stands: Callable[[], tuple[OfferState, AppointmentStatus]]
) -> None:
    visitor = offer_to()
    visitor.prove()

    assert visitor.press("offer", answer="perhaps").status_code == 422
    assert stands() == (OfferState.OPEN, AppointmentStatus.PENDING)


def test_a_carer_who_arranges_may_answer(
    offer_to: Callable[..., Visitor], stands: Callable[[], tuple[OfferState, AppointmentStatus]]
) -> None:
    visitor = in_english(offer_to(Holder.CARER, arranges=True))

    assert "Does this time suit Eluned?" in visitor.prove().text
    visitor.press("offer", answer="yes")
    assert stands() == (OfferState.ACCEPTED, AppointmentStatus.BOOKED)


def test_any_other_carer_is_told_who_decides(
    offer_to: Callable[..., Visitor], stands: Callable[[], tuple[OfferState, AppointmentStatus]]
) -> None:
    visitor = in_english(offer_to(Holder.CARER))

    page = visitor.prove().text

    assert "Eluned decides about this time" in page
    assert 'name="answer"' not in page
    assert visitor.press("offer", answer="yes").status_code == 403
    assert stands() == (OfferState.OPEN, AppointmentStatus.PENDING)


def test_an_offer_lets_nobody_into_the_waiting_room(offer_to: Callable[..., Visitor]) -> None:
    visitor = offer_to()
    visitor.prove()

    assert visitor.get("/room").status_code == 303
    assert visitor.post("ticket").status_code == 409
