"""The ladder: every step with its time and reason, the telephone in the same record, and back; no absence for it."""

from collections.abc import Callable
from datetime import timedelta

import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.audit.models import AuditEntry
from cartref.consultations import service
from cartref.consultations.codes import Ending, Medium, Outcome
from cartref.consultations.models import Readiness, ReadyCheck, Rung, SeatRole
from cartref.referrals.models import WaitingEntry
from tests.cartref.consultations.conftest import Reporter, encounter_of
from tests.factories import World

Book = Callable[..., Appointment]
SignIn = Callable[[str], FlaskClient]


def steps(session: Session, appointment: Appointment) -> list[tuple[Rung, str]]:
    return [(step.rung, step.reason) for step in service.steps(session, encounter_of(session, appointment))]


def test_a_paused_picture_and_its_return_are_steps_of_whoever_said_so(
    session: Session, book: Book, signalling: Reporter, at_the_clinic: time_machine.Traveller
) -> None:
    appointment = book()
    seat = signalling.seat(appointment)

    signalling.happen("rung.changed", seat, rung="voice", reason="thin-line")
    at_the_clinic.shift(timedelta(minutes=2))
    signalling.happen("rung.changed", seat, rung="video", reason="line-better")
    at_the_clinic.shift(timedelta(minutes=2))
    signalling.happen("rung.changed", seat, rung="voice", reason="my-own-word")

    taken = service.steps(session, encounter_of(session, appointment))
    assert [(step.rung, step.reason) for step in taken] == [
        (Rung.VOICE, "thin-line"), (Rung.VIDEO, "line-better"), (Rung.VOICE, "other"),
    ]  # fmt: skip
    assert {(step.seat_id, step.staff_id) for step in taken} == {(seat.id, None)}
    assert taken[1].at - taken[0].at == timedelta(minutes=2)


def test_a_step_of_the_clinician_names_the_clinician(
    session: Session, world: World, book: Book, signalling: Reporter
) -> None:
    appointment = book()
    seat = signalling.seat(appointment, SeatRole.CLINICIAN)

    signalling.happen("rung.changed", seat, rung="voice", reason="staff")
    signalling.happen("rung.changed", seat, rung="phone", reason="staff-rings")

    (step,) = service.steps(session, encounter_of(session, appointment))
    assert (step.rung, step.staff_id) == (Rung.VOICE, appointment.clinician_id)


def test_a_line_that_was_gone_for_30_seconds_is_a_step_to_the_telephone_and_back(
    session: Session, book: Book, signalling: Reporter
) -> None:
    appointment = book()
    seat = signalling.seat(appointment)

    signalling.happen("media.restored", seat, peer="clinician-000001", ms=29_000)
    signalling.happen("media.restored", seat, peer="clinician-000001", ms=45_000)

    lost, back = service.steps(session, encounter_of(session, appointment))
    assert (lost.rung, lost.reason, back.rung, back.reason) == (Rung.PHONE, "media-lost", Rung.VIDEO, "line-back")
    assert back.at - lost.at == timedelta(seconds=15)


def test_ringing_after_a_lost_line_keeps_record_and_note_and_says_why(
    session: Session, world: World, book: Book, signalling: Reporter, at_the_clinic: time_machine.Traveller
) -> None:
    appointment, clinician = book(), world.actor("clinician")
    seat = signalling.seat(appointment)
    encounter = service.start(session, clinician, seat.encounter_id)
    service.save_note(session, clinician, encounter.id, "Sleeps badly.", 0)
    signalling.happen("media.lost", seat, peer="clinician-000001", ms=1_500)
    at_the_clinic.shift(timedelta(seconds=40))

    service.ring_instead(session, clinician, encounter.id)
    service.ring_instead(session, clinician, encounter.id)
    session.commit()

    rung = encounter_of(session, appointment)
    assert (rung.id, rung.medium, rung.note) == (encounter.id, Medium.TELEPHONE, "Sleeps badly.")
    assert steps(session, appointment) == [(Rung.PHONE, "media-lost")]


