"""A freed time is offered to one person after the other, each by her own way, and held for her meanwhile."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from cartref.appointments.invariants import disagreements
from cartref.appointments.models import AppointmentStatus, Mode, OfferState, VacancyState
from cartref.appointments.vacancies import offering
from cartref.appointments.vacancies.errors import NotInLine, TooLate, VacancyOver
from cartref.audit.models import AuditEntry
from cartref.clinics import service as clinics
from cartref.errors import Forbidden, NotFound
from cartref.links.models import Link
from cartref.notifications.models import Call, Channel, Notice
from cartref.patients.service import record_death
from cartref.referrals.models import EntryStatus, Priority
from cartref.referrals.service import remove
from tests.cartref.appointments.conftest import ADDRESSES
from tests.cartref.appointments.vacancies.conftest import LATER, LONG_AGO, Line


def test_the_first_in_line_is_asked_and_the_time_is_held_for_her(line: Line) -> None:
    line.waits(1, received_on=LATER)
    entry = line.waits(2, received_on=LONG_AGO)
    line.freed(3)

    assert line.round() == 1

    (offer,) = line.offers()
    held = line.appointment(offer)
    assert line.asked() == [2]
    assert (held.status, held.held_until) == (AppointmentStatus.PENDING, offer.expires_at)
    assert entry.status is EntryStatus.OFFERED
    assert 3 not in line.desk.free()
    assert disagreements(line.session) == []


def test_while_one_is_asked_nobody_else_is(line: Line) -> None:
    line.waits(1)
    line.waits(2)
    line.freed()

    assert [line.round(), line.round()] == [1, 0]


def test_who_gave_the_time_up_is_not_asked_for_it(line: Line) -> None:
    entry = line.waits(0)
    line.freed(patient=0, waiting_entry_id=entry.id)

    assert (line.round(), entry.status) == (0, EntryStatus.WAITING)


def test_somebody_who_waits_for_another_clinic_is_not_asked(line: Line) -> None:
    other = clinics.create_clinic(
        line.session, line.desk.actor, name="Another", public_name_en="Another", public_name_cy="Arall",
        slot_minutes=20, runs_in_order=True, contact_phone="01632 960123", contact_email="clinic@example.org",
    )  # fmt: skip
    line.waits(1, clinic_id=other.id)
    line.waits(2, clinic_id=line.world.clinic.id)
    line.freed()
    line.round()

    assert line.asked() == [2]


def test_somebody_busy_with_another_service_is_not_asked(line: Line) -> None:
    line.waits(1)
    line.waits(2)
    line.desk.book(4, patient=1)
    line.freed(3)
    line.round()

    assert line.asked() == [2]


@pytest.mark.parametrize(
    ("details", "channel"),
    [
        ({"email_consent": True}, Channel.EMAIL),
        ({"email_consent": False, "text_consent": True, "mobile": "07700 900123"}, Channel.TEXT),
        ({"email": "", "text_consent": True, "mobile": "07700 900123"}, Channel.TEXT),
    ],
)
def test_she_is_asked_by_the_way_that_she_agreed_to(line: Line, details: dict[str, str], channel: Channel) -> None:
    for name, value in details.items():
        setattr(line.world.patients[1], name, value)
    line.waits(1)
    line.freed()
    line.round()

    (offer,) = line.offers()
    notice = line.session.scalars(select(Notice).where(Notice.subject_id == offer.appointment_id)).one()
    assert (offer.channel, notice.channel, notice.kind) == (channel.value, channel, "appointment.offer")


def test_who_has_neither_email_nor_mobile_is_rung_by_a_person(line: Line) -> None:
    line.world.patients[1].email_consent = False
    line.waits(1)
    line.freed()
    line.round()

    (offer,) = line.offers()
    call = line.session.scalars(select(Call)).one()
    assert (call.subject_id, call.recipient_id) == (offer.appointment_id, line.world.patients[1].id)
    assert call.payload == {"offer_id": offer.id, "vacancy_id": offer.vacancy_id}
    assert offer.expires_at == datetime(2026, 12, 1, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize("silence", [{"do_not_contact": True}, {"email_consent": False, "telephone_consent": False}])
def test_whom_nobody_may_tell_is_not_asked(line: Line, silence: dict[str, bool]) -> None:
    for name, value in silence.items():
        setattr(line.world.patients[1], name, value)
    line.waits(1)
    line.freed()

    assert line.round() == 0


def test_her_link_leads_to_the_offer_whichever_way_she_would_be_seen(line: Line) -> None:
    line.waits(1)
    line.wishes(1, mode=Mode.TELEPHONE.value)
    line.freed()
    line.round()

    (offer,) = line.offers()
    assert line.appointment(offer).mode is Mode.TELEPHONE
    assert line.session.scalars(select(Link.holder_id).where(Link.visit_id == offer.appointment_id)).all() == [
        line.world.patients[1].id
    ]


def test_a_visit_beside_a_nurse_takes_the_room_and_the_nurse_that_were_freed(line: Line) -> None:
    line.waits(1)
    line.freed(**line.desk.at_site())
    line.round()

    held = line.appointment(line.offers()[0])
    assert (held.mode, held.room_id) == (Mode.VIDEO_SITE, line.world.room.id)
    assert held.presenter_id == line.world.staff["presenter"].id


def test_a_carer_whom_she_wants_with_her_takes_part(line: Line) -> None:
    line.waits(0)
    line.wishes(0, carer_id=line.world.carer.id)
    line.freed(patient=1)
    line.round()

    held = line.appointment(line.offers()[0])
    assert [guest.carer_id for guest in held.participants] == [line.world.carer.id]


def test_frail_people_get_the_minutes_that_they_need(line: Line) -> None:
    line.world.patients[1].frailty_level = 7
    line.waits(1)
    line.freed(minutes=60)
    line.round()

    held = line.appointment(line.offers()[0])
    assert held.ends_at - held.starts_at == timedelta(minutes=40)


@pytest.mark.parametrize("hour", [7, 19, 23])
def test_at_night_nobody_is_asked(line: Line, today: time_machine.Traveller, hour: int) -> None:
    line.waits(1)
    line.freed()
    today.move_to(datetime(2026, 12, 2, hour, tzinfo=UTC))

    assert line.round() == 0
    today.move_to(datetime(2026, 12, 3, 9, tzinfo=UTC))
    assert line.round() == 1


def test_short_notice_is_only_for_those_who_said_so(line: Line, today: time_machine.Traveller) -> None:
    line.waits(1, received_on=LONG_AGO)
    line.waits(2)
    line.wishes(1, notice_days=3)
    line.wishes(2, notice_days=3, short_notice=True)
    line.freed()
    today.move_to(datetime(2026, 12, 7, 10, tzinfo=UTC))
    line.round()

    assert line.asked() == [2]


def test_a_time_that_somebody_booked_by_hand_is_filled(line: Line) -> None:
    line.waits(1)
    line.freed(2)
    line.desk.book(2, patient=3)

    assert (line.round(), line.vacancies()[0].state) == (0, VacancyState.FILLED)


def test_what_is_left_of_a_time_that_was_booked_in_part_is_still_offered(line: Line) -> None:
    line.waits(1)
    line.freed(2, minutes=40)
    line.desk.book(2, patient=3)
    line.round()

    assert line.appointment(line.offers()[0]).starts_at == line.desk.slot(3).starts_at


def test_a_time_that_begins_soon_is_offered_no_more(line: Line, today: time_machine.Traveller) -> None:
    line.freed(3)
    line.waits(1)
    today.move_to(datetime(2026, 12, 8, 9, 5, tzinfo=UTC))

    assert (line.round(), line.vacancies()[0].state) == (0, VacancyState.ENDED)


def test_a_time_in_a_session_that_was_closed_is_offered_no_more(line: Line) -> None:
    line.waits(1)
    line.freed()
    clinics.close_session(line.session, line.desk.actor, line.world.clinic_session.id, "other")

    assert (line.round(), line.vacancies()[0].state) == (0, VacancyState.ENDED)


def test_who_died_or_was_taken_off_the_list_is_not_asked(line: Line) -> None:
    line.waits(1, received_on=LONG_AGO)
    gone = line.waits(2, received_on=LONG_AGO)
    line.waits(3)
    line.freed()
    record_death(line.session, line.desk.actor, line.world.patients[1].id, date(2026, 11, 30))
    remove(line.session, line.desk.actor, gone.id, reason="not-wanted")
    line.round()

    assert line.asked() == [3]


def test_who_may_not_book_or_is_of_another_service_stops_nothing(line: Line) -> None:
    line.waits(1)
    line.freed()
    line.round()

    with pytest.raises(NotFound):
        offering.stop(line.session, line.world.actor("other_admin"), line.vacancies()[0].id)
    with pytest.raises(Forbidden):
        offering.stop(line.session, line.world.actor("clinician"), line.vacancies()[0].id)


def test_the_trail_says_who_was_asked(line: Line) -> None:
    line.waits(1)
    vacancy = line.freed()
    line.round()

    entry = line.session.scalars(select(AuditEntry).where(AuditEntry.action == "offer.made")).one()
    assert (entry.subject_id, entry.patient_id) == (vacancy.id, line.world.patients[1].id)


def test_stopping_takes_the_offer_back_and_frees_the_time(line: Line) -> None:
    entry = line.waits(1)
    vacancy = line.freed(2)
    line.round()

    offering.stop(line.session, line.desk.actor, vacancy.id)

    assert (line.vacancies()[0].state, line.offers()[0].state) == (VacancyState.ENDED, OfferState.WITHDRAWN)
    assert entry.status is EntryStatus.WAITING
    assert 2 in line.desk.free()
    assert line.round() == 0


def test_a_person_may_ask_somebody_else_instead(line: Line) -> None:
    line.waits(1, priority=Priority.URGENT)
    chosen = line.waits(2)
    vacancy = line.freed()
    line.round()

    offering.ask(line.session, line.desk.actor, ADDRESSES, vacancy.id, chosen.id)

    assert [offer.state for offer in line.offers()] == [OfferState.WITHDRAWN, OfferState.OPEN]
    assert line.asked() == [1, 2]
    assert disagreements(line.session) == []


def test_who_had_her_turn_is_not_asked_again(line: Line) -> None:
    entry = line.waits(1)
    vacancy = line.freed()
    line.round()
    line.no(line.offers()[0])

    with pytest.raises(NotInLine):
        offering.ask(line.session, line.desk.actor, ADDRESSES, vacancy.id, entry.id)


def test_who_said_no_is_not_asked_when_the_same_time_is_freed_again(line: Line) -> None:
    line.waits(1)
    vacancy = line.freed()
    line.round()
    line.no(line.offers()[0])
    line.desk.cancel(line.undo(vacancy))

    assert line.round() == 0


def test_what_is_over_can_be_offered_to_nobody(line: Line) -> None:
    entry = line.waits(1)
    vacancy = line.freed()
    offering.stop(line.session, line.desk.actor, vacancy.id)

    with pytest.raises(VacancyOver):
        offering.ask(line.session, line.desk.actor, ADDRESSES, vacancy.id, entry.id)


def test_without_time_for_an_answer_somebody_rings_and_books_herself(
    line: Line, today: time_machine.Traveller
) -> None:  # fmt: skip
    entry = line.waits(1)
    vacancy = line.freed(3)
    today.move_to(datetime(2026, 12, 8, 8, 45, tzinfo=UTC))

    with pytest.raises(TooLate):
        offering.ask(line.session, line.desk.actor, ADDRESSES, vacancy.id, entry.id)
