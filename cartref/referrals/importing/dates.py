"""Days as people and spreadsheets write them. Pure."""

import re
from datetime import date, timedelta

from cartref.patients.searching import MONTHS

_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_ISO = re.compile(r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})")
_FIGURES = re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})")
_WORDS = re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s/.-]+(?P<month>[^\W\d_]{3,})\.?[\s/.,-]+(?P<year>\d{4})")
_SERIAL = re.compile(r"\d{4,5}")
_FIRST_DAY = date(1899, 12, 30)  # a spreadsheet's day 0
_YEARS_END = 2030  # up to here a bare number is a year that somebody typed, not the day of a spreadsheet


def parse(text: str) -> date | None:
    """Return the day that a cell means, None when it means none that is certain.

    Understood are 14/03/1939 (the day first), 1939-03-14, "14 Mar 1939" and "14 Mawrth 1939", a spreadsheet's own
    number of days, each with or without a time after it. A year of two figures might be of either century.
    """
    text = _TIME.sub("", text.strip())
    for pattern in (_ISO, _FIGURES, _WORDS):
        if found := pattern.fullmatch(text):
            return _day(found)
    return _serial(int(text)) if _SERIAL.fullmatch(text) and text.isascii() else None


def _day(found: re.Match[str]) -> date | None:
    month = found["month"]
    number = int(month) if month.isdecimal() else MONTHS.get(month.casefold()[:3], 0)
    try:
        return date(int(found["year"]), number, int(found["day"]))
    except ValueError:
        return None


def _serial(days: int) -> date | None:
    return _FIRST_DAY + timedelta(days=days) if days > _YEARS_END else None
