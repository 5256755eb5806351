"""Orders of the application."""

import pytest

from signalling.room import OrderNotUnderstood, obey
from signalling.wire.events import Order
from tests.signalling.visit import CLINICIAN, PATIENT, ROOM, Visit, kinds


def order(kind: str, **fields: object) -> Order:
    return Order(id="order-1", type=kind, room=ROOM, **fields)  # type: ignore[arg-type]  # tests name types freely


def test_ahead_reaches_who_waits() -> None:
    visit = Visit()
    patient = visit.enter(PATIENT, "patient")

    visit.carry_out(obey(visit.room, order("ahead", participant=PATIENT, n=2), visit.now))

    assert (patient.inbox[-1]["type"], patient.inbox[-1]["ahead"]) == ("waiting", 2)


def test_ahead_is_not_told_to_who_is_let_in() -> None:
    visit = Visit()
    clinician = visit.enter(CLINICIAN, "clinician")

    visit.carry_out(obey(visit.room, order("ahead", participant=CLINICIAN, n=2), visit.now))

    assert kinds(clinician.inbox) == ["welcome"]


def test_a_removal_by_order_takes_staff_too_and_names_nobody() -> None:
    visit = Visit()
    clinician = visit.enter(CLINICIAN, "clinician")

    visit.carry_out(obey(visit.room, order("remove", participant=CLINICIAN), visit.now))

    assert clinician.closed == (4403, "removed")
    assert visit.events[-1] == ("participant.removed", CLINICIAN, {"by": None})


def test_an_end_by_order_names_nobody_and_keeps_its_reason() -> None:
    visit = Visit()
    patient = visit.enter(PATIENT, "patient")

    visit.carry_out(obey(visit.room, order("end", reason="cancelled"), visit.now))

    assert patient.inbox[-1]["reason"] == "cancelled"
    assert visit.events[-1] == ("room.ended", None, {"reason": "cancelled"})


@pytest.mark.parametrize(
    ("given", "closed"),
    [
        (order("remove", participant=PATIENT), (4403, "removed")),
        (order("end", reason="cancelled"), (4410, "ended")),
    ],
)
def test_an_order_for_somebody_not_seen_yet_waits_for_him(given: Order, closed: tuple[int, str]) -> None:
    visit = Visit()
    visit.carry_out(obey(visit.room, given, visit.now))

    visit.wait(24 * 3600 - 1)
    kept = not visit.room.is_over(visit.now)
    patient = visit.enter(PATIENT, "patient")

    assert kept
    assert patient.closed == closed


def test_an_order_for_a_room_that_never_comes_is_forgotten_after_a_day() -> None:
    visit = Visit()
    visit.carry_out(obey(visit.room, order("end", reason="cancelled"), visit.now))

    visit.wait(24 * 3600)

    assert visit.room.is_over(visit.now)


@pytest.mark.parametrize(
    "given", [order("remove"), order("ahead", participant=PATIENT), order("ahead", participant=PATIENT, n=-1)]
)
def test_an_order_that_lacks_something_is_not_understood(given: Order) -> None:
    visit = Visit()

    with pytest.raises(OrderNotUnderstood):
        obey(visit.room, given, visit.now)
