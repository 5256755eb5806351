"""What was typed, judged: possible, unusual, or no value of any patient."""

from decimal import Decimal

import pytest

from cartref.consultations.encounters.observing.kinds import MEASURES, POSTURE_WORDS, Kind, Posture, loinc
from cartref.consultations.encounters.observing.postural import falls
from cartref.consultations.encounters.observing.reading import (
    Implausible,
    NumbersSwapped,
    NumberWanted,
    Reading,
    ReadingUnknown,
    Typed,
    is_unusual,
    read,
)
from cartref.consultations.models import Observation


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        (Typed("pulse", "72"), Decimal(72)),
        (Typed("temperature", "36.8"), Decimal("36.8")),
        (Typed("temperature", " 36,8 "), Decimal("36.8")),
        (Typed("weight", "54"), Decimal(54)),
    ],
)
def test_a_number_is_read_as_it_is_written_here(typed: Typed, value: Decimal) -> None:
    assert read(typed).value == value


@pytest.mark.parametrize("text", ["", "abc", "7e1", "-72", "72.5", "72,", "٧٢", "1/2", "99999"])
def test_what_is_no_whole_number_is_no_pulse(text: str) -> None:
    with pytest.raises(NumberWanted):
        read(Typed("pulse", text))


@pytest.mark.parametrize("kind", Kind)
def test_the_plausible_limits_are_allowed_and_nothing_beyond_them(kind: Kind) -> None:
    measure = MEASURES[kind]
    step = Decimal(1).scaleb(-measure.decimals)
    least, most = measure.first.plausible.least, measure.first.plausible.most
    assert least is not None and most is not None
    second = "20" if kind is Kind.BLOOD_PRESSURE else ""

    for allowed in (least, most):
        assert read(Typed(kind, str(allowed), second, "lying")).value == allowed
    for beyond in (least - step, most + step):
        with pytest.raises(Implausible):
            read(Typed(kind, str(beyond), second, "lying"))


@pytest.mark.parametrize("kind", Kind)
def test_every_plausible_limit_lies_around_the_usual_ones(kind: Kind) -> None:
    for number in filter(None, (MEASURES[kind].first, MEASURES[kind].second)):
        for usual in filter(None, (number.usual.least, number.usual.most)):
            assert number.plausible.hold(usual)


@pytest.mark.parametrize(
    ("kind", "value", "second", "unusual"),
    [
        ("pulse", "41", "", False), ("pulse", "40", "", True), ("pulse", "110", "", False), ("pulse", "111", "", True),
        ("oxygen", "94", "", False), ("oxygen", "93", "", True), ("oxygen", "96", "2", False),
        ("temperature", "35.0", "", True), ("temperature", "39.0", "", False), ("temperature", "39.1", "", True),
        ("glucose", "3.9", "", True), ("glucose", "4.0", "", False), ("glucose", "11.1", "", True),
        ("blood-pressure", "101", "60", False), ("blood-pressure", "100", "60", True),
        ("blood-pressure", "179", "119", False), ("blood-pressure", "180", "90", True),
        ("blood-pressure", "170", "120", True),
    ],
)  # fmt: skip
def test_a_value_outside_the_published_bands_is_unusual(kind: str, value: str, second: str, unusual: bool) -> None:
    assert is_unusual(read(Typed(kind, value, second, "sitting"))) == unusual


@pytest.mark.parametrize(("now", "unusual"), [("57.0", True), ("57.1", False), ("63.0", True), ("62.9", False)])
def test_a_weight_is_unusual_when_it_has_changed_by_a_twentieth(now: str, unusual: bool) -> None:
    assert is_unusual(read(Typed("weight", now)), Decimal(60)) == unusual
    assert not is_unusual(read(Typed("weight", now)))


def test_the_lower_number_is_below_the_upper_one() -> None:
    with pytest.raises(NumbersSwapped):
        read(Typed("blood-pressure", "80", "120", "lying"))


@pytest.mark.parametrize(
    "typed",
    [
        Typed("height", "160"),
        Typed("blood-pressure", "120", "80"),
        Typed("blood-pressure", "120", "80", "kneeling"),
        Typed("blood-pressure", "120", "80", "standing"),
        Typed("blood-pressure", "120", "80", "standing", "2"),
    ],
)
def test_what_nobody_measures_is_refused(typed: Typed) -> None:
    with pytest.raises(ReadingUnknown):
        read(typed)


def test_each_posture_has_its_own_codes_and_words() -> None:
    codes = [loinc(Kind.BLOOD_PRESSURE, posture) for posture in Posture]

    assert len({code for pair in codes for code in pair}) == 6
    assert loinc(Kind.PULSE) == ("8867-4", "")
    assert {posture for posture, _minutes in POSTURE_WORDS} == set(Posture)


# ---- standing


def pressure(upper: int, lower: int, posture: str, minutes: int | None = None) -> Observation:
    reading = Reading(Kind.BLOOD_PRESSURE, Decimal(upper), Decimal(lower), posture, minutes)
    return Observation(
        kind=reading.kind.value, value=reading.value, second=reading.second, posture=posture, minutes_standing=minutes
    )


@pytest.mark.parametrize(
    ("lying", "standing", "drop"),
    [
        ((150, 80), (131, 71), False),
        ((150, 80), (130, 80), True),
        ((150, 80), (150, 70), True),
        ((105, 60), (89, 55), True),  # below 90, though it fell by less than 20
        ((88, 60), (89, 60), False),  # low, and did not fall
        ((120, 70), (140, 80), False),
    ],
)
def test_a_postural_drop_is_twenty_or_ten_or_below_ninety(
    lying: tuple[int, int], standing: tuple[int, int], drop: bool
) -> None:
    (found,) = falls([pressure(*lying, "lying"), pressure(*standing, "standing", 3)])

    assert found.is_drop == drop


def test_without_a_pressure_lying_nothing_is_said_of_standing() -> None:
    assert falls([pressure(120, 70, "sitting"), pressure(100, 60, "standing", 1)]) == []


def test_the_last_measurement_of_each_posture_counts() -> None:
    found = falls(
        [
            pressure(150, 80, "lying"), pressure(120, 70, "standing", 1), pressure(148, 80, "lying"),
            pressure(146, 79, "standing", 1), pressure(140, 78, "standing", 3),
        ]
    )  # fmt: skip

    assert [(fall.minutes, fall.upper, fall.lower) for fall in found] == [(1, 2, 1), (3, 8, 2)]