def test_a_visit_by_telephone_goes_up_to_video_again_and_the_audit_trail_has_both(
    session: Session, book: Book, sign_in: SignIn, at_the_clinic: time_machine.Traveller
) -> None:
    appointment, browser = book(), sign_in("clinician")

    rang = browser.post(f"/consultation/{appointment.id}/ring")
    at_the_clinic.shift(timedelta(seconds=5))
    again = browser.post(f"/consultation/{appointment.id}/picture")
    page = browser.get(f"/consultation/{appointment.id}").text
    history = sign_in("admin").get(f"/appointments/{appointment.id}").text

    assert (rang.status_code, again.status_code) == (303, 303)
    assert encounter_of(session, appointment).medium is Medium.TELEMEDICINE
    assert steps(session, appointment) == [(Rung.PHONE, "staff-rings"), (Rung.VIDEO, "staff")]
    assert "8:40am: Telephone, the clinic chose to ring" in page
    assert "Telephone: the clinic chose to ring" in history
    actions = set(session.scalars(select(AuditEntry.action)))
    assert actions >= {"encounter.turned-to-telephone", "encounter.turned-to-video"}


def test_a_visit_that_is_over_does_not_go_up(session: Session, world: World, book: Book, sign_in: SignIn) -> None:
    appointment, browser = book(), sign_in("clinician")
    browser.post(
        f"/consultation/{appointment.id}/outcome",
        data={"ending": Ending.COULD_NOT_CONNECT, "outcome": Outcome.CLOCK_GOES_ON},
    )

    answer = browser.post(f"/consultation/{appointment.id}/picture", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json["code"]) == (409, "visit.over")


def test_another_day_is_the_providers_cancellation_and_puts_her_back_on_the_waiting_list(
    session: Session, book: Book, signalling: Reporter, sign_in: SignIn
) -> None:
    appointment = book()
    signalling.seat(appointment)
    browser = sign_in("clinician")
    told = {"ending": Ending.COULD_NOT_CONNECT, "outcome": Outcome.CLOCK_GOES_ON}

    saved = browser.post(f"/consultation/{appointment.id}/outcome", data=told)

    assert saved.status_code == 303
    assert steps(session, appointment) == [(Rung.ANOTHER_DAY, "could-not-connect")]
    session.refresh(appointment)
    assert appointment.status is not AppointmentStatus.NOSHOW
    waits = session.scalars(select(WaitingEntry).where(WaitingEntry.patient_id == appointment.patient_id)).all()
    assert len(waits) == 1


def test_an_absence_can_not_be_said_while_one_of_several_failed_tries_is_unseen(
    session: Session, book: Book, signalling: Reporter, sign_in: SignIn
) -> None:
    appointment = book()
    seat = signalling.seat(appointment)
    session.add(failed_check(appointment))
    session.commit()
    keys = [attempt.key for attempt in service.failed_attempts(session, seat.encounter)]
    browser = sign_in("clinician")
    told = {"ending": Ending.DID_NOT_ATTEND, "outcome": Outcome.CLOCK_STOPS}

    answers = [
        browser.post(f"/consultation/{appointment.id}/outcome", data=told | {"failed_seen": seen})
        for seen in (keys[:1], keys[1:], keys)
    ]

    assert len(keys) == 2
    assert [answer.status_code for answer in answers] == [422, 422, 303]
    assert "something did not work" in answers[0].text


def test_a_check_that_failed_on_another_day_is_no_try_to_come(
    session: Session, book: Book, signalling: Reporter
) -> None:
    appointment = book()
    check = failed_check(appointment)
    check.checked_at -= timedelta(days=1)
    session.add(check)
    session.commit()

    encounter = service.ensure_encounter(session, appointment)

    assert service.failed_attempts(session, encounter) == []


def failed_check(appointment: Appointment) -> ReadyCheck:
    return ReadyCheck(
        appointment_id=appointment.id, service_id=appointment.service_id, patient_id=appointment.patient_id,
        holder="patient", holder_id=appointment.patient_id, device="a" * 32, result=Readiness.NEEDS_HELP,
        checked_at=clock.now(),
    )  # fmt: skip
