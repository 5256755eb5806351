"""Whose picture a subscriber gets, by what its line carries: simulated lines, no sockets."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from signalling.media.layers import Chooser, Offered, cost, levels_at, step_within
from signalling.media.line import Line, LineSense

PEOPLE = [Offered("anna", 40_000, 150_000, 1_500_000), Offered("bryn", 40_000, 150_000, 1_500_000)]


class Simulated:
    """A line of so many bits a second, with half a second of queue."""

    def __init__(self, bits: float) -> None:
        self.bits = bits
        self.queued = 0.0

    def carry(self, sent: float, seconds: float) -> Line:
        """The line after it was sent so many bits a second for a while."""
        before = self.queued
        self.queued = max(0.0, before + (sent - self.bits) * seconds)
        lost = max(0.0, self.queued - self.bits / 2)
        self.queued -= lost
        arrives = min(sent, self.bits)
        return Line(self.queued / self.bits, min(1.0, lost / (sent * seconds or 1)), arrives)


def live(bits: float, seconds: float, people: list[Offered] = PEOPLE) -> list[int]:
    """The steps that a chooser stands on, ten times a second."""
    chooser, line, heard, steps = Chooser(0.0), Simulated(bits), Line(), []
    for tick in range(int(seconds * 10)):
        choice = chooser.choose(people, heard, tick / 10)
        step = next(step for step in range(2 * len(people) + 1) if levels(step, people) == choice.levels)
        steps.append(step)
        heard = line.carry(cost(step, people) + choice.trial, 0.1)
    return steps


def levels(step: int, people: list[Offered]) -> dict[str, str]:
    """What is sent of each on a step."""
    return dict(levels_at(step, [one.participant for one in people]))


def test_the_row_goes_from_sound_alone_to_everybody_large() -> None:
    assert [list(levels(step, PEOPLE).values()) for step in range(5)] == [
        ["none", "none"],
        ["low", "none"],
        ["low", "low"],
        ["high", "low"],
        ["high", "high"],
    ]
    assert all(cost(low, PEOPLE) < cost(high, PEOPLE) for low, high in pairwise(range(5)))


def test_a_good_line_has_everybody_large_within_ten_seconds_and_keeps_it() -> None:
    steps = live(5_000_000, 60)

    assert steps[100:] == [4] * 500


def test_a_line_of_600_kbit_keeps_both_small_pictures_nearly_all_the_time() -> None:
    steps = live(600_000, 300)

    assert steps.count(2) / len(steps) > 0.97
    assert min(steps) >= 1


def test_a_line_that_carries_one_picture_shows_one() -> None:
    steps = live(300_000, 300)

    assert steps[50:].count(1) / len(steps[50:]) > 0.9


def test_a_line_of_100_kbit_has_sound_alone_and_tries_ever_more_rarely() -> None:
    steps = live(100_000, 300)

    tries = [at for at, (before, after) in enumerate(pairwise(steps)) if after > before]
    assert steps.count(0) / len(steps) > 0.9
    assert len(tries) < 10
    assert all(later - earlier > 70 for earlier, later in pairwise(tries))


def test_a_line_that_recovers_gets_the_pictures_back() -> None:
    chooser, line, heard = Chooser(0.0), Simulated(100_000), Line()
    for tick in range(2_000):
        if tick == 300:
            line.bits = 5_000_000
        choice = chooser.choose(PEOPLE, heard, tick / 10)
        sent = sum(one.sound + one.picture(choice.levels[one.participant]) for one in PEOPLE)
        heard = line.carry(sent + choice.trial, 0.1)

    assert set(choice.levels.values()) == {"high"}


@given(st.lists(st.integers(0, 4), max_size=40), st.sampled_from([80_000, 400_000, 3_000_000]))
def test_people_who_come_and_go_never_leave_a_step_that_is_not_there(counts: list[int], bits: int) -> None:
    chooser, line, heard = Chooser(0.0), Simulated(bits), Line()
    for tick, count in enumerate(counts):
        people = [Offered(f"p{place}", 40_000, 150_000, 600_000) for place in range(count)]
        choice = chooser.choose(people, heard, tick / 2)
        assert set(choice.levels) == {one.participant for one in people}
        heard = line.carry(sum(one.sound + one.picture(choice.levels[one.participant]) for one in people), 0.5)


def test_a_budget_buys_the_highest_step_that_it_pays_for() -> None:
    assert step_within(79_999, PEOPLE) == 0
    assert step_within(250_000, PEOPLE) == 1
    assert step_within(10_000_000, PEOPLE) == 4


def test_without_transport_cc_a_line_is_known_by_receiver_reports() -> None:
    sense = LineSense()

    sense.hear_block(0.3, 10.0)

    assert sense.line(10.1).loss == 0.3
    assert sense.line(20.0).loss == 0.0
    assert sense.line(20.0).arrives is None
