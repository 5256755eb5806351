"""A cancelled time is offered to others, unless nobody could be seen then."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from cartref.appointments import service
from cartref.appointments.invariants import disagreements
from cartref.appointments.models import VacancyState
from cartref.clinics import service as clinics
from tests.cartref.appointments.vacancies.conftest import Line


def test_a_cancelled_time_is_open_to_others(line: Line) -> None:
    vacancy = line.freed(2, minutes=40)

    assert vacancy.state is VacancyState.OPEN
    assert vacancy.starts_at == datetime(2026, 12, 8, 9, 40, tzinfo=UTC)
    assert vacancy.ends_at - vacancy.starts_at == timedelta(minutes=40)


@pytest.mark.parametrize("reason", ["clinician-away", "clinic-cancelled"])
def test_a_time_without_its_clinician_is_nobodys(line: Line, reason: str) -> None:
    line.desk.cancel(line.desk.book(), reason)

    assert line.vacancies() == []


@pytest.mark.parametrize(("hours", "count"), [(1, 0), (3, 1)])
def test_a_time_that_is_near_is_not_offered(
    line: Line, today: time_machine.Traveller, hours: int, count: int
) -> None:  # fmt: skip
    appointment = line.desk.book()
    today.move_to(appointment.starts_at - timedelta(hours=hours))

    line.desk.cancel(appointment)

    assert len(line.vacancies()) == count


def test_a_time_in_a_closed_session_is_not_offered(line: Line) -> None:
    appointment = line.desk.book()
    clinics.close_session(line.session, line.desk.actor, line.world.clinic_session.id, "other")

    line.desk.cancel(appointment)

    assert line.vacancies() == []


def test_a_time_that_was_only_held_frees_nothing_new(line: Line) -> None:
    held = line.desk.book(held_until=datetime(2026, 12, 1, 11, tzinfo=UTC))

    line.desk.cancel(held)

    assert line.vacancies() == []


def test_somebody_who_was_overbooked_leaves_no_time(line: Line) -> None:
    lane = clinics.add_lane(line.session, line.desk.actor, line.world.clinic.id, "Urgent", 1)
    beside = line.desk.book(lane_id=lane.id, overbook_reason="The district nurse asked")

    line.desk.cancel(beside)

    assert line.vacancies() == []


def test_undoing_the_cancellation_ends_the_vacancy(line: Line) -> None:
    line.waits(1)

    line.undo(line.freed())

    assert [found.state for found in line.vacancies()] == [VacancyState.ENDED]
    assert line.round() == 0


def test_while_somebody_is_asked_the_cancellation_stays(line: Line) -> None:
    line.waits(1)
    vacancy = line.freed()
    line.round()

    with pytest.raises(service.SlotTaken):
        line.undo(vacancy)

    assert [found.state for found in line.vacancies()] == [VacancyState.OPEN]
    assert disagreements(line.session) == []


def test_a_part_of_an_offered_time_that_is_cancelled_belongs_to_it(line: Line) -> None:
    line.waits(1)
    line.waits(2)
    line.freed(minutes=40)
    line.round()
    accepted = line.yes(line.offers()[0])

    line.desk.cancel(line.appointment(accepted))

    assert len(line.vacancies()) == 1
