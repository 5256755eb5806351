"""Two holds of one resource never overlap: each database refuses what a look at all of them would, and nothing else."""

import re
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, text, update
from sqlalchemy.exc import IntegrityError

from cartref.appointments.invariants import disagreements
from cartref.appointments.models import NO_OVERLAP, ResourceHold
from cartref.clinics.models import Resource, ResourceKind
from cartref.db import new_id
from tests.cartref.appointments.conftest import MINUTE, TODAY, Desk

Span = tuple[int, int]
SPANS = st.tuples(st.integers(0, 30), st.integers(1, 12)).map(lambda span: (span[0], sum(span)))
# PostgreSQL has an exclusion constraint, which is indexed by itself and never let go of.
of_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
STEPS = st.lists(st.tuples(st.integers(0, 1), st.none() | st.integers(0, 5), SPANS), max_size=12)


class Holds:
    """The holds of two resources, each beside the spans that it should have."""

    def __init__(self, desk: Desk) -> None:
        self.session, self.appointment = desk.session, desk.book(11)
        self.resources = [Resource(kind=ResourceKind.ROOM, ref_id=new_id()) for _ in range(2)]
        self.session.add_all(self.resources)
        self.session.commit()
        self.known: dict[str, tuple[int, Span]] = {}

    def forget(self) -> None:
        """Begin anew, without any."""
        mine = [resource.id for resource in self.resources]
        self.session.execute(delete(ResourceHold).where(ResourceHold.resource_id.in_(mine)))
        self.known.clear()

    def try_to_put(self, hold_id: str | None, number: int, span: Span) -> bool:
        """Add a hold, or change the one that is named; tell whether the database let it be."""
        values = {"resource_id": self.resources[number].id, "starts_at": at(span[0]), "ends_at": at(span[1])}
        try:
            with self.session.begin_nested():
                if hold_id is None:
                    hold_id = new_id()
                    row = {"id": hold_id, "appointment_id": self.appointment.id, **values}
                    self.session.execute(ResourceHold.__table__.insert().values(row))  # type: ignore[attr-defined]
                else:
                    self.session.execute(update(ResourceHold).where(ResourceHold.id == hold_id).values(values))
        except IntegrityError as refusal:
            assert NO_OVERLAP in str(refusal)
            return False
        self.known[hold_id] = number, span
        return True

    def overlaps(self, but: str | None, number: int, span: Span) -> bool:
        """Tell whether a hold of that resource, but the one that is named, is in the way, by looking at all of them."""
        others = [other for key, (at, other) in self.known.items() if key != but and at == number]
        return any(start < span[1] and span[0] < end for start, end in others)


def at(minute: int) -> datetime:
    """Return the moment so many minutes after the beginning."""
    return TODAY + minute * MINUTE


@pytest.fixture
def holds(desk: Desk) -> Holds:
    return Holds(desk)


def test_what_overlaps_is_refused_and_nothing_else(holds: Holds) -> None:
    @settings(deadline=None, derandomize=True, max_examples=60, suppress_health_check=list(HealthCheck), database=None)
    @given(steps=STEPS)
    def put(steps: list[tuple[int, int | None, Span]]) -> None:
        holds.forget()
        for number, changed, span in steps:
            hold_id = None if changed is None else next(iter(list(holds.known)[changed:]), None)
            wanted = not holds.overlaps(hold_id, number, span)
            assert holds.try_to_put(hold_id, number, span) is wanted

    put()


@of_sqlite
def test_the_guard_reads_one_hold_however_many_there_are(holds: Holds) -> None:
    guard = holds.session.scalars(text("SELECT sql FROM sqlite_master WHERE name = 'resource_hold_insert'")).one()
    (query,) = re.findall(r"\((\s*SELECT.*LIMIT 1)\s*\)", guard, re.DOTALL)
    plan = holds.session.execute(text("EXPLAIN QUERY PLAN " + re.sub(r"NEW\.\w+", "'value'", query)))

    (step,) = [row.detail for row in plan]
    assert "USING INDEX ix_resource_hold_resource_id_starts_at (resource_id=? AND starts_at<?)" in step


@of_sqlite
def test_the_doctor_finds_holds_that_overlap_however_they_came_about(holds: Holds) -> None:
    holds.session.execute(text("DROP TRIGGER resource_hold_insert"))
    for span in ((0, 60), (10, 20), (30, 40)):
        holds.try_to_put(None, 0, span)

    found = [fault for fault in disagreements(holds.session) if fault.startswith("holds that overlap")]
    assert found == [f"holds that overlap: {next(iter(holds.known))}"]
