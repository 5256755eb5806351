"""The pages that the holder of a link sees before, instead of and after the call."""

from collections.abc import Callable
from datetime import UTC, timedelta
from datetime import datetime as moment

import time_machine
from flask import Flask

from cartref.appointments import service as appointments
from cartref.appointments.models import Appointment, AppointmentStatus, Mode
from cartref.appointments.status import CancelReason
from cartref.consultations import service as consultations
from cartref.consultations.codes import Attendance, Ending, Outcome
from cartref.i18n import Language
from cartref.links.addresses import Addresses
from cartref.links.models import Holder
from cartref.patients.models import Carer, Patient
from tests.cartref.visits.conftest import STARTS_AT, WRONG, Booked, Desk, Visitor, book_visit
from tests.factories import World


def finish(desk: Desk, world: World, visit_id: str, ending: Ending = Ending.SEEN) -> None:
    """Save an outcome as the clinician does."""
    attendance = Attendance.ON_TIME if ending is Ending.SEEN else None
    with desk() as session:
        appointment = session.get_one(Appointment, visit_id)
        encounter = consultations.ensure_encounter(session, appointment)
        consultations.finish(
            session, world.actor("clinician"), encounter.id, ending=ending, attendance=attendance,
            outcome=Outcome.CLOCK_GOES_ON,
            failed_seen=[attempt.key for attempt in consultations.failed_attempts(session, encounter)],
        )  # fmt: skip


def test_she_is_told_who_why_and_when(patient: Visitor) -> None:
    page = patient.prove().text

    assert "Good morning, Eluned" in page or "Bore da, Eluned" in page
    for said in ("Clinician Prydderch", "9:20am"):
        assert said in page
    assert f'href="/visit/{patient.visit_id}/room"' in page


def test_a_welsh_speaker_is_asked_and_greeted_in_welsh(patient: Visitor) -> None:
    question, wrong, welcome = patient.open_link().text, patient.answer(WRONG).text, patient.answer().text

    assert "Ai eich apwyntiad chi yw hwn?" in question
    assert "Dydy&#39;r dyddiad hwnnw ddim yr un fath" in wrong
    assert "Bore da, Eluned" in welcome
    for page in (question, wrong, welcome):
        assert '<html lang="cy">' in page


def test_a_carer_is_asked_in_her_own_language(carer: Visitor, desk: Desk, world: World) -> None:
    with desk() as session:
        session.get_one(Carer, world.carer.id).language = Language.ENGLISH

    assert "Is this your visit?" in carer.open_link().text


def test_her_own_choice_of_language_comes_first(patient: Visitor) -> None:
    patient.browser.get("/contact?lang=en")

    assert "Good morning, Eluned" in patient.prove().text


def test_days_early_says_the_day_and_lets_her_try_the_camera(patient: Visitor, clock: time_machine.Traveller) -> None:
    clock.move_to(STARTS_AT - timedelta(days=5))
    patient.browser.get("/contact?lang=en")

    page = patient.prove().text

    assert "Your visit is on another day" in page
    assert "Tuesday 8 December" in page
    assert "8:50am" in page
    assert "Check your camera and sound" in page
    assert patient.get("/check").status_code == 200
    assert "I am ready" not in patient.get("/check").text


def test_early_says_when_the_waiting_room_opens(patient: Visitor, clock: time_machine.Traveller) -> None:
    clock.move_to(STARTS_AT - timedelta(hours=1))
    patient.browser.get("/contact?lang=en")

    page = patient.prove().text

    assert "You are early" in page
    assert "opens at 8:50am" in page
    assert patient.post("ticket").status_code == 409


def test_late_she_may_still_come_in(patient: Visitor, clock: time_machine.Traveller) -> None:
    clock.move_to(STARTS_AT + timedelta(minutes=12))
    patient.browser.get("/contact?lang=en")

    assert "You can still come in" in patient.prove().text


