"""What an offer says, in either language and by each way; and that it says nothing once it is over."""

from typing import Any

import pytest
from sqlalchemy import select

from cartref.appointments.messages import rewording
from cartref.appointments.messages.kinds import OFFER
from cartref.appointments.messages.values import OFFERED
from cartref.appointments.models import Mode
from cartref.appointments.vacancies.messages import RENDERERS
from cartref.notifications.message import Message
from cartref.notifications.models import Notice
from cartref.notifications.text_messages import size
from cartref.notifications.wording import Wording
from tests.cartref.appointments.conftest import ADDRESSES
from tests.cartref.appointments.vacancies.conftest import Line

BY_TEXT = {"email_consent": False, "text_consent": True, "mobile": "07700 900123"}


def told(line: Line, patient: int = 1, details: dict[str, Any] | None = None, **wishes: Any) -> Message | None:
    """Offer a freed time to the nth patient, and return the message to her."""
    for name, value in (details or {}).items():
        setattr(line.world.patients[patient], name, value)
    if wishes:
        line.wishes(patient, **wishes)
    line.waits(patient)
    line.freed(3, patient=2)
    line.round()
    return rendered(line)


def rendered(line: Line) -> Message | None:
    notice = line.session.scalars(select(Notice).where(Notice.kind == OFFER)).one()
    return RENDERERS[OFFER](line.session, ADDRESSES, notice)


def test_an_offer_says_when_how_and_until_when(line: Line) -> None:
    message = told(line)

    assert message is not None
    assert message.to == "eluned@example.org"
    assert message.subject == "A time is free for you on Tuesday 8 December"
    assert "A time is free for you on Tuesday 8 December 2026 at 10am." in message.text
    assert "It is by video from your home, with Clinician Prydderch." in message.text
    assert "until 11:05am on Tuesday 1 December" in message.text
    assert "https://clinic.example.org/v/" in message.text


def test_who_reads_welsh_is_asked_in_welsh(line: Line) -> None:
    message = told(line, 3)

    assert message is not None
    assert "amser" in message.subject
    assert "ddydd Mawrth 8 Rhagfyr" in message.text
    assert "A time is free" not in message.text


def test_who_wants_both_languages_gets_both(line: Line) -> None:
    message = told(line, 3, bilingual=True)

    assert message is not None
    assert [part.language for part in message.parts] == ["cy", "en"]


@pytest.mark.parametrize(("patient", "language"), [(1, "en"), (3, "cy")])
def test_a_text_message_fits_into_two_parts(line: Line, patient: int, language: str) -> None:
    message = told(line, patient, BY_TEXT)

    assert message is not None
    assert (message.to, message.html) == ("07700 900123", None)
    assert size(message.text).parts <= 2


def test_a_visit_at_a_place_says_where(line: Line) -> None:
    line.waits(1)
    line.freed(3, patient=2, **line.desk.at_site())
    line.round()

    message = rendered(line)
    assert message is not None
    assert "Place: Ysbyty Bryn Heli" in message.text
    assert "Somebody will be beside you." in message.text


def test_a_service_asks_in_its_own_words(line: Line) -> None:
    words = Wording(
        "Would ((on_date)) suit you?", "Hello ((name))\n\nFree ((when))\n\n((link))\n\nBy ((until)), or ((phone))",
        "Free ((when)) ((link)) by ((until)) ((phone))",
    )  # fmt: skip
    rewording.change(line.session, line.world.actor("admin"), OFFER, "en", words, version=0)

    message = told(line)

    assert message is not None
    assert message.subject == "Would on Tuesday 8 December suit you?"
    assert "Free on Tuesday 8 December 2026 at 10am" in message.text
    assert "By 11:05am on Tuesday 1 December, or 01632" in message.text


def test_an_offer_to_be_rung_for_still_has_its_link(line: Line) -> None:
    line.wishes(1, mode=Mode.TELEPHONE)

    message = told(line)

    assert message is not None
    assert "It is by phone: Clinician Prydderch would ring you." in message.text
    assert "https://clinic.example.org/v/" in message.text


def test_an_offer_that_is_over_is_not_sent(line: Line) -> None:
    told(line)
    line.no(line.offers()[0])

    assert rendered(line) is None


def test_an_offer_is_not_sent_by_a_way_that_she_no_longer_wants(line: Line) -> None:
    told(line)
    line.world.patients[1].email_consent = False

    assert rendered(line) is None


def test_every_way_of_being_seen_has_words() -> None:
    assert set(OFFERED) == set(Mode)
