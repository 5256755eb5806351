"""Who is sent no invitation, and no withdrawal of one either."""

from collections.abc import Callable
from datetime import date, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from cartref import clock
from cartref.calendars import inviting
from cartref.notifications.delivery import Post
from cartref.patients.models import CareCircle
from tests.cartref.appointments.conftest import Desk
from tests.cartref.calendars.conftest import told, want


@pytest.mark.parametrize(
    "silence",
    [
        lambda world: setattr(world.patients[0], "deceased_on", date(2026, 12, 1)),
        lambda world: setattr(world.patients[0], "do_not_contact", True),
        lambda world: setattr(world.patients[0], "email_consent", False),
    ],
    ids=["a death", "not to be contacted", "no consent to e-mail"],
)
def test_whoever_may_not_be_told_any_more_gets_nothing_at_all(
    desk: Desk, look: Callable[[], list[EmailMessage]], silence: Callable[[Any], None]
) -> None:
    want(desk, "patient")
    appointment = desk.book(0)
    look()

    silence(desk.world)
    assert look() == []
    desk.cancel(appointment)
    assert look() == []


def test_no_message_goes_out_about_somebody_who_died_after_it_was_written(
    desk: Desk, post: Post, mail_server: Any
) -> None:
    want(desk, "patient", "carer")
    desk.book(0)
    inviting.look(desk.session)
    desk.world.patients[0].deceased_on = date(2026, 12, 1)
    desk.session.commit()

    post.deliver_due()

    assert mail_server.messages == []


def test_a_carer_who_is_none_any_more_is_sent_nothing(desk: Desk, look: Callable[[], list[EmailMessage]]) -> None:
    want(desk, "carer")
    desk.book(0)
    look()

    desk.session.scalars(select(CareCircle)).one().ended_at = clock.now()

    assert look() == []


def test_nobody_is_invited_by_her_own_address(desk: Desk, look: Callable[[], list[EmailMessage]]) -> None:
    want(desk, "clinician")
    desk.world.staff["clinician"].email = "Clinic@Example.org"
    desk.book(0)

    assert look() == []


def test_an_early_morning_invitation_waits_for_the_day(
    desk: Desk, look: Callable[[], list[EmailMessage]], today: Any
) -> None:
    want(desk, "clinician", "patient")
    today.move_to(clock.now().replace(hour=3))
    desk.book(0)

    assert told(look()) == [("REQUEST", "clinician@example.org", 0)]
    today.move_to(clock.now().replace(hour=10))
    assert told(look()) == [("REQUEST", "eluned@example.org", 0)]


def test_an_appointment_of_long_ago_is_left_alone(
    desk: Desk, look: Callable[[], list[EmailMessage]], today: Any
) -> None:
    appointment = desk.book(0)
    today.move_to(appointment.ends_at + timedelta(days=1))
    want(desk, "clinician")

    assert look() == []


def test_a_carer_who_is_written_down_with_the_wish_is_invited(
    desk: Desk, look: Callable[[], list[EmailMessage]], sign_in: Callable[[str], FlaskClient]
) -> None:
    desk.book(1, patient=1)
    patient_id = desk.world.patients[1].id
    desk.session.commit()
    typed = {
        "given_name": "Mair", "family_name": "Puw", "relationship_kind": "friend", "email": "mair@example.org",
        "language": "cy", "may_be_told": "y", "wants_invitation": "y", "consented_by": "patient",
        "consented_on-day": "1", "consented_on-month": "12", "consented_on-year": "2026",
    }  # fmt: skip

    assert sign_in("admin").post(f"/patients/{patient_id}/carers/new", data=typed).status_code == 303

    assert told(look()) == [("REQUEST", "mair@example.org", 0)]
