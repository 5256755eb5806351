"""The words of notices: changed, tried out, refused with what was typed kept, and given back."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments.messages import RENDERERS, send_confirmation
from cartref.appointments.messages.words import own
from cartref.audit.models import AuditEntry
from cartref.notifications.models import NoticeTemplate
from tests.cartref.office.booking import ADDRESSES, book
from tests.factories import World

SignIn = Callable[..., FlaskClient]
KIND = "appointment.confirmation"
PAGE = f"/messages/wording/{KIND}/en"
BODY = "Hello ((name))\n\n((meeting))\n\nOpen this:\n((link))\n\nRing ((phone))"


def typed(**values: str) -> dict[str, str]:
    words = own(KIND, "en")
    return {"subject": words.subject, "body": words.body, "short": words.short, "version": "0"} | values


def kept(session: Session) -> list[NoticeTemplate]:
    session.rollback()
    return list(session.scalars(select(NoticeTemplate)))


def test_every_notice_is_listed_with_both_languages(sign_in: SignIn) -> None:
    page = sign_in("admin").get("/messages/wording").text

    assert page.count("Cartref's words") == 30
    assert "Reminder, to a carer" in page


def test_the_page_shows_the_words_in_use_and_both_languages_beside_them(sign_in: SignIn) -> None:
    page = sign_in("admin").get(PAGE).text

    assert "((arranged))" in page
    assert "We have arranged a video appointment for you." in page
    assert "Rydyn ni wedi trefnu apwyntiad fideo i chi." in page


def test_words_that_are_saved_are_the_words_that_go_out(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")
    world.patients[0].language = "en"
    session.commit()

    answer = clerk.post(PAGE, data=typed(body=BODY, subject="Visit ((about)) <b>"))

    assert answer.status_code == 303
    notice = send_confirmation(session, world.actor("admin"), book(session, world).id)[0]
    message = RENDERERS[KIND](session, ADDRESSES, notice)
    assert message is not None
    assert message.text.startswith("Hello Mrs Parry\n\nClinician Prydderch will ring you on")
    assert message.html is not None
    assert "&lt;b&gt;" in message.html
    session.rollback()
    assert "wording.changed" in set(session.scalars(select(AuditEntry.action)))


def test_words_of_one_language_leave_the_other_alone(sign_in: SignIn, session: Session, world: World) -> None:
    sign_in("admin").post(PAGE, data=typed(body=BODY))

    notice = send_confirmation(session, world.actor("admin"), book(session, world).id)[0]
    message = RENDERERS[KIND](session, ADDRESSES, notice)

    assert message is not None
    assert message.text.startswith("Annwyl Mrs Parry")
    session.rollback()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"body": BODY.replace("((phone))", "us")}, "One of these must be in it: ((phone))"),
        ({"body": BODY + " ((colour))"}, "There is no such placeholder: ((colour)). Take one from the list."),
        ({"body": BODY + " ((phone"}, "A placeholder has two brackets before its name and two after it"),
        ({"body": ""}, "Enter some words"),
        ({"subject": ""}, "Enter some words"),
        ({"body": BODY.replace("\n\nOpen", " Open")}, "Give this a paragraph or line of its own"),
        ({"short": "((appointment))\n((link))\n((phone)) " + "ŵ" * 120}, "This is longer than two text messages."),
    ],
)
def test_words_that_could_break_a_message_are_refused_and_kept_on_the_page(
    sign_in: SignIn, session: Session, change: dict[str, str], said: str
) -> None:
    answer = sign_in("admin").post(PAGE, data=typed(subject="My own subject") | change)

    assert answer.status_code == 422
    assert said in answer.text
    assert change.get("subject", "My own subject") in answer.text
    assert kept(session) == []


@pytest.mark.parametrize("name", ["when", "until", "link", "phone"])
def test_an_offer_that_would_leave_out_what_must_be_known_is_refused(sign_in: SignIn, name: str) -> None:
    words = own("appointment.offer", "en")
    data = {"subject": words.subject, "body": words.body.replace(f"(({name}))", "it"), "short": words.short}

    answer = sign_in("admin").post("/messages/wording/appointment.offer/en", data=data | {"version": "0"})

    assert answer.status_code == 422
    assert f"One of these must be in it: (({name}))" in answer.text


def test_an_offer_is_shown_as_it_would_be_read_in_both_languages(sign_in: SignIn) -> None:
    page = sign_in("admin").get("/messages/wording/appointment.offer/cy").text

    assert "Mae amser ar gael i chi ddydd Mawrth 8 Rhagfyr" in page
    assert "A time is free for you on Tuesday 8 December" in page
    assert "until 3:20pm on Tuesday 1 December" in page


def test_a_preview_keeps_nothing(sign_in: SignIn, session: Session) -> None:
    answer = sign_in("admin").post(PAGE, data=typed(body=BODY, preview="1"))

    assert answer.status_code == 200
    assert "Hello Mrs Parry" in answer.text
    assert "Annwyl Mrs Parry" in answer.text
    assert kept(session) == []


def test_two_who_change_the_same_words_see_each_other(sign_in: SignIn, session: Session) -> None:
    clerk = sign_in("admin")
    clerk.post(PAGE, data=typed(subject="The first"))

    second = clerk.post(PAGE, data=typed(subject="The second"))
    third = clerk.post(PAGE, data=typed(subject="The second", version="1"))

    assert second.status_code == 422
    assert "The first" in second.text
    assert "The second" in second.text
    assert 'value="1"' in second.text
    assert third.status_code == 303
    assert [row.subject for row in kept(session)] == ["The second"]


def test_cartrefs_own_words_can_be_had_again(sign_in: SignIn, session: Session) -> None:
    clerk = sign_in("admin")
    clerk.post(PAGE, data=typed(subject="Ours"))
    offered = clerk.get(PAGE).text

    answer = clerk.post(f"{PAGE}/reset", follow_redirects=True)

    assert "Use Cartref's words again" in offered
    assert "Cartref&#39;s own words are used again." in answer.text
    assert kept(session) == []


def test_a_service_has_words_of_its_own(sign_in: SignIn, session: Session) -> None:
    sign_in("admin").post(PAGE, data=typed(subject="Ours alone"))

    assert "Ours alone" not in sign_in("other_admin").get(PAGE).text
    assert len(kept(session)) == 1


@pytest.mark.parametrize("path", ["appointment.nothing/en", f"{KIND}/fr", "visit.unseen/en"])
def test_there_are_no_other_notices_and_no_other_languages(sign_in: SignIn, path: str) -> None:
    assert sign_in("admin").get(f"/messages/wording/{path}").status_code == 404


def test_nobody_but_the_office_changes_words(sign_in: SignIn) -> None:
    assert sign_in("clinician").get(PAGE).status_code == 403


def test_the_pages_ask_the_database_as_often_as_they_must(sign_in: SignIn, count_queries: Callable[[], Any]) -> None:
    clerk = sign_in("admin")

    with count_queries() as listed:
        clerk.get("/messages/wording")
    with count_queries() as shown:
        clerk.get(PAGE)

    assert listed.count <= 8
    assert shown.count <= 10