def test_the_wrong_day_says_that_the_time_has_passed(patient: Visitor, clock: time_machine.Traveller) -> None:
    patient.browser.get("/contact?lang=en")
    patient.prove()
    clock.move_to(STARTS_AT + timedelta(days=1))

    page = patient.get().text

    assert "The time of this visit has passed" in page
    assert "Tuesday 8 December" in page
    assert patient.post("ticket").status_code == 409


def test_a_cancelled_visits_link_admits_nobody_and_gives_the_number(
    patient: Visitor, desk: Desk, world: World, booked: Booked
) -> None:
    patient.browser.get("/contact?lang=en")
    patient.prove()
    with desk() as session:
        version = session.get_one(Appointment, booked.id).version
        appointments.cancel(
            session, world.actor("admin"), appointment_id=booked.id, version=version, reason=CancelReason.CLINICIAN_AWAY
        )

    page = patient.open_link()

    assert "This visit has been cancelled" in page.text
    assert "01632 960123" in page.text
    assert patient.get("/room").status_code == 303
    assert patient.post("ticket").status_code == 409
    assert patient.post("ready").status_code == 409


def test_a_moved_visit_keeps_its_link_which_says_so(
    app: Flask, patient: Visitor, desk: Desk, world: World, booked: Booked
) -> None:
    patient.browser.get("/contact?lang=en")
    with desk() as session:
        appointments.reschedule(
            session, world.actor("admin"), addresses=Addresses.from_settings(app.config["CARTREF"]),
            appointment_id=booked.id, version=session.get_one(Appointment, booked.id).version,
            slot_id=world.clinic_session.slots[3].id,
        )  # fmt: skip

    question, welcome = patient.open_link().text, patient.answer().text

    for page in (question, welcome):
        assert "The time has changed" in page
        assert "10am" in page
        assert "9:20am" not in page


def test_a_telephone_visit_says_which_number_will_be_rung(patient: Visitor, change: Callable[..., None]) -> None:
    change(mode=Mode.TELEPHONE)
    patient.browser.get("/contact?lang=en")

    page = patient.prove().text

    assert "Your visit is by telephone" in page
    assert "01632 960457" in page
    assert "No Caller ID" in page


def test_a_telephone_visit_says_who_rings_and_lets_her_say_that_she_cannot_come(
    patient: Visitor, change: Callable[..., None]
) -> None:
    change(mode=Mode.TELEPHONE)
    patient.browser.get("/contact?lang=en")

    before = patient.prove().text
    after = patient.press("wish", wish="cannot-come").text

    assert "Clinician Prydderch" in before
    assert 'data-opens="ask-cannot-come"' in before
    assert "You told us that you cannot come" in after
    assert 'data-opens="ask-cannot-come"' not in after


def test_the_green_button_comes_before_the_facts(patient: Visitor) -> None:
    patient.browser.get("/contact?lang=en")

    page = patient.prove().text

    assert page.index("Check my camera and sound") < page.index('class="facts"')


def test_a_visit_turned_to_telephone_says_stay_where_you_are(
    patient: Visitor, desk: Desk, world: World, booked: Booked
) -> None:
    patient.browser.get("/contact?lang=en")
    patient.prove()
    with desk() as session:
        encounter = consultations.ensure_encounter(session, session.get_one(Appointment, booked.id))
        consultations.ring_instead(session, world.actor("clinician"), encounter.id)

    page = patient.get().text

    assert "Stay where you are" in page
    assert "01632 960457" in page
    assert patient.state()["telephone"] is True
    assert patient.post("ticket").status_code == 409


def test_a_carer_is_not_told_the_patients_number(carer: Visitor, change: Callable[..., None]) -> None:
    change(mode=Mode.TELEPHONE)

    assert "01632 960457" not in carer.prove().text


def test_a_patient_at_a_site_is_told_where_and_needs_no_page(
    app: Flask, desk: Desk, world: World, clock: time_machine.Traveller
) -> None:
    booked = book_visit(app, desk, world, clock, mode=Mode.VIDEO_SITE)
    patient = Visitor(app.test_client(), booked.id, booked.url)
    carer = Visitor(app.test_client(), booked.id, booked.urls[Holder.CARER])
    for visitor in (patient, carer):
        visitor.browser.get("/contact?lang=en")

    page = patient.prove().text

    assert "Ysbyty Bryn Heli, Video room 1" in page
    assert patient.post("ticket").status_code == 409
    assert "Check my camera and sound" in carer.prove().text, "a carer joins from home"
    assert carer.post("ticket").status_code == 200


