"""Pages and files of calendars, as staff use them."""

import csv
import io
from collections.abc import Callable
from datetime import UTC
from typing import Any

import pytest
import vobject
from flask.testing import FlaskClient
from sqlalchemy import select

from cartref.accounts.models import Staff
from cartref.audit.models import AuditEntry
from cartref.calendars.models import CalendarFeed
from tests.cartref.appointments.conftest import Desk

SignIn = Callable[[str], FlaskClient]


def test_the_address_of_a_subscription_is_shown_once(desk: Desk, sign_in: SignIn) -> None:
    clinician = sign_in("clinician")
    chosen = f"clinician:{desk.world.staff['clinician'].id}"

    page = clinician.post("/calendars", data={"scope": chosen, "label": "My phone"}).text

    address = page.split('value="http://127.0.0.1:8000')[1].split('"')[0]
    assert clinician.get(address).status_code == 200
    assert address not in clinician.get("/calendars").text
    assert "My phone" in clinician.get("/calendars").text


def test_a_subscription_without_a_name_is_asked_for_again_and_what_was_chosen_is_kept(
    desk: Desk, sign_in: SignIn
) -> None:
    chosen = f"clinic:{desk.world.clinic.id}"
    desk.session.commit()

    answer = sign_in("clinician").post("/calendars", data={"scope": chosen, "label": " "})

    assert answer.status_code == 422
    assert "Enter a name" in answer.text
    assert f'value="{chosen}" selected' in answer.text


def test_ones_own_subscription_is_ended_with_one_button(desk: Desk, sign_in: SignIn) -> None:
    clinician = sign_in("clinician")
    chosen = f"clinician:{desk.world.staff['clinician'].id}"
    desk.session.commit()
    clinician.post("/calendars", data={"scope": chosen, "label": "My phone"})
    feed_id = desk.session.query(CalendarFeed.id).scalar()
    desk.session.rollback()

    assert clinician.post(f"/calendars/{feed_id}/revoke").status_code == 303
    assert "My phone" not in clinician.get("/calendars").text


def test_the_page_speaks_welsh(desk: Desk, sign_in: SignIn) -> None:
    desk.session.commit()
    clinician = sign_in("clinician")
    clinician.get("/calendars?lang=cy")

    page = clinician.get("/calendars").text

    assert "Tanysgrifio i galendr" in page
    assert "Subscribe to a calendar" not in page


def test_a_clinics_calendar_is_read_back_by_another_parser(desk: Desk, sign_in: SignIn) -> None:
    appointment = desk.book(0)
    uid, starts_at, clinic_id = appointment.uid, appointment.starts_at, desk.world.clinic.id
    desk.session.commit()

    answer = sign_in("admin").get(f"/clinics/{clinic_id}/calendar.ics")

    calendar: Any = vobject.readOne(answer.text)
    assert answer.headers["Content-Disposition"] == "attachment; filename=glan-llyn-clinic.ics"
    assert calendar.vevent.uid.value == uid
    assert calendar.vevent.dtstart.value.astimezone(UTC) == starts_at
    assert "Eluned" not in answer.text


def test_another_services_clinic_is_not_exported(desk: Desk, sign_in: SignIn) -> None:
    clinic_id = desk.world.other_clinic.id
    desk.session.commit()

    assert sign_in("admin").get(f"/clinics/{clinic_id}/calendar.ics").status_code == 404


def test_the_day_is_given_as_rows_with_headings(desk: Desk, sign_in: SignIn) -> None:
    desk.book(0)
    desk.book(1, patient=1, **desk.at_site())
    desk.cancel(desk.book(5, patient=2))
    desk.session.commit()

    answer = sign_in("admin").get("/day.csv?date=2026-12-08")

    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["Start time"] for row in rows] == ["9am", "9:20am"]
    assert rows[0]["Patient"] == "Mrs Eluned Parry"
    assert rows[0]["NHS number"] == "999 000 0018"
    assert (rows[1]["Place"], rows[1]["Room"]) == ("Ysbyty Bryn Heli", "Video room 1")
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_headings_are_in_the_readers_language(desk: Desk, sign_in: SignIn) -> None:
    desk.session.commit()
    admin = sign_in("admin")
    admin.get("/calendars?lang=cy")

    first = admin.get("/day.csv?date=2026-12-08").text.removeprefix("\ufeff").split(",")[0]

    assert first == "Amser dechrau"


