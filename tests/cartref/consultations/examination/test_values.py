"""Values beside the patient: kept once, never changed, signed by who took them; medicines and asks likewise."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.appointments import service as appointments
from cartref.appointments.models import Appointment, Mode
from cartref.appointments.status import CancelReason
from cartref.audit.models import AuditEntry
from cartref.clinics.models import Site, SiteKind
from cartref.consultations import service as consultations
from cartref.consultations.encounters.observing import queries, service
from cartref.consultations.encounters.observing.service import Box, Sent, Typed
from cartref.consultations.models import Medicine, Observation
from cartref.errors import Forbidden, NotFound
from tests.factories import World

Book = Callable[..., Appointment]
PULSE = Typed("pulse", "72")
FIRST = Sent("key-of-the-first")


@pytest.fixture
def visit(book: Book) -> Appointment:
    """Return a visit at the presenter's site."""
    return book(mode=Mode.VIDEO_SITE)


def take(session: Session, world: World, visit: Appointment, typed: Typed = PULSE, sent: Sent = FIRST) -> Observation:
    return service.take(session, world.actor("presenter"), visit, typed, sent)


def standing(session: Session, visit: Appointment) -> list[Observation]:
    return queries.standing(session, consultations.ensure_encounter(session, visit).id)


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


# ---- taking


def test_a_value_keeps_its_unit_its_taker_and_its_time(session: Session, world: World, visit: Appointment) -> None:
    value = take(session, world, visit, Typed("blood-pressure", "148", "82", "standing", "3"))

    assert (value.value, value.second, value.unit) == (Decimal(148), Decimal(82), "mm[Hg]")
    assert (value.posture, value.minutes_standing) == ("standing", 3)
    assert (value.taken_by_id, value.taken_at) == (world.staff["presenter"].id, clock.now())
    assert actions(session)[-1] == "observation.recorded"


def test_the_same_sending_again_is_the_same_value(session: Session, world: World, visit: Appointment) -> None:
    assert take(session, world, visit).id == take(session, world, visit).id
    assert len(standing(session, visit)) == 1
    assert actions(session).count("observation.recorded") == 1


def test_the_same_sending_twice_at_once_is_one_value(
    session: Session, engine: Engine, world: World, visit: Appointment
) -> None:
    actor = world.actor("presenter")
    appointment_id = visit.id
    session.commit()
    found: list[str] = []

    def send() -> None:
        with Session(engine) as own:
            value = service.take(own, actor, own.get_one(Appointment, appointment_id), PULSE, FIRST)
            own.commit()
            found.append(value.id)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 4
    assert len(set(found)) == 1


def test_an_unusual_value_is_kept_with_the_reason_and_an_ordinary_one_without(
    session: Session, world: World, visit: Appointment
) -> None:
    with pytest.raises(service.Unusual):
        take(session, world, visit, Typed("pulse", "38"))
    kept = take(session, world, visit, Typed("pulse", "38"), replace(FIRST, because="measured-twice"))
    plain = take(session, world, visit, PULSE, Sent("key-of-another", because="measured-twice"))

    assert (kept.unusual_because, plain.unusual_because) == ("measured-twice", "")


def test_a_weight_is_compared_with_that_of_the_visit_before(session: Session, world: World, book: Book) -> None:
    before, today = book(0, mode=Mode.VIDEO_SITE), book(3, mode=Mode.VIDEO_SITE)
    today.patient_id = before.patient_id
    session.flush()
    take(session, world, before, Typed("weight", "60.0"))

    with pytest.raises(service.Unusual):
        take(session, world, today, Typed("weight", "54.0"))

    found = queries.weight_before(session, today)
    assert found is not None
    assert found.value == Decimal(60)


@pytest.mark.parametrize(("ago", "kept"), [(0, 0), (600, 600), (-5, 0), (999_999, 12 * 3600)])
def test_a_late_sending_keeps_when_it_was_taken(
    session: Session, world: World, visit: Appointment, ago: int, kept: int
) -> None:
    value = take(session, world, visit, PULSE, replace(FIRST, seconds_ago=ago))

    assert clock.now() - value.taken_at == timedelta(seconds=kept)


@pytest.mark.parametrize("key", ["", "short", "with space in it", "x" * 41])
def test_what_has_no_proper_key_is_refused(session: Session, world: World, visit: Appointment, key: str) -> None:
    with pytest.raises(service.KeyWrong):
        take(session, world, visit, PULSE, Sent(key))


