"""Who is still to come hears that the clinic is late; whom nobody reached, whom to ring."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments import messages as appointment_messages
from cartref.appointments.messages import LATE, MISSED
from cartref.appointments.models import Appointment
from cartref.consultations import service
from cartref.consultations.codes import Ending, Outcome
from cartref.consultations.models import Encounter
from cartref.notifications.models import Call, Notice, NoticeState
from tests.cartref.consultations.conftest import ADDRESSES, OPENS, Reporter
from tests.factories import World

Book = Callable[..., Appointment]


def notices(session: Session, kind: str, state: NoticeState = NoticeState.PENDING) -> list[Notice]:
    session.expire_all()
    return list(session.scalars(select(Notice).where(Notice.kind == kind, Notice.state == state)))


def be_late(session: Session, world: World, minutes: int) -> None:
    service.late(session, world.actor("clinician"), world.clinic_session.id, minutes)
    session.commit()


def test_who_is_still_to_come_is_told_and_who_waits_reads_it_on_the_screen(
    session: Session, world: World, book: Book, signalling: Reporter
) -> None:
    here, to_come = book(1), book(2)
    signalling.happen("participant.waiting", signalling.seat(here))

    be_late(session, world, 20)

    (notice,) = notices(session, LATE)
    assert (notice.subject_id, notice.recipient_id) == (to_come.id, world.patients[2].id)
    message = appointment_messages.RENDERERS[LATE](session, ADDRESSES, notice)
    assert message is not None
    assert "The clinic is about 20 minutes late." in message.text
    assert "We expect to see you between 10am and 10:15am." in message.text


def test_a_carer_elsewhere_is_told_although_her_mother_waits(
    session: Session, world: World, book: Book, signalling: Reporter
) -> None:
    appointment = book(0)
    signalling.happen("participant.waiting", signalling.seat(appointment))

    be_late(session, world, 20)

    assert [notice.recipient_id for notice in notices(session, LATE)] == [world.carer.id]


def test_each_ten_minutes_are_told_once_and_only_the_latest_is_sent(session: Session, world: World, book: Book) -> None:
    book(1)
    be_late(session, world, 15)
    (first,) = notices(session, LATE)
    first.state = NoticeState.SENT
    session.commit()

    be_late(session, world, 18)
    assert notices(session, LATE) == []
    be_late(session, world, 30)
    be_late(session, world, 45)

    assert len(notices(session, LATE)) == 1
    assert len(notices(session, LATE, NoticeState.WITHDRAWN)) == 1


def test_on_time_again_nobody_is_told_that_it_is_late(session: Session, world: World, book: Book) -> None:
    book(1)
    be_late(session, world, 30)

    be_late(session, world, 0)

    assert notices(session, LATE) == []


def test_less_than_ten_minutes_are_no_news(session: Session, world: World, book: Book) -> None:
    book(1)

    be_late(session, world, 5)

    assert notices(session, LATE) == []


def test_who_was_due_long_ago_is_not_told(
    session: Session, world: World, book: Book, at_the_clinic: time_machine.Traveller
) -> None:
    book(1)
    at_the_clinic.move_to(OPENS + timedelta(hours=2))

    be_late(session, world, 30)

    assert notices(session, LATE) == []


def test_whom_no_message_reaches_somebody_rings_about_it(session: Session, world: World, book: Book) -> None:
    appointment = book(1)
    world.patients[1].email = ""
    session.commit()

    be_late(session, world, 30)

    assert [line.subject_id for line in session.scalars(select(Call).where(Call.kind == LATE))] == [appointment.id]


@pytest.mark.parametrize("ending", [Ending.COULD_NOT_CONNECT, Ending.DID_NOT_ATTEND])
def test_whom_nobody_reached_reads_whom_to_ring(
    session: Session, world: World, book: Book, signalling: Reporter, ending: Ending
) -> None:
    finish(session, world, book(1), signalling, ending)

    (notice,) = notices(session, MISSED)
    message = appointment_messages.RENDERERS[MISSED](session, ADDRESSES, notice)
    assert message is not None
    assert "We could not reach you for your appointment on Tuesday 8 December 2026 at 9:20am." in message.text
    assert "01632 960123" in message.text


def test_an_outcome_put_right_takes_it_back_before_it_goes(
    session: Session, world: World, book: Book, signalling: Reporter
) -> None:
    appointment = book(1)
    encounter = finish(session, world, appointment, signalling, Ending.COULD_NOT_CONNECT)

    again(session, world, encounter, Ending.SEEN)

    assert notices(session, MISSED) == []


def finish(session: Session, world: World, appointment: Appointment, signalling: Reporter, ending: Ending) -> str:
    encounter = signalling.seat(appointment).encounter.id
    again(session, world, encounter, ending)
    return encounter


def again(session: Session, world: World, encounter: str, ending: Ending) -> None:
    given: dict[str, Any] = {"attendance": "5"} if ending is Ending.SEEN else {"attendance": None}
    service.finish(
        session, world.actor("clinician"), encounter, ending=ending, outcome=Outcome.CLOCK_GOES_ON, correct=True,
        failed_seen=tried(session, encounter), **given,
    )  # fmt: skip
    session.commit()


def tried(session: Session, encounter: str) -> list[str]:
    """Return the keys of every failed try, for a clinician who has seen them all."""
    return [attempt.key for attempt in service.failed_attempts(session, session.get_one(Encounter, encounter))]
