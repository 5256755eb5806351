"""What was typed, judged: numbers as they are, refused where no patient has them, asked about where few have."""

import re
from dataclasses import dataclass
from decimal import Decimal

from cartref.consultations.encounters.observing.kinds import (
    MEASURES,
    STANDING_MINUTES,
    WEIGHT_CHANGE,
    Kind,
    Limits,
    Number,
    Posture,
)
from cartref.errors import Invalid

FIGURES = re.compile(r"\d{1,4}([.,]\d{1,2})?")


class ReadingUnknown(Invalid):
    """There is no such kind of value, or nobody's blood pressure is taken like that."""

    code = "observation.unknown"


class NumberWanted(Invalid):
    """What was typed is no number, has more decimals than the value has, or is missing; `number` is its name."""

    code = "observation.number-wanted"
    field = "value"

    def __init__(self, field: str, number: Number, decimals: int) -> None:
        super().__init__(field)
        self.number, self.decimals = number, decimals


class Implausible(Invalid):
    """No patient has this value: it is a slip. `limits` are those of the number, `kind` what was measured."""

    code = "observation.implausible"
    field = "value"

    def __init__(self, field: str, kind: Kind, limits: Limits) -> None:
        super().__init__(field, kind=kind.value)
        self.kind, self.limits = kind, limits


class NumbersSwapped(Invalid):
    """The lower number of a blood pressure is not below the upper one."""

    code = "observation.numbers-swapped"
    field = "second"


class Unusual(Invalid):
    """Few patients have this value: it is kept once somebody says why it is right."""

    code = "observation.unusual"
    field = "because"


@dataclass(frozen=True)
class Typed:
    """What was typed of one value: texts as they stand in the boxes, `minutes` those that she had been standing."""

    kind: str
    value: str
    second: str = ""
    posture: str = ""
    minutes: str = ""


@dataclass(frozen=True)
class Reading:
    """One value, understood and possible."""

    kind: Kind
    value: Decimal
    second: Decimal | None = None
    posture: str = ""
    minutes: int | None = None


def read(typed: Typed) -> Reading:
    """Return what was typed as a value; raise ReadingUnknown, NumberWanted, Implausible or NumbersSwapped."""
    if typed.kind not in set(Kind):
        raise ReadingUnknown(kind=typed.kind)
    kind = Kind(typed.kind)
    measure = MEASURES[kind]
    posture, minutes = _placed(kind, typed)
    value = _number(kind, measure.first, typed.value, "value", measure.decimals)
    second = None
    if measure.second and (measure.second.needed or typed.second.strip()):
        second = _number(kind, measure.second, typed.second, "second", 0 if measure.second.needed else 1)
    if kind is Kind.BLOOD_PRESSURE and second is not None and second >= value:
        raise NumbersSwapped
    return Reading(kind, value, second, posture, minutes)


def is_unusual(reading: Reading, weight_before: Decimal | None = None) -> bool:
    """Tell whether few patients have this value, or her weight has changed since the one before."""
    measure = MEASURES[reading.kind]
    if reading.kind is Kind.WEIGHT and weight_before:
        return abs(reading.value - weight_before) >= WEIGHT_CHANGE * weight_before
    usual = measure.first.usual.hold(reading.value)
    if measure.second and reading.second is not None:
        usual = usual and measure.second.usual.hold(reading.second)
    return not usual


def _placed(kind: Kind, typed: Typed) -> tuple[str, int | None]:
    if kind is not Kind.BLOOD_PRESSURE:
        return "", None
    if typed.posture not in set(Posture):
        raise ReadingUnknown(kind=kind.value)
    if typed.posture != Posture.STANDING:
        return typed.posture, None
    if typed.minutes not in {str(minutes) for minutes in STANDING_MINUTES}:
        raise ReadingUnknown(kind=kind.value)
    return typed.posture, int(typed.minutes)


def _number(kind: Kind, number: Number, text: str, field: str, decimals: int) -> Decimal:
    text = text.strip()
    if not FIGURES.fullmatch(text) or not text.isascii():
        raise NumberWanted(field, number, decimals)
    value = Decimal(text.replace(",", "."))
    if value != round(value, decimals):
        raise NumberWanted(field, number, decimals)
    if not number.plausible.hold(value):
        raise Implausible(field, kind, number.plausible)
    return value
