"""Yes books the time, no leaves her where she stood, and whoever comes too late does no harm."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from cartref.accounts.actor import Actor
from cartref.appointments.invariants import disagreements
from cartref.appointments.models import AppointmentStatus, Offer, OfferState, VacancyState
from cartref.appointments.service import restore
from cartref.appointments.vacancies import answering, expiring, offering
from cartref.appointments.vacancies.errors import OfferOver
from cartref.audit.models import ActorKind
from cartref.clinics import service as clinics
from cartref.errors import Forbidden, NotFound
from cartref.notifications.models import Call, CallState, Notice, NoticeState
from cartref.patients import queries as patients
from cartref.patients.service import record_death
from cartref.referrals.models import EntryStatus, WaitingEntry
from tests.cartref.appointments.conftest import ADDRESSES
from tests.cartref.appointments.vacancies.conftest import LATER, LONG_AGO, Line

TWO_HOURS = timedelta(hours=2, minutes=6)


@pytest.fixture
def offer(line: Line) -> Offer:
    """Return the offer to Eluned, behind whom Hywel stands."""
    line.waits(0, received_on=LONG_AGO)
    line.waits(1, received_on=LATER)
    line.freed(2, patient=5)
    line.round()
    return line.offers()[0]


def herself(line: Line, patient: int = 0) -> Actor:
    return Actor(ActorKind.PATIENT, line.world.patients[patient].id, line.world.service.id)


def entry_of(line: Line, offer: Offer) -> WaitingEntry:
    return line.session.get_one(WaitingEntry, offer.waiting_entry_id, populate_existing=True)


def test_yes_books_the_time_and_fills_the_vacancy(line: Line, offer: Offer) -> None:
    answering.accept(line.session, herself(line), ADDRESSES, offer.id)

    assert line.appointment(offer).status is AppointmentStatus.BOOKED
    assert (entry_of(line, offer).status, line.vacancies()[0].state) == (EntryStatus.BOOKED, VacancyState.FILLED)
    assert (offer.state, offer.answered_by) == (OfferState.ACCEPTED, "patient")
    assert line.round() == 0
    assert disagreements(line.session) == []


def test_yes_sends_the_confirmation_and_withdraws_the_offer(line: Line, offer: Offer) -> None:
    line.yes(offer)

    query = select(Notice.kind, Notice.state).where(Notice.subject_id == offer.appointment_id)
    assert {tuple(row) for row in line.session.execute(query)} == {
        ("appointment.offer", NoticeState.WITHDRAWN),
        ("appointment.confirmation", NoticeState.PENDING),
    }


def test_yes_twice_is_yes_once(line: Line, offer: Offer) -> None:
    first = answering.accept(line.session, herself(line), ADDRESSES, offer.id).answered_at

    assert line.yes(offer).answered_at == first


def test_no_leaves_her_where_she_stood_and_the_next_is_asked(line: Line, offer: Offer) -> None:
    answering.decline(line.session, herself(line), offer.id)
    line.round()

    assert entry_of(line, offer).status is EntryStatus.WAITING
    assert line.asked() == [0, 1]
    assert disagreements(line.session) == []


def test_no_twice_is_no_once(line: Line, offer: Offer) -> None:
    assert line.no(line.no(offer)).state is OfferState.DECLINED


def test_after_no_there_is_no_yes(line: Line, offer: Offer) -> None:
    line.no(offer)

    with pytest.raises(OfferOver):
        line.yes(offer)


def test_after_yes_there_is_no_no(line: Line, offer: Offer) -> None:
    line.yes(offer)

    with pytest.raises(OfferOver):
        line.no(offer)
    assert line.appointment(offer).status is AppointmentStatus.BOOKED


def test_nobody_answers_for_somebody_else(line: Line, offer: Offer) -> None:
    stranger, carer = herself(line, 1), Actor(ActorKind.CARER, line.world.carer.id, line.world.service.id)
    for actor in (stranger, carer, line.world.actor("clinician")):
        with pytest.raises(Forbidden):
            answering.accept(line.session, actor, ADDRESSES, offer.id)
    with pytest.raises(NotFound):
        answering.accept(line.session, line.world.actor("other_admin"), ADDRESSES, offer.id)


def test_a_carer_who_arranges_answers_for_her(line: Line, offer: Offer) -> None:
    patients.carers(line.session, line.world.patients[0].id)[0].may_arrange = True
    carer = Actor(ActorKind.CARER, line.world.carer.id, line.world.service.id)

    answering.accept(line.session, carer, ADDRESSES, offer.id)

    assert (offer.state, offer.answered_by) == (OfferState.ACCEPTED, "carer")


def test_whoever_does_not_answer_is_passed_over_until_another_time(
    line: Line, offer: Offer, today: time_machine.Traveller
) -> None:  # fmt: skip
    today.shift(TWO_HOURS)
    line.round()

    assert offer.state is OfferState.EXPIRED
    assert line.appointment(offer).cancelled_reason == "offer-expired"
    assert entry_of(line, offer).status is EntryStatus.WAITING
    assert line.asked() == [0, 1]
    with pytest.raises(OfferOver):
        line.yes(offer)


def test_a_late_yes_counts_while_the_time_is_still_hers(
    line: Line, offer: Offer, today: time_machine.Traveller
) -> None:  # fmt: skip
    today.shift(TWO_HOURS)

    assert line.yes(offer).state is OfferState.ACCEPTED


def test_once_nobody_is_left_the_time_stays_free(line: Line, offer: Offer, today: time_machine.Traveller) -> None:
    for _ in range(3):
        today.shift(TWO_HOURS)
        line.round()

    assert line.asked() == [0, 1]
    assert 2 in line.desk.free()
    assert line.vacancies()[0].state is VacancyState.OPEN


def test_a_visit_that_begins_is_offered_no_more(line: Line, offer: Offer, today: time_machine.Traveller) -> None:
    today.move_to(datetime(2026, 12, 8, 9, 40, tzinfo=UTC))

    with pytest.raises(OfferOver):
        line.yes(offer)


def test_the_offer_to_somebody_who_dies_is_taken_back(line: Line, offer: Offer) -> None:
    record_death(line.session, line.desk.actor, line.world.patients[0].id, date(2026, 11, 30))
    with pytest.raises(OfferOver):
        line.yes(offer)

    line.round()

    assert offer.state is OfferState.WITHDRAWN
    assert line.asked() == [0, 1]


def test_the_offer_of_a_session_that_was_closed_is_taken_back(line: Line, offer: Offer) -> None:
    clinics.close_session(line.session, line.desk.actor, line.world.clinic_session.id, "other")
    with pytest.raises(OfferOver):
        line.yes(offer)

    assert line.round() == 0
    assert (offer.state, line.vacancies()[0].state) == (OfferState.WITHDRAWN, VacancyState.ENDED)
    assert disagreements(line.session) == []


def test_an_entry_that_is_no_longer_offered_is_booked_for_nobody(line: Line, offer: Offer) -> None:
    entry_of(line, offer).status = EntryStatus.REMOVED

    with pytest.raises(OfferOver):
        line.yes(offer)
    assert [ended.state for ended in expiring.end_due(line.session)] == [OfferState.WITHDRAWN]
    assert entry_of(line, offer).status is EntryStatus.REMOVED


def test_what_was_answered_elsewhere_is_found_out(line: Line, offer: Offer) -> None:
    line.desk.cancel(line.appointment(offer), "not-wanted")
    line.round()

    assert offer.state is OfferState.WITHDRAWN
    assert line.asked() == [0, 1]


def test_an_answer_takes_the_line_off_the_call_list(line: Line) -> None:
    line.world.patients[3].email_consent = False
    line.waits(3)
    line.freed()
    line.round()

    line.yes(line.offers()[0])

    offered = select(Call.state).where(Call.kind == "appointment.offer")
    assert line.session.scalars(offered).all() == [CallState.WITHDRAWN]


def test_whoever_cancels_what_she_accepted_frees_it_for_others(line: Line, offer: Offer) -> None:
    line.yes(offer)
    line.desk.cancel(line.appointment(offer))
    line.round()

    assert line.asked() == [0, 1]


def test_who_was_booked_after_all_is_not_asked_any_more(line: Line, offer: Offer) -> None:
    line.desk.cancel(line.appointment(offer))
    restore(
        line.session, line.desk.actor, addresses=ADDRESSES, appointment_id=offer.appointment_id,
        version=line.appointment(offer).version,
    )  # fmt: skip

    with pytest.raises(OfferOver):
        line.no(offer)
    offering.stop(line.session, line.desk.actor, offer.vacancy_id)
    assert (offer.state, line.appointment(offer).status) == (OfferState.ACCEPTED, AppointmentStatus.BOOKED)
