"""What somebody looking for a patient typed: a number, a birth date, or the beginnings of names."""

import re
from dataclasses import dataclass
from datetime import date

MONTHS = {
    "jan": 1, "ion": 1, "feb": 2, "chw": 2, "mar": 3, "maw": 3, "apr": 4, "ebr": 4, "may": 5, "mai": 5, "jun": 6,
    "meh": 6, "jul": 7, "gor": 7, "aug": 8, "aws": 8, "sep": 9, "med": 9, "oct": 10, "hyd": 10, "nov": 11, "tac": 11,
    "dec": 12, "rha": 12,
}  # fmt: skip
_ISO = re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b")
_FIGURES = re.compile(r"\b(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})\b")
_WORDS = re.compile(r"\b(?P<day>\d{1,2})\s+(?P<month>[^\W\d_]{3,})\s+(?P<year>\d{4})\b")


@dataclass(frozen=True)
class Wanted:
    """Whom the text looks for: by NHS number alone, or by birth date and words, every one of which must fit."""

    nhs_number: str | None = None
    born_on: date | None = None
    words: tuple[str, ...] = ()

    @property
    def nobody(self) -> bool:
        """Tell whether nothing was asked for."""
        return not (self.nhs_number or self.born_on or self.words)


def wanted(text: str) -> Wanted:
    """Return what `text` asks for; an impossible date is left among the words, where nobody fits it."""
    text = text.replace("\0", " ")  # a database refuses it
    digits = re.sub(r"[\s-]", "", text)
    if re.fullmatch(r"[0-9]{10}", digits):
        return Wanted(nhs_number=digits)
    for pattern in (_ISO, _FIGURES, _WORDS):
        found = pattern.search(text)
        born_on = _date(found) if found else None
        if found and born_on:
            rest = text[: found.start()] + text[found.end() :]
            return Wanted(born_on=born_on, words=tuple(rest.split()))
    return Wanted(words=tuple(text.split()))


def _date(found: re.Match[str]) -> date | None:
    month = found["month"]
    number = int(month) if month.isdigit() else MONTHS.get(month.casefold()[:3], 0)
    try:
        return date(int(found["year"]), number, int(found["day"]))
    except ValueError:
        return None
