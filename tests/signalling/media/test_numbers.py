"""Sequence numbers that wrap, and the run of numbers that a leg makes of changing sources."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from signalling.media.numbers import WRAP, Rewriter, Unwrapper, nearer
from signalling.media.repair import KEPT, Missing, Ring, Sent


@given(st.integers(0, 65535), st.lists(st.integers(-300, 300), max_size=200))
def test_unwrapped_numbers_are_the_ones_that_were_meant(start: int, steps: list[int]) -> None:
    unwrapper, meant = Unwrapper(), start
    assert unwrapper.take(start) == start

    for step in steps:
        meant = max(0, unwrapper.highest or 0) + step
        assert unwrapper.take(meant % WRAP) == meant


@given(st.integers(0, 65535), st.integers(0, 65535))
def test_the_nearer_way_round_is_never_more_than_half(one: int, other: int) -> None:
    way = nearer(one - other)

    assert -32768 <= way <= 32767
    assert (other + way) % WRAP == one


@given(st.integers(0, 65535), st.integers(0, 65535), st.lists(st.booleans(), min_size=1, max_size=300))
def test_what_is_dropped_leaves_no_gap(first: int, start: int, passed: list[bool]) -> None:
    rewriter = Rewriter(first)
    given_out = []

    for place, is_passed in enumerate([True, *passed]):
        number = (start + place) % WRAP
        if is_passed:
            given_out.append(rewriter.take(number))
        else:
            rewriter.drop(number)

    assert given_out == [(first + place) % WRAP for place in range(len(given_out))]


@given(st.integers(0, 65535), st.lists(st.tuples(st.integers(0, 65535), st.integers(1, 50)), min_size=1, max_size=20))
def test_sources_that_follow_one_another_make_one_run(first: int, sources: list[tuple[int, int]]) -> None:
    rewriter = Rewriter(first)
    given_out = []

    for start, count in sources:
        rewriter.change()
        given_out += [rewriter.take((start + place) % WRAP) for place in range(count)]

    assert given_out == [(first + place) % WRAP for place in range(len(given_out))]


def test_a_late_packet_takes_the_place_that_was_left_for_it_and_one_from_before_the_source_none() -> None:
    rewriter = Rewriter(100)

    assert [rewriter.take(number) for number in (65534, 65535, 2)] == [100, 101, 104]
    assert [rewriter.take(number) for number in (0, 1)] == [102, 103]
    assert rewriter.take(65533) is None


def test_a_long_stream_with_many_drops_goes_on_without_a_gap() -> None:
    rewriter = Rewriter(0)
    given_out = []

    for number in range(200_000):
        if number % 7 == 3:
            rewriter.drop(number % WRAP)
        else:
            given_out.append(rewriter.take(number % WRAP))

    assert all((later or 0) - (earlier or 0) in (1, 1 - WRAP) for earlier, later in pairwise(given_out))


def test_what_was_passed_over_is_asked_for_a_few_times_and_then_given_up() -> None:
    missing = Missing()
    for sequence in (65533, 65534, 1):
        assert missing.take(sequence, 0.0)

    assert missing.due(0.0) == [65535, 0]
    assert missing.due(0.01) == []
    assert missing.take(0, 0.02)
    assert not missing.take(0, 0.03)
    assert missing.due(0.1) == [65535]
    assert missing.due(2.0) == []


@given(st.lists(st.integers(0, 65535), max_size=500))
def test_no_numbers_make_the_missing_many(sequences: list[int]) -> None:
    missing = Missing()

    for place, sequence in enumerate(sequences):
        missing.take(sequence, place / 100)
        assert len(missing.due(place / 100)) <= 256


def test_a_ring_keeps_the_last_512() -> None:
    ring = Ring()
    for sequence in range(65_000, 65_000 + KEPT + 10):
        ring.keep(Sent(sequence % WRAP, 0, 0, b""))

    assert ring.find(65_009) is None
    assert ring.find(65_010) is not None
    assert ring.recent(0) == ring.find((65_000 + KEPT + 9) % WRAP)
