"""A short round of each drill in every run of the tests; `make drills` runs them at length."""

import pytest

from tests.drills import kills

ROUNDS = 20


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_nothing_acknowledged_is_lost_when_processes_are_killed() -> None:
    found = kills.run(ROUNDS)

    assert not found.faults, found.table()
    assert found.booked
    assert found.confirmed
    assert min(found.killed["web"], found.killed["worker"]) > 0