# ---- correcting, withdrawing, signing


def test_a_correction_leaves_the_wrong_value_to_be_seen(
    session: Session, world: World, visit: Appointment, at_the_clinic: time_machine.Traveller
) -> None:
    wrong = take(session, world, visit, Typed("blood-pressure", "184", "82", "lying"), replace(FIRST, because="usual"))
    at_the_clinic.shift(timedelta(minutes=2))
    right = service.correct(
        session,
        world.actor("presenter"),
        visit,
        wrong.id,
        Typed("", "148", "82"),
        Sent("key-of-the-right"),
        "Typed wrongly",
    )

    assert [value.id for value in standing(session, visit)] == [right.id]
    assert (wrong.value, wrong.replaced_by_id, wrong.replaced_because) == (Decimal(184), right.id, "Typed wrongly")
    assert (right.posture, right.taken_at) == ("lying", wrong.taken_at)
    assert actions(session)[-1] == "observation.corrected"


def test_a_correction_is_sent_twice_and_kept_once(session: Session, world: World, visit: Appointment) -> None:
    wrong = take(session, world, visit)
    again = [
        service.correct(
            session,
            world.actor("presenter"),
            visit,
            wrong.id,
            Typed("", "76"),
            Sent("key-of-the-right"),
            "Typed wrongly",
        ).id
        for _ in range(2)
    ]

    assert len(set(again)) == 1


def test_a_correction_says_why_and_is_of_a_value_that_stands(
    session: Session, world: World, visit: Appointment
) -> None:
    wrong = take(session, world, visit)
    nurse = world.actor("presenter")
    with pytest.raises(service.TextTooLong):
        service.correct(session, nurse, visit, wrong.id, Typed("", "76"), Sent("key-of-the-right"), " ")
    service.correct(session, nurse, visit, wrong.id, Typed("", "76"), Sent("key-of-the-right"), "Typed wrongly")

    with pytest.raises(service.ValueReplaced):
        service.correct(session, nurse, visit, wrong.id, Typed("", "78"), Sent("key-of-a-third"), "Again")
    with pytest.raises(service.ValueReplaced):
        service.withdraw(session, nurse, visit, wrong.id, "Another patient")


def test_a_value_of_another_patient_is_taken_back_and_stays_in_the_record(
    session: Session, world: World, visit: Appointment
) -> None:
    value = take(session, world, visit)
    for _ in range(2):
        service.withdraw(session, world.actor("presenter"), visit, value.id, "Another patient")

    assert standing(session, visit) == []
    assert session.get_one(Observation, value.id).replaced_because == "Another patient"
    assert actions(session).count("observation.withdrawn") == 1


def test_signing_signs_what_the_signer_took_and_nothing_twice(
    session: Session, world: World, visit: Appointment
) -> None:
    mine = take(session, world, visit)
    hers = take(session, world, visit, Typed("weight", "54"), Sent("key-of-the-other"))
    hers.taken_by_id = world.staff["clinician"].id
    nurse = world.actor("presenter")

    assert [service.sign(session, nurse, visit) for _ in range(2)] == [1, 0]
    assert (mine.signed_by_id, hers.signed_at) == (nurse.id, None)
    assert actions(session).count("observations.signed") == 1


def test_a_signed_value_is_corrected_by_an_unsigned_one(session: Session, world: World, visit: Appointment) -> None:
    wrong = take(session, world, visit)
    nurse = world.actor("presenter")
    service.sign(session, nurse, visit)
    right = service.correct(session, nurse, visit, wrong.id, Typed("", "76"), Sent("key-of-the-right"), "Typed wrongly")

    assert wrong.signed_at is not None
    assert right.signed_at is None


# ---- medicines and what is asked


def test_a_medicine_is_kept_once_and_struck_out_for_good(session: Session, world: World, visit: Appointment) -> None:
    nurse, box = world.actor("presenter"), Box("Furosemide", "sometimes", "40 mg", "Skips it on market days")
    kept = {service.note_medicine(session, nurse, visit, box, "key-of-the-box").id for _ in range(2)}
    for _ in range(2):
        service.strike_out(session, nurse, visit, next(iter(kept)))

    encounter = consultations.ensure_encounter(session, visit)
    assert len(kept) == 1
    assert queries.examination(session, encounter).medicines == []
    assert session.scalars(select(Medicine)).one().name == "Furosemide"
    assert actions(session)[-2:] == ["medicine.noted", "medicine.removed"]


