"""The ready check, days before: its page, what is kept of it, help by one press, and what other pages then say."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from cartref.appointments.models import Mode
from cartref.consultations.models import Readiness, ReadyCheck
from tests.cartref.visits.conftest import STARTS_AT, Desk, Visitor

WELL: dict[str, Any] = {
    "camera": "works", "microphone": "works", "speaker": "yes", "line": {"udp": True, "rtt": 40}, "reasons": [],
    "notes": [],
}  # fmt: skip
THREE_DAYS = timedelta(days=3)


@pytest.fixture
def days_before(clock: time_machine.Traveller, patient: Visitor) -> time_machine.Traveller:
    """Let it be three days before the visit, for a patient who reads English."""
    clock.move_to(STARTS_AT - THREE_DAYS)
    patient.browser.get("/contact?lang=en")
    return clock


def checks(desk: Desk) -> list[ReadyCheck]:
    with desk() as session:
        query = select(ReadyCheck).order_by(ReadyCheck.checked_at, ReadyCheck.id)
        found = list(session.scalars(query.execution_options(populate_existing=True)))
        session.expunge_all()  # what is looked at later opens no transaction in the way of a browser's
    return found


def check(visitor: Visitor, told: dict[str, Any] | None = None, **more: str) -> Any:
    return visitor.post("check", parts=json.dumps(WELL | (told or {})), **more)


@pytest.mark.usefixtures("days_before")
def test_the_page_offers_the_check_days_before_and_looking_keeps_nothing(patient: Visitor, desk: Desk) -> None:
    welcome = patient.prove().text
    page = patient.get("/check")

    assert f'/visit/{patient.visit_id}/check"' in welcome
    assert "Check your camera and sound" in page.text
    assert "data-begin" in page.text
    assert "cartref_device" not in page.headers.get("Set-Cookie", "")
    assert checks(desk) == []


@pytest.mark.usefixtures("days_before")
def test_before_the_room_opens_its_page_leads_to_the_check(patient: Visitor) -> None:
    patient.prove()

    answer = patient.get("/room")

    assert (answer.status_code, answer.location) == (303, f"/visit/{patient.visit_id}/check")


@pytest.mark.usefixtures("days_before")
def test_what_it_came_to_is_kept_and_said_back_in_plain_words(patient: Visitor, desk: Desk) -> None:
    patient.prove()

    answer = check(patient, {"reasons": ["slow-up"]})

    assert answer.json == {
        "result": "slow", "title": "You are ready", "asked": False,
        "parts": [
            {"state": "yes", "text": "Your camera works."},
            {"state": "yes", "text": "We can hear you."},
            {"state": "yes", "text": "You can hear us."},
            {"state": "yes", "text": "Your line is slow: we will use sound first."},
        ],
    }  # fmt: skip
    [kept] = checks(desk)
    assert (kept.result, kept.holder, kept.for_patient) == (Readiness.SLOW, "patient", True)


@pytest.mark.usefixtures("days_before")
def test_it_is_kept_for_this_device_and_no_question_is_asked_twice(patient: Visitor, desk: Desk) -> None:
    patient.prove()
    check(patient)
    check(patient)

    first, second = checks(desk)
    assert first.device == second.device
    assert "You are ready" in patient.get().text
    assert "You checked this on Saturday 5 December." in patient.get("/check").text


@pytest.mark.usefixtures("days_before")
def test_a_carer_says_for_whom_the_device_is(carer: Visitor, desk: Desk) -> None:
    carer.prove()
    assert 'data-begin="mine"' in carer.get("/check").text

    check(carer, whose="mine")
    check(carer, whose="hers")

    assert {kept.for_patient for kept in checks(desk)} == {False, True}


@pytest.mark.usefixtures("days_before")
def test_a_patient_is_not_asked_for_whom_and_cannot_say_so(patient: Visitor, desk: Desk) -> None:
    patient.prove()
    assert 'data-begin="mine"' not in patient.get("/check").text

    check(patient, whose="mine")

    assert [kept.for_patient for kept in checks(desk)] == [True]


@pytest.mark.usefixtures("days_before")
def test_help_is_asked_for_by_one_press_with_what_was_found_so_far(patient: Visitor, desk: Desk) -> None:
    patient.prove()

    answer = check(patient, {"camera": "denied", "line": None}, help="1")

    assert answer.json["result"] == "needs-help"
    [kept] = checks(desk)
    assert kept.asked_help_at is not None
    assert kept.parts["reasons"] == ["camera-denied", "line-skipped"]


@pytest.mark.usefixtures("days_before")
def test_a_browser_without_scripts_may_ask_for_help(patient: Visitor, desk: Desk) -> None:
    patient.prove()

    page = patient.press("check/help")

    assert "The clinic knows. We will telephone you to help." in page.text
    assert "The clinic will telephone you to help" in page.text
    assert [kept.asked_help_at is not None for kept in checks(desk)] == [True]


@pytest.mark.usefixtures("days_before")
@pytest.mark.parametrize("parts", ["", "{}", "x" * 5_000, json.dumps(WELL | {"camera": "perfect"})])
def test_what_is_no_check_is_refused_in_words(patient: Visitor, desk: Desk, parts: str) -> None:
    patient.prove()

    answer = patient.post("check", parts=parts)

    assert answer.status_code == 422
    assert (answer.json or {})["code"] == "ready-check.unreadable"
    assert checks(desk) == []


@pytest.mark.usefixtures("days_before")
def test_without_the_birth_date_nothing_is_shown_or_kept(patient: Visitor, desk: Desk) -> None:
    patient.open_link()

    assert patient.get("/check").status_code == 303
    assert check(patient).status_code == 403
    assert patient.post("check/help").status_code == 403
    assert checks(desk) == []


@pytest.mark.usefixtures("days_before")
def test_a_visit_by_telephone_takes_no_check(patient: Visitor, change: Callable[..., None], desk: Desk) -> None:
    patient.prove()
    change(mode=Mode.TELEPHONE)

    assert patient.get("/check").status_code == 303
    assert check(patient).status_code == 409
    assert checks(desk) == []


@pytest.mark.usefixtures("days_before")
@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1", "iphone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Safari/537.36", "android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36", "windows"),
    ],
)
def test_every_way_out_is_drawn_for_the_device_at_hand_first(patient: Visitor, agent: str, device: str) -> None:
    patient.prove()

    page = patient.browser.get(f"/visit/{patient.visit_id}/check", headers={"User-Agent": agent}).text

    for problem in (
        "denied",
        "missing",
        "busy",
        "dark",
        "silent",
        "quiet",
        "loud",
        "line",
        "InAppBrowser",
        "OldBrowser",
    ):
        words = page.partition(f'<template data-problem="{problem}"')[2].partition("</template>")[0]
        assert f'<div data-way="{device}">' in words, problem
        assert words.count("data-way=") == 5, problem
        assert words.count(" hidden>") >= 4, problem
