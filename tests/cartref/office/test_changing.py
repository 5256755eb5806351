"""Two people change one thing, moving with a time chosen beforehand, and undoing a cancellation."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments.models import Appointment, AppointmentStatus, Mode
from cartref.patients.models import Patient
from tests.cartref.office.booking import book, look, now, slots
from tests.factories import World

SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def today() -> Any:
    """Let it be Monday 23 November 2026."""
    with time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=UTC)) as traveller:
        yield traveller


@pytest.fixture
def appointment(session: Session, world: World) -> Appointment:
    """Return a video visit at home."""
    return book(session, world, slot=4, mode=Mode.VIDEO_HOME)


def text_of(clerk: FlaskClient, path: str) -> str:
    """Return the text of a page."""
    return unescape(clerk.get(path, follow_redirects=True).text)


def seen(appointment: Appointment) -> dict[str, str]:
    """Return what a page carried that was opened now."""
    return {"version": str(appointment.version), "seen": appointment.starts_at.isoformat()}


# ---- Moving


def test_a_time_chosen_beforehand_is_asked_about_before_anything_moves(
    sign_in: SignIn, session: Session, world: World, appointment: Appointment
) -> None:
    clerk, slot = sign_in("admin"), slots(session, world.clinic_session)[8]

    page = text_of(clerk, f"/appointments/{appointment.id}/move?slot_id={slot.id}")

    assert "Move to this time?" in page
    assert "Tuesday 8 December 2026, 11:40am" in page
    assert f'name="slot_id" value="{slot.id}"' in page
    assert now(session, appointment).starts_at == datetime(2026, 12, 8, 10, 20, tzinfo=UTC)
    assert clerk.get(f"/appointments/{appointment.id}/move?slot_id=nothing").status_code == 404


def test_whoever_moves_second_sees_both_and_may_still_have_her_way(
    sign_in: SignIn, session: Session, world: World, appointment: Appointment
) -> None:
    first, second = sign_in("admin"), sign_in("admin")
    path, page_seen = f"/appointments/{appointment.id}/move", seen(appointment)
    one, other = slots(session, world.clinic_session)[7:9]

    first.post(path, data=page_seen | {"slot_id": one.id})
    late = unescape(second.post(path, data=page_seen | {"slot_id": other.id}).text)
    version = now(session, appointment).version
    again = second.post(path, data={"version": str(version), "slot_id": other.id})

    assert "Saved meanwhile by Admin Prydderch, 10am" in late
    assert "You chose: Tuesday 8 December 2026, 11:40am" in late
    assert "Now: Tuesday 8 December 2026, 11:20am" in late
    assert "Move to the time that you chose" in late
    assert f'name="version" value="{version}"' in late
    assert again.status_code == 303
    assert now(session, appointment).starts_at == other.starts_at


def test_whoever_cancels_second_keeps_her_reason(
    sign_in: SignIn, session: Session, world: World, appointment: Appointment
) -> None:
    first, second = sign_in("admin"), sign_in("admin")
    page_seen = seen(appointment)
    slot = slots(session, world.clinic_session)[7]

    first.post(f"/appointments/{appointment.id}/move", data=page_seen | {"slot_id": slot.id})
    late = second.post(
        f"/appointments/{appointment.id}/cancel", data=page_seen | {"reason": "patient-unwell"}
    ).text  # fmt: skip

    assert "Saved meanwhile by Admin Prydderch, 10am" in late
    assert "Your reason is kept below." in late
    assert 'value="patient-unwell" checked' in " ".join(late.split())


def test_what_was_cancelled_meanwhile_can_not_be_moved_and_is_said_to_be(
    sign_in: SignIn, session: Session, world: World, appointment: Appointment
) -> None:
    first, second = sign_in("admin"), sign_in("admin")
    page_seen, slot = seen(appointment), slots(session, world.clinic_session)[7]

    first.post(f"/appointments/{appointment.id}/cancel", data=page_seen | {"reason": "not-wanted"})
    late = second.post(f"/appointments/{appointment.id}/move", data=page_seen | {"slot_id": slot.id})

    assert late.status_code == 422
    assert "Cancelled" in late.text
    assert "Move to the time that you chose" not in late.text


# ---- A patient's details


class Fields(HTMLParser):
    """The fields of a page with what they hold, ticked or typed."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a field that would be sent."""
        given = dict(attrs)
        name, kind = given.get("name") or "", given.get("type")
        if tag == "input" and name and (kind not in {"radio", "checkbox"} or "checked" in given):
            self.found[name] = given.get("value") or ""
        self.area = name if tag == "textarea" else self.area

    def handle_data(self, data: str) -> None:
        """Keep what stands in a text area."""
        if self.area:
            self.found[self.area] = data.strip()

    def handle_endtag(self, tag: str) -> None:
        """Leave a text area."""
        self.area = "" if tag == "textarea" else self.area


