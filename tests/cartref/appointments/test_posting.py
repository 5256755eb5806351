"""What a print run learns of a letter: who writes, how large, and whether the post is quick enough."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.appointments.models import Appointment
from cartref.appointments.posting import posting
from cartref.notifications.models import Channel, Notice
from cartref.notifications.service import enqueue
from cartref.referrals.models import WaitingEntry
from tests.cartref.appointments.conftest import Desk
from tests.factories import make_referral


def letter(session: Session, about: Appointment | WaitingEntry) -> Notice:
    return enqueue(
        session, key=about.id, service_id=about.service_id, kind="appointment.confirmation", subject_id=about.id,
        recipient_kind="patient", recipient_id=about.patient_id, channel=Channel.LETTER, language="cy",
    )  # fmt: skip


def test_the_clinic_writes_under_its_neutral_name(session: Session, desk: Desk) -> None:
    head = posting(session, letter(session, desk.book())).head
    assert head.names == {
        "en": ("Glan Llyn clinic", "Glan Llyn Health Board"), "cy": ("Clinig Glan Llyn", "Bwrdd Iechyd Glan Llyn"),
    }  # fmt: skip
    assert head.phone == "01632 960123"


def test_who_sees_badly_has_a_larger_letter(session: Session, desk: Desk) -> None:
    booked = desk.book()
    assert not posting(session, letter(session, booked)).large
    booked.patient.sight_need = "Large print"
    assert posting(session, letter(session, booked)).large


@pytest.mark.parametrize(
    ("days_before", "letter_days", "too_late"), [(5, 10, False), (3, 10, True), (3, 2, False), (1, 2, True)]
)
def test_a_letter_must_come_before_the_appointment(
    session: Session, desk: Desk, today: time_machine.Traveller, days_before: int, letter_days: int, too_late: bool
) -> None:
    booked = desk.book()
    booked.session.clinic.letter_days = letter_days
    today.move_to(booked.starts_at - timedelta(days=days_before))

    assert posting(session, letter(session, booked)).begins_before is too_late


def test_what_has_passed_can_still_be_written_about(
    session: Session, desk: Desk, today: time_machine.Traveller
) -> None:
    booked = desk.book()
    today.move_to(booked.ends_at + timedelta(hours=1))
    assert booked.starts_at < clock.now()
    assert not posting(session, letter(session, booked)).begins_before


def test_a_letter_about_no_appointment_yet_comes_from_the_clinic_of_the_waiting_list(
    session: Session, desk: Desk
) -> None:
    referral = make_referral(session, desk.world, clinic_id=desk.world.clinic.id)
    entry = session.scalars(select(WaitingEntry).where(WaitingEntry.referral_id == referral.id)).one()
    assert posting(session, letter(session, entry)).head.names["en"] == ("Glan Llyn clinic", "Glan Llyn Health Board")
    entry.clinic_id = None
    session.flush()
    session.expire(entry)
    assert posting(session, letter(session, entry)).head.names["en"] == ("Glan Llyn Health Board",)
