"""How ready somebody is, from her checks and from the calls to her: no database and no clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from cartref.consultations.models import Readiness
from cartref.consultations.readiness.parts import REASON_WORDS, SLOW_WORDS, verdict
from cartref.consultations.readiness.rules import Call, Settled, Standing, asked_at, last_of, standing

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)


@dataclass
class Check:
    """A check so many hours after Monday morning, and help asked for so many hours after it."""

    hours: float
    result: Readiness
    device: str = "tablet"
    asked: float | None = None

    @property
    def checked_at(self) -> datetime:
        return MONDAY + timedelta(hours=self.hours)

    @property
    def asked_help_at(self) -> datetime | None:
        return MONDAY + timedelta(hours=self.asked) if self.asked is not None else None


def call(hours: float, result: Settled) -> Call:
    return Call(result, MONDAY + timedelta(hours=hours))


READY, SLOW, BAD = Readiness.READY, Readiness.SLOW, Readiness.NEEDS_HELP


@pytest.mark.parametrize(
    ("checks", "calls", "expected"),
    [
        ([], [], Standing.NOT_DONE),
        ([Check(1, READY)], [], Standing.READY),
        ([Check(1, SLOW)], [], Standing.SLOW),
        ([Check(1, BAD)], [], Standing.NEEDS_HELP),
        ([Check(2, READY), Check(1, BAD)], [], Standing.READY),  # in whichever order they come
        ([Check(1, READY), Check(2, BAD)], [], Standing.NEEDS_HELP),  # the same tablet, and it got worse
        ([Check(1, READY, "tablet"), Check(2, BAD, "telephone")], [], Standing.READY),  # she uses the better one
        ([Check(1, READY, asked=2)], [], Standing.NEEDS_HELP),
        ([Check(1, BAD, asked=2), Check(3, READY)], [], Standing.READY),
        ([Check(1, BAD, asked=2), Check(3, SLOW)], [], Standing.NEEDS_HELP),
        ([], [call(1, Settled.HELPED)], Standing.READY),
        ([Check(1, BAD, asked=1)], [call(2, Settled.HELPED)], Standing.READY),
        ([Check(1, BAD)], [call(2, Settled.HELPED)], Standing.READY),
        ([Check(3, BAD)], [call(2, Settled.HELPED)], Standing.NEEDS_HELP),
        ([Check(1, BAD, asked=3)], [call(2, Settled.HELPED)], Standing.NEEDS_HELP),
        ([Check(1, BAD)], [call(2, Settled.NOT_REACHED)], Standing.NEEDS_HELP),
        ([], [call(2, Settled.NOT_REACHED)], Standing.NOT_DONE),
        ([Check(1, BAD)], [call(2, Settled.TELEPHONE)], Standing.TELEPHONE),
        ([Check(3, READY)], [call(2, Settled.TELEPHONE)], Standing.TELEPHONE),  # the visit is by telephone all the same
        ([Check(1, BAD)], [call(2, Settled.TELEPHONE), call(3, Settled.NOT_REACHED)], Standing.TELEPHONE),
        ([Check(1, BAD)], [call(2, Settled.TELEPHONE), call(3, Settled.VIDEO)], Standing.NEEDS_HELP),
        ([Check(1, READY)], [call(2, Settled.TELEPHONE), call(3, Settled.VIDEO)], Standing.READY),
    ],
)
def test_the_last_word_of_checks_and_calls_counts(checks: list[Check], calls: list[Call], expected: Standing) -> None:
    assert standing(checks, calls) is expected


def test_the_order_of_the_list_is_help_then_not_done_then_slow_then_ready() -> None:
    ordered = sorted(Standing, key=lambda one: one.urgency)

    assert ordered == [
        Standing.NEEDS_HELP, Standing.NOT_DONE, Standing.SLOW, Standing.READY, Standing.TELEPHONE,
    ]  # fmt: skip
    assert {one for one in Standing if one.to_ring} == {Standing.NEEDS_HELP, Standing.NOT_DONE}


@pytest.mark.parametrize(
    ("reasons", "result"),
    [
        ([], READY),
        (["slow-up"], SLOW),
        (["slow-up", "slow-far"], SLOW),
        (["slow-up", "camera-denied"], BAD),
        (["speaker-no"], BAD),
        (["line-none"], BAD),
    ],
)
def test_the_worst_reason_decides(reasons: list[str], result: Readiness) -> None:
    assert verdict(reasons) is result


def test_every_reason_that_only_slows_has_words() -> None:
    assert SLOW_WORDS.keys() <= REASON_WORDS.keys()
    assert {code.partition("-")[0] for code in REASON_WORDS} >= {"camera", "microphone", "speaker", "line"}


def test_nothing_was_last_where_nothing_was_done() -> None:
    assert last_of([]) is None
    assert asked_at([Check(1, READY)]) is None