def test_after_the_visit_she_is_told_what_happens_next(
    app: Flask, patient: Visitor, desk: Desk, world: World, booked: Booked, clock: time_machine.Traveller
) -> None:
    book_visit(app, desk, world, clock, slot=9)
    patient.browser.get("/contact?lang=en")
    patient.prove()
    finish(desk, world, booked.id)

    page = patient.get("/over").text

    assert "Thank you, Eluned. Your visit has ended." in page
    assert "What happens next" in page
    assert "Tuesday 8 December, 12pm" in page
    assert "ring 999" in page
    assert patient.state()["over"] is True
    assert patient.post("ticket").status_code == 409


def test_a_carer_is_not_told_of_the_patients_other_visits(
    app: Flask, carer: Visitor, desk: Desk, world: World, booked: Booked, clock: time_machine.Traveller
) -> None:
    book_visit(app, desk, world, clock, slot=9)
    carer.browser.get("/contact?lang=en")
    carer.prove()
    finish(desk, world, booked.id)

    assert "12pm" not in carer.get("/over").text


def test_nobody_is_thanked_for_a_visit_that_could_not_connect(
    patient: Visitor, desk: Desk, world: World, booked: Booked
) -> None:
    patient.browser.get("/contact?lang=en")
    patient.prove()
    finish(desk, world, booked.id, Ending.COULD_NOT_CONNECT)

    page = patient.get().text

    assert "We could not reach you by video" in page
    assert "It was not your fault" in page
    assert "Thank you" not in page


def test_a_room_that_closed_is_the_end_before_the_outcome_is_saved(
    patient: Visitor, desk: Desk, booked: Booked
) -> None:
    patient.prove()
    with desk() as session:
        encounter = consultations.ensure_encounter(session, session.get_one(Appointment, booked.id))
        encounter.ended_at = moment.now(UTC)

    assert patient.state()["over"] is True


def test_the_goodbye_leads_back_to_a_visit_that_is_not_over(patient: Visitor) -> None:
    patient.prove()

    answer = patient.get("/over")

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/visit/{patient.visit_id}"


def test_after_two_weeks_the_link_says_nothing_of_the_visit(
    app: Flask, patient: Visitor, desk: Desk, world: World, booked: Booked, clock: time_machine.Traveller
) -> None:
    finish(desk, world, booked.id)
    clock.shift(timedelta(days=15))
    patient.browser.get("/contact?lang=en")

    page = patient.open_link()

    assert "This link has come to an end" in page.text
    assert "E. P." not in page.text


def test_a_visit_that_was_cancelled_by_a_death_says_nothing_of_it(
    patient: Visitor, desk: Desk, world: World, booked: Booked
) -> None:
    patient.browser.get("/contact?lang=en")
    with desk() as session:
        session.get_one(Patient, booked.patient_id).deceased_on = STARTS_AT.date()
        appointments.free_after_death(session, world.actor("admin"), booked.patient_id)

    page = patient.open_link().text

    assert "This visit has been cancelled" in page
    assert "Eluned" not in page


def test_the_help_number_is_on_every_page(patient: Visitor, change: Callable[..., None]) -> None:
    pages = [patient.open_link(), patient.get("/not-mine"), patient.answer(), patient.get("/room")]
    change(status=AppointmentStatus.CANCELLED)
    pages.append(patient.get())

    for page in pages:
        assert page.status_code == 200
        assert 'class="help-strip"' in page.text
        assert "tel:+441632960123" in page.text


def test_an_error_keeps_the_patients_frame(patient: Visitor) -> None:
    patient.prove()

    answer = patient.press("wish", wish="to-fly")

    assert answer.status_code == 422
    assert 'class="help-strip"' in answer.text
