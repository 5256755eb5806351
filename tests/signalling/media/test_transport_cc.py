"""Transport-cc reports: what they say is what arrived, whatever the order, the gaps and the wrap."""

from struct import unpack, unpack_from

from hypothesis import given
from hypothesis import strategies as st

from signalling.media.transport_cc import LONGEST, Arrivals


def read(report: bytes) -> dict[int, float]:
    """Return when each packet arrived by a report, in ms (draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1)."""
    first, kind, length = unpack_from("!BBH", report)
    assert (first >> 6, first & 0x1F, kind, len(report)) == (2, 15, 205, 4 + 4 * length)
    _ssrc, _media, base, count, reference = unpack_from("!LLHHL", report, 4)
    symbols: list[int] = []
    at = 20
    while len(symbols) < count:
        (chunk,) = unpack_from("!H", report, at)
        assert chunk >> 14 == 0b11, "two-bit status vectors alone are written"
        symbols += [chunk >> (12 - 2 * place) & 0b11 for place in range(7)]
        at += 2
    arrivals = {}
    now = (reference >> 8) * 64.0
    for number, symbol in enumerate(symbols[:count]):
        if symbol:
            [delta] = unpack("!B", report[at : at + 1]) if symbol == 1 else unpack("!h", report[at : at + 2])
            at += symbol
            now += delta / 4
            arrivals[(base + number) & 0xFFFF] = now
    padding = report[-1] if first & 0x20 else 0
    assert at + padding == len(report)
    return arrivals


def reports(arrivals: Arrivals) -> list[bytes]:
    found = []
    while (report := arrivals.report(1, 2)) is not None:
        found.append(report)
    return found


def test_a_report_says_what_came_and_when_and_what_did_not() -> None:
    arrivals = Arrivals()
    for number, at in ((10, 1_000.0), (11, 1_003.5), (14, 1_020.0), (13, 1_030.25)):
        arrivals.add(number, at)

    [report] = reports(arrivals)

    assert read(report) == {10: 1_000.0, 11: 1_003.5, 13: 1_030.25, 14: 1_020.0}


def test_nothing_new_is_no_report() -> None:
    arrivals = Arrivals()
    assert arrivals.report(1, 2) is None
    arrivals.add(5, 100.0)

    assert len(reports(arrivals)) == 1
    assert arrivals.report(1, 2) is None


def test_what_was_reported_as_lost_is_not_taken_back_and_a_duplicate_is_passed_over() -> None:
    arrivals = Arrivals()
    for number in (1, 3):
        arrivals.add(number, 100.0)
    reports(arrivals)

    arrivals.add(2, 110.0)
    arrivals.add(3, 120.0)

    assert arrivals.report(1, 2) is None


def test_a_long_silence_is_divided_among_reports_with_times_of_their_own() -> None:
    arrivals = Arrivals()
    arrivals.add(1, 1_000.0)
    arrivals.add(2, 61_000.0)

    assert [read(report) for report in reports(arrivals)] == [{1: 1_000.0}, {2: 61_000.0}]


def test_reports_count_themselves() -> None:
    arrivals = Arrivals()
    counts = []
    for number in range(300):
        arrivals.add(number, 10.0 * number)
        [report] = reports(arrivals)
        counts.append(report[19])

    assert counts == [number % 256 for number in range(300)]


@given(
    st.integers(0, 0xFFFF),
    st.lists(st.tuples(st.booleans(), st.integers(-200, 4_000)), min_size=1, max_size=1_000),
)
def test_everything_that_arrived_is_reported_once_across_the_wrap(first: int, packets: list[tuple[bool, int]]) -> None:
    arrivals = Arrivals()
    sent = {}
    for number, (is_lost, quarters) in enumerate(packets):
        if not is_lost:
            sent[(first + number) & 0xFFFF] = 100_000 + number * 5 + quarters / 4
    for number, at in sent.items():
        arrivals.add(number, at)

    said: dict[int, float] = {}
    for report in reports(arrivals):
        assert len(report) < 1_200
        part = read(report)
        assert not part.keys() & said.keys()
        said |= part

    assert said == sent


@given(st.lists(st.integers(0, 0xFFFF), max_size=200))
def test_no_sequence_of_numbers_makes_a_report_that_is_too_long_or_reports_without_end(numbers: list[int]) -> None:
    arrivals = Arrivals()
    for number in numbers:
        arrivals.add(number, 1_000.0)

    found = reports(arrivals)

    assert len(found) <= 2 * (len(numbers) + LONGEST)
    assert all(len(report) < 1_200 for report in found)
