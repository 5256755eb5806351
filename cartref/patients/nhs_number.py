"""The NHS number: its ten digits and their check, and how far it has been traced (NHS Data Dictionary)."""

import re
from enum import StrEnum
from typing import Literal

from cartref.i18n import N_

Reason = Literal["length", "characters", "check-digit", "repeated"]

WEIGHTS = range(10, 1, -1)
_SEPARATORS = re.compile(r"[\s\u2010-\u2015-]")

ADVICE: dict[Reason, str] = {
    "characters": N_("An NHS number has only digits. Check what you typed."),
    "length": N_("An NHS number has 10 digits. Check what you typed."),
    "repeated": N_("This NHS number has the same digit 10 times. Nobody has that number."),
    "check-digit": N_("This is not a valid NHS number. Check each digit."),
}


class NhsNumberInvalid(ValueError):
    """The text is not an NHS number, for the `reason` given; `ADVICE` has the words for it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"not an NHS number: {reason}")
        self.reason = reason


class TraceStatus(StrEnum):
    """How far a patient's NHS number has been traced (UKCore-NHSNumberVerificationStatusWales 1.0.0)."""

    WELSH_REGISTER = "nn"
    TRACED = "01"
    NOT_TRACED = "02"
    TRACE_REQUIRED = "03"
    NO_SINGLE_MATCH = "04"
    TO_BE_RESOLVED = "05"
    IN_PROGRESS = "06"
    NOT_REQUIRED = "07"
    POSTPONED = "08"

    @property
    def label(self) -> str:
        """The status in plain English, marked for translation."""
        return _LABELS[self]


_LABELS = {
    TraceStatus.WELSH_REGISTER: N_("Number found in the Welsh register"),
    TraceStatus.TRACED: N_("Number traced"),
    TraceStatus.NOT_TRACED: N_("Number not traced yet"),
    TraceStatus.TRACE_REQUIRED: N_("Number must be traced"),
    TraceStatus.NO_SINGLE_MATCH: N_("Traced, but nobody or more than one person matched"),
    TraceStatus.TO_BE_RESOLVED: N_("Number or details do not agree with the register"),
    TraceStatus.IN_PROGRESS: N_("Tracing in progress"),
    TraceStatus.NOT_REQUIRED: N_("No number, and none needed"),
    TraceStatus.POSTPONED: N_("Tracing postponed"),
}


def parse(text: str) -> str:
    """The ten digits of an NHS number typed with or without spaces and hyphens; NhsNumberInvalid otherwise."""
    digits = _SEPARATORS.sub("", text)
    if not re.fullmatch(r"[0-9]*", digits):
        raise NhsNumberInvalid("characters")
    if len(digits) != 10:
        raise NhsNumberInvalid("length")
    if len(set(digits)) == 1:
        raise NhsNumberInvalid("repeated")  # every such number passes the check, and none is issued
    if check_digit(digits[:9]) != int(digits[9]):
        raise NhsNumberInvalid("check-digit")
    return digits


def check_digit(first_nine: str) -> int:
    """The tenth digit by modulus 11; the result 10 means that no number begins with these nine."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first_nine, strict=True))
    return (11 - total % 11) % 11
