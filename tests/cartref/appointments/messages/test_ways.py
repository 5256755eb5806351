"""Which way goes to whom: the rules as a table of what each person can be reached by."""

from datetime import timedelta

import pytest

from cartref.appointments.messages.kinds import CANCELLED, CHANGED, CONFIRMATION, LATE, MISSED, REVIEW_DUE
from cartref.appointments.messages.recipients import Obstacle, Recipient
from cartref.appointments.messages.ways import RULES, Route, reminder_rule, route
from cartref.links.models import Holder
from cartref.notifications.models import Channel

EMAIL, TEXT, LETTER = Channel.EMAIL, Channel.TEXT, Channel.LETTER
EVERYTHING = (EMAIL, TEXT, LETTER)
WEEKS, DAYS, HOURS = timedelta(weeks=3), timedelta(days=6), timedelta(hours=30)
RING, SILENCE = "ring", "silence"


def patient(*ways: Channel, **values: object) -> Recipient:
    given = {"may_be_rung": True, "ways": frozenset(ways)} | values
    return Recipient(Holder.PATIENT, "p", "Mrs Parry", "Mrs Parry", "cy", **given)  # type: ignore[arg-type] # its fields


def carer(*ways: Channel, arranges: bool) -> Recipient:
    return Recipient(
        Holder.CARER, "c", "Catrin", "Catrin", "cy", ways=frozenset(ways), may_be_rung=True, arranges=arranges
    )


def shown(found: Route) -> tuple[Channel, ...] | str:
    return found.channels or (RING if found.call else SILENCE)


@pytest.mark.parametrize("kind", [CONFIRMATION, CHANGED, CANCELLED])
@pytest.mark.parametrize(
    ("ways", "begins_in", "told"),
    [
        (EVERYTHING, WEEKS, (EMAIL,)),
        (EVERYTHING, HOURS, (EMAIL, TEXT)),
        ((EMAIL,), HOURS, (EMAIL,)),
        ((TEXT, LETTER), WEEKS, (LETTER,)),
        ((TEXT, LETTER), DAYS, (LETTER, TEXT)),
        ((TEXT, LETTER), HOURS, (TEXT,)),
        ((LETTER,), HOURS, RING),
        ((TEXT,), WEEKS, (TEXT,)),
        ((), WEEKS, RING),
    ],
)
def test_news_of_an_appointment_goes_by_the_surest_way_that_arrives_in_time(
    kind: str, ways: tuple[Channel, ...], begins_in: timedelta, told: object
) -> None:
    assert shown(route(RULES[kind], patient(*ways), begins_in)) == told


@pytest.mark.parametrize(
    ("hours", "ways", "told"),
    [
        (168, EVERYTHING, (EMAIL,)),
        (168, (TEXT, LETTER), (TEXT,)),
        (168, (LETTER,), (LETTER,)),
        (168, (), SILENCE),
        (48, (TEXT, LETTER), (TEXT,)),
        (48, (LETTER,), RING),
        (48, (), RING),
        (1, EVERYTHING, (TEXT,)),
        (1, (EMAIL, LETTER), (EMAIL,)),
        (1, (LETTER,), SILENCE),
        (1, (), SILENCE),
    ],
)
def test_a_reminder_has_ways_of_its_own(hours: int, ways: tuple[Channel, ...], told: object) -> None:
    assert shown(route(reminder_rule(hours), patient(*ways), timedelta(hours=hours))) == told


@pytest.mark.parametrize(("kind", "told"), [(LATE, (TEXT,)), (MISSED, (TEXT,)), (REVIEW_DUE, (EMAIL,))])
def test_what_is_urgent_is_a_text_and_what_is_not_is_to_be_kept(kind: str, told: tuple[Channel, ...]) -> None:
    assert shown(route(RULES[kind], patient(*EVERYTHING), None)) == told


@pytest.mark.parametrize(
    ("ways", "arranges", "told"),
    [((EMAIL, TEXT), False, (EMAIL,)), ((TEXT,), False, (TEXT,)), ((), False, SILENCE), ((), True, RING)],
)
def test_a_carer_gets_no_letter_and_is_rung_only_when_she_arranges(
    ways: tuple[Channel, ...], arranges: bool, told: object
) -> None:
    assert shown(route(RULES[CONFIRMATION], carer(*ways, arranges=arranges), WEEKS)) == told


@pytest.mark.parametrize("obstacle", [Obstacle.DECEASED, Obstacle.DO_NOT_CONTACT])
@pytest.mark.parametrize("kind", RULES)
def test_who_must_not_be_told_is_neither_written_to_nor_rung(kind: str, obstacle: Obstacle) -> None:
    assert shown(route(RULES[kind], patient(*EVERYTHING, obstacle=obstacle), WEEKS)) == SILENCE


def test_who_does_not_want_to_be_rung_is_not() -> None:
    assert shown(route(RULES[CONFIRMATION], patient(may_be_rung=False), WEEKS)) == SILENCE