@pytest.mark.parametrize("box", [Box("", "yes"), Box("x" * 121, "yes"), Box("Aspirin", "yes", "x" * 121)])
def test_a_medicine_has_a_name_that_fits(session: Session, world: World, visit: Appointment, box: Box) -> None:
    with pytest.raises(service.TextTooLong):
        service.note_medicine(session, world.actor("presenter"), visit, box, "key-of-the-box")


def test_whether_she_takes_it_is_said(session: Session, world: World, visit: Appointment) -> None:
    with pytest.raises(service.TakingUnknown):
        service.note_medicine(session, world.actor("presenter"), visit, Box("Aspirin", ""), "key-of-the-box")


def test_the_first_answer_to_an_ask_stays(session: Session, world: World, visit: Appointment) -> None:
    asked = {
        service.ask_presenter(session, world.actor("clinician"), visit, "walk", "key-of-the-ask").id for _ in range(2)
    }
    for answer in ("With a frame", "Alone"):
        ask = service.answer_ask(session, world.actor("presenter"), visit, next(iter(asked)), answer)

    assert len(asked) == 1
    assert (ask.answer, ask.done_by_id) == ("With a frame", world.staff["presenter"].id)
    assert actions(session)[-2:] == ["ask.made", "ask.done"]


# ---- who, where and when


def test_only_a_presenter_takes_and_only_a_clinician_asks(session: Session, world: World, visit: Appointment) -> None:
    with pytest.raises(Forbidden):
        service.take(session, world.actor("clinician"), visit, PULSE, FIRST)
    with pytest.raises(Forbidden):
        service.ask_presenter(session, world.actor("presenter"), visit, "walk", "key-of-the-ask")


def test_a_presenter_of_another_service_finds_no_visit(session: Session, world: World, visit: Appointment) -> None:
    for stranger in ("other_presenter", "other_clinician"):
        with pytest.raises((NotFound, Forbidden)):
            service.take(session, world.actor(stranger), visit, PULSE, FIRST)
    with pytest.raises(NotFound):
        service.ask_presenter(session, world.actor("other_clinician"), visit, "walk", "key-of-the-ask")


def test_a_visit_away_from_her_sites_is_not_hers(session: Session, world: World, book: Book) -> None:
    with pytest.raises(NotFound):
        take(session, world, book(5))  # at home


def test_a_visit_at_another_place_is_not_hers(session: Session, world: World, visit: Appointment) -> None:
    elsewhere = Site(health_board_id=world.health_board.id, name="Ysbyty Arall", kind=SiteKind.COMMUNITY_HOSPITAL)
    session.add(elsewhere)
    session.flush()
    visit.site_id = elsewhere.id

    with pytest.raises(NotFound):
        take(session, world, visit)


def test_nothing_is_taken_at_a_cancelled_visit(session: Session, world: World, visit: Appointment) -> None:
    appointments.cancel(
        session,
        world.actor("admin"),
        appointment_id=visit.id,
        version=visit.version,
        reason=CancelReason.PATIENT_UNWELL,
    )

    with pytest.raises(consultations.VisitOver):
        take(session, world, visit)


def test_a_value_of_one_visit_is_not_found_at_another(session: Session, world: World, book: Book) -> None:
    here, there = book(0, mode=Mode.VIDEO_SITE), book(3, mode=Mode.VIDEO_SITE)
    value = take(session, world, here)

    with pytest.raises(NotFound):
        service.withdraw(session, world.actor("presenter"), there, value.id, "Another patient")


def test_the_list_of_the_day_counts_what_stands(session: Session, world: World, book: Book) -> None:
    here, there = book(0, mode=Mode.VIDEO_SITE), book(3, mode=Mode.VIDEO_SITE)
    nurse = world.actor("presenter")
    wrong = take(session, world, here)
    service.correct(session, nurse, here, wrong.id, Typed("", "76"), Sent("key-of-the-right"), "Typed wrongly")
    service.ask_presenter(session, world.actor("clinician"), here, "walk", "key-of-the-ask")

    counted = queries.counts(session, [here.id, there.id])

    assert (counted[here.id].values, counted[here.id].unsigned, counted[here.id].open_asks) == (1, 1, 1)
    assert (counted[there.id].values, counted[there.id].open_asks) == (0, 0)
