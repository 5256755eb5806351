"""A visit on a bad line, shortly; the rest is `make line`. Where no namespace may be made it says so and goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.line import scenarios
from tests.line.link import Link, Way
from tests.line.namespaces import NotAllowed, namespace
from tests.line.stand import Ends, ends


@pytest.fixture(scope="module")
def running(playwright: Playwright) -> Iterator[Ends]:
    """Run the clinic with a line; a machine that gives no right to make namespaces is no failure."""
    try:
        with ends(playwright) as found:
            yield found
    except NotAllowed as refused:
        pytest.skip(f"no network namespaces here: {refused}")


@pytest.mark.browser
def test_on_a_thin_line_the_sound_is_whole_and_the_paused_picture_is_said_on_both_sides(running: Ends) -> None:
    outcome = scenarios.thin(running)

    assert outcome.holds, outcome.found


@pytest.mark.browser
def test_a_visit_that_loses_its_line_for_15_seconds_is_back_without_a_press(running: Ends) -> None:
    outcome = scenarios.cut(running)

    assert outcome.holds, outcome.found


def test_a_line_delays_queues_and_loses_as_it_is_told() -> None:
    way = Way(delay_ms=100)
    assert way.due(1000, now=10.0) == pytest.approx(10.1)

    way.set(kbit=80, queue_ms=250)
    assert [way.due(1000, now=20.0) for _ in range(3)] == pytest.approx([20.2, 20.3, 20.4])
    assert way.due(1000, now=20.0) is None, "300 ms of packets wait already"

    way.set(loss=1)
    assert way.due(1000, now=60.0) is None
    assert (way.carried, way.dropped) == (4, 2)


def test_packets_never_overtake_each_other_however_much_they_jitter() -> None:
    way = Way(delay_ms=50, jitter_ms=40)

    arrivals = [way.due(200, now=n / 100) or 0 for n in range(200)]

    assert arrivals == sorted(arrivals)


def test_a_line_of_which_nobody_knows_the_word_is_refused() -> None:
    with pytest.raises(TypeError):
        Way().set(lag=3)


def test_nothing_of_a_line_is_left_when_it_is_closed() -> None:
    before = _open_files()
    try:
        with namespace() as clinic, namespace() as home, Link(clinic, home):
            kept = (clinic.path, home.path)
            assert all(path.exists() for path in kept)
    except NotAllowed as refused:
        pytest.skip(f"no network namespaces here: {refused}")

    assert not any(path.exists() for path in kept)
    assert _open_files() == before


def _open_files() -> set[str]:
    return {file.name for file in Path("/proc/self/fd").iterdir()}