def details(clerk: FlaskClient, patient: Patient) -> dict[str, str]:
    """Return the details of a patient as the form shows them, with what it carries along."""
    fields = Fields()
    fields.feed(clerk.get(f"/patients/{patient.id}/edit").text)
    return {"trace_status": patient.trace_status.value, "frailty_level": ""} | {
        name: value for name, value in fields.found.items() if name not in {"q", "csrf_token"}
    }  # fmt: skip


def test_what_she_had_not_touched_is_taken_over_and_what_both_changed_is_hers_to_choose(
    sign_in: SignIn, session: Session, world: World
) -> None:
    first, second, patient = sign_in("admin"), sign_in("admin"), world.patients[0]
    path = f"/patients/{patient.id}/edit"
    hers = details(second, patient)

    first.post(path, data=details(first, patient) | {"telephone": "01632 960111", "gp_practice": "Meddygfa Heli"})
    late = second.post(path, data=hers | {"gp_practice": "Meddygfa Bryn", "postcode": "LL99 1AA"})

    page = unescape(late.text)
    assert late.status_code == 422
    assert "Saved meanwhile by Admin Prydderch, 10am" in page
    assert "This is taken over." in page
    assert 'value="01632 960111"' in page
    assert 'name="keep-gp_practice"' in page
    assert 'name="keep-telephone"' not in page
    assert 'value="Meddygfa Bryn"' in page
    assert 'value="LL99 1AA"' in page


@pytest.mark.parametrize(("choice", "surgery"), [("typed", "Meddygfa Bryn"), ("saved", "Meddygfa Heli")])
def test_her_choice_is_saved_and_nothing_of_the_others_is_lost(
    sign_in: SignIn, session: Session, world: World, choice: str, surgery: str
) -> None:
    first, second, patient = sign_in("admin"), sign_in("admin"), world.patients[0]
    path = f"/patients/{patient.id}/edit"
    hers = details(second, patient) | {"gp_practice": "Meddygfa Bryn", "postcode": "LL99 1AA"}
    first.post(path, data=details(first, patient) | {"telephone": "01632 960111", "gp_practice": "Meddygfa Heli"})
    second.post(path, data=hers)

    again = hers | {
        "telephone": "01632 960111", "version": str(now(session, patient).version), "keep-gp_practice": choice,
    }  # fmt: skip
    answer = second.post(path, data=again)

    (saved,) = look(session, select(Patient).where(Patient.id == patient.id))
    assert answer.status_code == 303
    assert (saved.gp_practice, saved.postcode) == (surgery, "LL99 1AA")
    assert saved.telephone.endswith("960111")


def test_a_date_and_a_tick_can_be_chosen_from_what_is_saved(sign_in: SignIn, session: Session, world: World) -> None:
    first, second, patient = sign_in("admin"), sign_in("admin"), world.patients[0]
    path = f"/patients/{patient.id}/edit"
    hers = details(second, patient) | {"born_on-day": "15"}
    hers.pop("email_consent")
    first.post(path, data=details(first, patient) | {"born_on-day": "16", "do_not_contact": "y"})

    version = str(now(session, patient).version)
    second.post(
        path,
        data=hers | {"version": version, "keep-born_on": "saved", "keep-email_consent": "saved", "keep-x": "saved"},
    )

    (saved,) = look(session, select(Patient).where(Patient.id == patient.id))
    assert saved.born_on.day == 16
    assert saved.email_consent


