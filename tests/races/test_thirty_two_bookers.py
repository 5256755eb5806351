"""Thirty-two people book one clinic at once, over HTTP: nothing is in two places, and nobody sees a broken page."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from random import Random
from threading import Barrier
from typing import TypeVar

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from cartref.appointments.invariants import disagreements
from cartref.appointments.models import Appointment, ResourceHold
from tests.factories import World
from tests.races.conftest import BOOKERS, Office

BOOKED, REFUSED = 303, 422
ATTEMPTS = 4
Answer = TypeVar("Answer")


def test_nothing_is_ever_in_two_places(
    office: Office, engine: Engine, busy_world: World, sittings: list[list[str]]
) -> None:
    def book_again_and_again(booker: int) -> list[int]:
        chance = Random(booker)
        return [office.post("/appointments/new", _wish(busy_world, sittings, chance))[0] for _ in range(ATTEMPTS)]

    answers = Counter(status for statuses in _at_once(book_again_and_again) for status in statuses)

    assert set(answers) == {BOOKED, REFUSED}
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Appointment)) == answers[BOOKED]
        assert _overlaps(session) == []
        assert disagreements(session) == []


def test_a_form_sent_thirty_two_times_books_once(
    office: Office, engine: Engine, busy_world: World, sittings: list[list[str]]
) -> None:
    form = _wish(busy_world, sittings, Random(1)) | {"minutes": "20"}

    answers = Counter(_at_once(lambda _booker: office.post("/appointments/new", form)))

    with Session(engine) as session:
        booked = session.scalars(select(Appointment)).one()
        assert answers == {(BOOKED, f"/appointments/{booked.id}"): BOOKERS}


def _wish(world: World, sittings: list[list[str]], chance: Random) -> dict[str, object]:
    at_site = chance.random() < 0.5
    return {
        "slot_id": chance.choice(chance.choice(sittings)),
        "patient_id": chance.choice(world.patients).id,
        "minutes": chance.choice(["20", "30", "40", "50"]),
        "mode": "video-site" if at_site else "video-home",
        "room_id": world.room.id if at_site else "",
        "presenter_id": world.staff["presenter"].id if at_site else "",
        "idempotency_key": f"{chance.random()}",
    }


def _at_once(act: Callable[[int], Answer]) -> list[Answer]:
    start = Barrier(BOOKERS)

    def wait_and_act(booker: int) -> Answer:
        start.wait()
        return act(booker)

    with ThreadPoolExecutor(BOOKERS) as bookers:
        return list(bookers.map(wait_and_act, range(BOOKERS)))


def _overlaps(session: Session) -> list[tuple[str, str]]:
    """Return every pair of holds of one resource that share time, compared here and not by the database."""
    holds = session.scalars(select(ResourceHold)).all()
    assert holds
    return [
        (one.id, other.id)
        for one, other in combinations(holds, 2)
        if one.resource_id == other.resource_id and one.starts_at < other.ends_at and other.starts_at < one.ends_at
    ]
