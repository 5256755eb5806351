"""Whoever waits too long is told so, and so is the clinic: once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments.models import Appointment
from cartref.consultations import messages, service, unseen
from cartref.consultations.board.patience import is_unattended
from cartref.links.models import Link
from cartref.notifications.models import Notice
from tests.cartref.consultations.conftest import ADDRESSES, OPENS, Reporter
from tests.factories import World

Book = Callable[..., Appointment]


@pytest.mark.parametrize(
    ("minutes", "board_open", "late_minutes", "unattended"),
    [
        (9, False, 0, False),
        (10, False, 0, True),
        (14, True, 0, False),
        (15, True, 0, True),
        (40, True, 30, False),
        (45, True, 30, True),
        (10, False, 30, True),
    ],
)
def test_patience_is_ten_minutes_or_fifteen_with_the_board_open(
    minutes: int, board_open: bool, late_minutes: int, unattended: bool
) -> None:
    found = is_unattended(
        starts_at=OPENS, here_since=OPENS - timedelta(minutes=20), board_open=board_open, late_minutes=late_minutes,
        now=OPENS + timedelta(minutes=minutes),
    )  # fmt: skip

    assert found is unattended


def test_the_clinic_is_told_once_of_who_waits_unseen(
    session: Session, world: World, book: Book, signalling: Reporter, at_the_clinic: time_machine.Traveller
) -> None:
    appointment = book()
    signalling.happen("participant.waiting", signalling.seat(appointment))
    assert unseen.check(session) == 0
    at_the_clinic.move_to(OPENS + timedelta(minutes=10))

    told = [unseen.check(session), unseen.check(session)]

    assert told == [1, 0]
    notice = session.scalars(select(Notice).where(Notice.kind == unseen.KIND)).one()
    assert (notice.recipient_kind, notice.recipient_id) == ("clinic", world.clinic.id)


def test_who_has_been_let_in_is_not_unseen(
    session: Session, book: Book, signalling: Reporter, at_the_clinic: time_machine.Traveller
) -> None:
    seat = signalling.seat(book())
    signalling.happen("participant.waiting", seat)
    signalling.happen("participant.admitted", seat)
    at_the_clinic.move_to(OPENS + timedelta(minutes=30))

    assert unseen.check(session) == 0


def test_an_open_board_gives_five_more_minutes(
    session: Session, world: World, book: Book, signalling: Reporter, at_the_clinic: time_machine.Traveller
) -> None:
    signalling.happen("participant.waiting", signalling.seat(book()))
    at_the_clinic.move_to(OPENS + timedelta(minutes=12))
    service.watched(session, world.actor("clinician"), world.clinic_session.id)
    assert unseen.check(session) == 0
    at_the_clinic.move_to(OPENS + timedelta(minutes=15))
    service.watched(session, world.actor("clinician"), world.clinic_session.id)

    assert unseen.check(session) == 1


def test_her_own_page_says_so_too(
    session: Session, book: Book, signalling: Reporter, at_the_clinic: time_machine.Traveller
) -> None:
    appointment = book()
    signalling.happen("participant.waiting", signalling.seat(appointment))
    link = session.scalars(select(Link).where(Link.visit_id == appointment.id)).one()
    assert not service.visit_state(session, appointment, link).unattended

    at_the_clinic.move_to(OPENS + timedelta(minutes=10))

    assert service.visit_state(session, appointment, link).unattended


def test_the_message_names_nobody_and_is_in_both_languages(
    session: Session, world: World, book: Book, signalling: Reporter, at_the_clinic: time_machine.Traveller
) -> None:
    appointment = book()
    signalling.happen("participant.waiting", signalling.seat(appointment))
    at_the_clinic.move_to(OPENS + timedelta(minutes=10))
    unseen.check(session)
    notice = session.scalars(select(Notice).where(Notice.kind == unseen.KIND)).one()

    message = messages.RENDERERS[unseen.KIND](session, ADDRESSES, notice)

    assert message is not None
    assert message.to == world.clinic.contact_email
    assert "Somebody waits for the visit at 9am" in message.text
    assert "Mae rhywun yn aros am apwyntiad 9am" in message.text
    assert f"http://clinic.example/board/{world.clinic_session.id}" in message.text
    assert appointment.patient.family_name not in message.subject + message.text