def test_a_patient_with_the_name_of_a_formula_is_exported_as_words(desk: Desk, sign_in: SignIn) -> None:
    desk.world.patients[0].title, desk.world.patients[0].given_name = "", '=HYPERLINK("https://example.org")'
    desk.book(0)
    desk.session.commit()

    rows = list(csv.reader(io.StringIO(sign_in("admin").get("/day.csv?date=2026-12-08").text)))

    assert rows[1][2].startswith("'=HYPERLINK")


def test_who_was_on_an_exported_day_is_audited_for_each(desk: Desk, sign_in: SignIn) -> None:
    first, second = desk.book(0).id, desk.book(1, patient=1).id
    desk.session.commit()

    sign_in("admin").get("/day.csv?date=2026-12-08")

    entries = desk.session.query(AuditEntry).filter_by(action="appointment.exported").all()
    assert {entry.subject_id for entry in entries} == {first, second}
    assert {entry.patient_id for entry in entries} == {patient.id for patient in desk.world.patients[:2]}


def test_the_day_is_today_unless_said_and_a_real_one(desk: Desk, sign_in: SignIn) -> None:
    desk.session.commit()
    admin = sign_in("admin")

    assert "2026-12-01.csv" in admin.get("/day.csv").headers["Content-Disposition"]
    assert admin.get("/day.csv?date=2026-13-41").status_code == 422


@pytest.mark.parametrize("page", ["/day.csv", "/day.xlsx", "/week.csv", "/week.xlsx", "/day/sheet", "/week/list"])
def test_a_presenter_sees_no_list(desk: Desk, sign_in: SignIn, page: str) -> None:
    desk.session.commit()

    assert sign_in("presenter").get(page).status_code == 403


def test_a_presenter_is_offered_her_own_places(desk: Desk, sign_in: SignIn) -> None:
    spoke, hub, room = desk.world.spoke.id, desk.world.hub.id, desk.world.room.id
    desk.session.commit()

    page = sign_in("presenter").get("/calendars").text

    assert [f'value="site:{spoke}"' in page, f'value="room:{room}"' in page] == [True, True]
    assert f'value="site:{hub}"' not in page
    assert "clinic:" not in page


def test_the_page_says_that_programs_are_slow(desk: Desk, sign_in: SignIn) -> None:
    desk.session.commit()

    assert "A change can take 8 to 24 hours to show." in sign_in("clinician").get("/calendars").text


def test_both_addresses_lead_to_the_same_calendar(desk: Desk, sign_in: SignIn) -> None:
    chosen = f"service:{desk.world.service.id}"
    desk.session.commit()

    page = sign_in("admin").post("/calendars", data={"scope": chosen, "label": "My phone"}).text

    plain, webcal = (page.split(f'value="{scheme}://')[1].split('"')[0] for scheme in ("http", "webcal"))
    assert plain == webcal


def test_invitations_are_chosen_and_stopped_with_one_button(desk: Desk, sign_in: SignIn) -> None:
    clinician_id = desk.world.staff["clinician"].id
    desk.session.commit()
    clinician = sign_in("clinician")

    clinician.post("/calendars/invitations", data={"wanted": "1"})
    assert _wants(desk, clinician_id)
    assert "Stop the invitations" in clinician.get("/calendars").text

    clinician.post("/calendars/invitations")
    assert not _wants(desk, clinician_id)


def _wants(desk: Desk, staff_id: str) -> bool:
    found = bool(desk.session.scalar(select(Staff.wants_invitations).where(Staff.id == staff_id)))
    desk.session.rollback()
    return found