@pytest.mark.parametrize("marks", ["", "rubbish", "[1]", "{}"])
def test_a_page_that_does_not_say_what_was_seen_asks_about_every_difference(
    sign_in: SignIn, session: Session, world: World, marks: str
) -> None:
    first, second, patient = sign_in("admin"), sign_in("admin"), world.patients[0]
    path = f"/patients/{patient.id}/edit"
    hers = details(second, patient) | {"seen": marks}
    first.post(path, data=details(first, patient) | {"telephone": "01632 960111"})

    late = second.post(path, data=hers)

    assert late.status_code == 422
    assert 'name="keep-telephone"' in late.text


# ---- Undoing a cancellation


def cancel(clerk: FlaskClient, appointment: Appointment) -> str:
    """Cancel the appointment and return the address it leads to."""
    answer = clerk.post(
        f"/appointments/{appointment.id}/cancel", data=seen(appointment) | {"reason": "booked-in-error"}
    )
    return str(answer.location)


def test_a_cancellation_is_undone_from_its_page(sign_in: SignIn, session: Session, appointment: Appointment) -> None:
    clerk = sign_in("admin")

    page = text_of(clerk, cancel(clerk, appointment))
    answer = clerk.post(
        f"/appointments/{appointment.id}/restore", data={"version": str(now(session, appointment).version)}
    )

    assert f'<a href="/appointments/{appointment.id}#undo">Undo the cancellation</a>' in page
    assert 'id="undo"' in page
    assert answer.status_code == 303
    after = text_of(clerk, answer.location)
    assert "The appointment is booked again, with the same links. Now tell the patient." in after
    assert 'id="undo"' not in after
    assert now(session, appointment).status is AppointmentStatus.BOOKED


def test_when_the_time_is_taken_the_page_says_so(
    sign_in: SignIn, session: Session, world: World, appointment: Appointment
) -> None:
    clerk = sign_in("admin")
    cancel(clerk, appointment)
    book(session, world, slot=4, patient=1)

    answer = clerk.post(
        f"/appointments/{appointment.id}/restore", data={"version": str(now(session, appointment).version)}
    )

    assert "Somebody else has just taken that time. Choose another one." in text_of(clerk, answer.location)
    assert now(session, appointment).status is AppointmentStatus.CANCELLED


def test_an_old_page_undoes_nothing(sign_in: SignIn, session: Session, appointment: Appointment) -> None:
    clerk = sign_in("admin")
    cancel(clerk, appointment)

    answer = clerk.post(f"/appointments/{appointment.id}/restore", data={"version": "1"})

    assert "Somebody else has changed this since you opened it." in text_of(clerk, answer.location)
    assert now(session, appointment).status is AppointmentStatus.CANCELLED


def test_after_a_day_there_is_no_button(
    sign_in: SignIn, session: Session, appointment: Appointment, today: time_machine.Traveller
) -> None:
    cancel(sign_in("admin"), appointment)
    today.shift(timedelta(days=1))

    assert 'id="undo"' not in text_of(sign_in("admin"), f"/appointments/{appointment.id}")


# ---- What an appointment's page says


def test_a_page_says_why_another_way_than_the_suggested_was_chosen(
    sign_in: SignIn, session: Session, world: World
) -> None:
    found = book(
        session, world, mode_suggested="video-site", mode_reason="She has no nurse to drive her",
    )  # fmt: skip

    page = text_of(sign_in("admin"), f"/appointments/{found.id}")

    assert "Why another way" in page
    assert "She has no nurse to drive her" in page


def test_a_page_says_until_when_a_time_is_held(sign_in: SignIn, session: Session, world: World) -> None:
    found = book(session, world, held_until=datetime(2026, 11, 23, 10, 20, tzinfo=UTC))
    clerk = sign_in("admin")

    assert "Held for an answer until" in text_of(clerk, f"/appointments/{found.id}")
    for path in ("/day?date=2026-12-08", f"/sessions/{world.clinic_session.id}"):
        assert "Held until: 10:20am. Nobody has been told." in text_of(clerk, path)
