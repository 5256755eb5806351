"""One row of a sheet read by itself: the patient and the referral in it, or all that is wrong with it. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from cartref.errors import Invalid
from cartref.patients import details as rules
from cartref.patients.details import PatientDetails
from cartref.referrals.importing import dates
from cartref.referrals.importing.codes import LANGUAGES, PRIORITIES, SOURCES
from cartref.referrals.importing.columns import (
    FIELDS,
    NEEDED,
    OF_REFERRAL,
    PARTS,
    WHOLE_NAME,
    Columns,
    column_of,
    squeezed,
)
from cartref.referrals.importing.names import split
from cartref.referrals.models import Priority, Source
from cartref.referrals.service.referring import LENGTHS, ReceivedWrong, ReferralDetails
from cartref.sheets import FORMULA

LONGEST_ID = 64
OF_PATIENT = tuple(field.name for field in FIELDS if not field.of_referral and field.name != WHOLE_NAME)
OF_SEVERAL_LINES = frozenset({"address", "reason"})
NUMBERS = ("telephone", "mobile")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NO_NOUGHT = re.compile(r"[1-37]\d{9}")  # a British number whose first 0 a spreadsheet took for nothing
Value = TypeVar("Value")


@dataclass(frozen=True, order=True)
class Fault:
    """What is wrong in one cell: its column from 0, the field that the column means, and a code with words."""

    column: int
    field: str
    code: str


@dataclass(frozen=True)
class Reading:
    """What rows are read with: what the columns mean, clinics' ids by their squeezed names, and what day it is."""

    columns: Columns
    clinics: Mapping[str, str]
    today: date


@dataclass(frozen=True)
class Row:
    """A row by the number that its spreadsheet shows. `patient` has a patient's columns; what is wrong is left out.

    `filled` names the fields that the row says something about; `referral` is None where it tells of none.
    """

    number: int
    patient: Mapping[str, object]
    referral: ReferralDetails | None
    external_id: str
    filled: frozenset[str]
    faults: tuple[Fault, ...]


def read_row(number: int, cells: Sequence[str], reading: Reading) -> Row:
    """Return what a row says; every cell that is wrong is told, not the first alone."""
    cell_reader = _Cells(cells, reading)
    patient = cell_reader.patient()
    referral = cell_reader.referral(patient.get("born_on"))
    filled = frozenset(name for name in reading.columns if cell_reader.text(name))
    faults = tuple(sorted(set(cell_reader.faults)))
    return Row(number, patient, referral, cell_reader.text("external_id"), filled, faults)


class _Cells:
    """The cells of one row by what they mean, and what was found wrong with them so far."""

    def __init__(self, cells: Sequence[str], reading: Reading) -> None:
        self._cells, self._reading = cells, reading
        self.faults: list[Fault] = []
        whole = split(self._text(WHOLE_NAME))
        self._parts = dict(zip(PARTS, whole, strict=True)) if whole else {}

    def text(self, name: str) -> str:
        """Return the text of a field, a part of the whole name where it has no cell; empty where the sheet has none."""
        return self._text(name) or self._parts.get(name, "")

    def _text(self, name: str) -> str:
        column = self._reading.columns.get(name)
        text = "" if column is None else plain(self._cells[column])
        return text if name in OF_SEVERAL_LINES else " ".join(text.split())

    def patient(self) -> Mapping[str, object]:
        """Return the patient's columns as they are stored; what is wrong is left out of them."""
        for name in NEEDED:
            if not self.text(name):
                self._fault(name, "import.name" if self._is_unsplit(name) else "import.missing")
        values = {name: self.text(name) for name in OF_PATIENT if name not in NOT_TEXT}
        typed = {name: self._typed(name, *how) for name, how in NOT_TEXT.items()}
        values |= {name: self._typed(name, _telephone, "import.telephone") or "" for name in NUMBERS}
        values |= {"email": self._typed("email", _email, "import.email") or ""}
        given = {name: value for name, value in (values | typed).items() if value is not None}
        return self._checked(PatientDetails(**_blank(self._reading.today) | given))  # type: ignore[arg-type] # by name

    def referral(self, born_on: object) -> ReferralDetails | None:
        """Return the referral, None when the row tells of none or of one that is wrong."""
        if not any(self.text(name) for name in OF_REFERRAL):
            return None
        if not self.text("received_on"):
            self._fault("received_on", "import.missing")
        received_on = self._typed("received_on", dates.parse, "import.date")
        born_wrongly = any(fault.field == "born_on" for fault in self.faults)
        earliest = born_on if isinstance(born_on, date) and not born_wrongly else date.min
        if received_on and not earliest <= received_on <= self._reading.today:
            self._fault("received_on", ReceivedWrong.code)
        texts = {name: self._clean(name, longest) for name, longest in (LENGTHS | {"external_id": LONGEST_ID}).items()}
        source = self._typed("source", _known(SOURCES), "import.source") or Source.OTHER
        priority = self._typed("priority", _known(PRIORITIES), "import.priority") or Priority.ROUTINE
        clinic_id = self._typed("clinic", _known(self._reading.clinics), "import.clinic")
        if received_on is None:
            return None
        return ReferralDetails(source, received_on, priority, texts["referrer"], texts["reason"], clinic_id)

    def _typed(self, name: str, convert: Callable[[str], Value | None], code: str) -> Value | None:
        text = self.text(name)
        value = convert(text) if text else None
        if text and value is None:
            self._fault(name, _hidden(text) or code)
        return value

    def _checked(self, details: PatientDetails) -> Mapping[str, object]:
        try:
            return rules.checked(details, today=self._reading.today)
        except Invalid:
            return self._checked_one_by_one(details)

    def _checked_one_by_one(self, details: PatientDetails) -> Mapping[str, object]:
        """Return the columns that are right, each tried beside a blank patient so that every wrong one is found."""
        blank = PatientDetails(**_blank(self._reading.today))  # type: ignore[arg-type] # by name
        right: dict[str, object] = {}
        for name in OF_PATIENT:
            try:
                one = replace(blank, **{name: getattr(details, name)})
                right[name] = rules.checked(one, today=self._reading.today)[name]
            except Invalid as wrong:
                self._fault(name, _exact(wrong, str(getattr(details, name))))
        return right

    def _clean(self, name: str, longest: int) -> str:
        try:
            return rules.clean(self.text(name), name, longest)
        except Invalid as wrong:
            self._fault(name, _exact(wrong, self.text(name)))
            return ""

    def _is_unsplit(self, name: str) -> bool:
        """Tell whether a part of the name is missing for the whole name can't be split."""
        return column_of(name, self._reading.columns) == WHOLE_NAME and bool(self._text(WHOLE_NAME))

    def _fault(self, name: str, code: str) -> None:
        place = column_of(name, self._reading.columns)
        if place is not None:
            self.faults.append(Fault(self._reading.columns[place], place, code))


def plain(cell: str) -> str:
    """Return a cell without the sign by which a sheet of ours kept it from being a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def _blank(today: date) -> dict[str, object]:
    return {"given_name": "", "family_name": "", "born_on": today}


def _exact(wrong: Invalid, text: str) -> str:
    return (_hidden(text) or "import.too-long") if isinstance(wrong, rules.TextWrong) else wrong.code


def _hidden(text: str) -> str:
    return "import.hidden" if rules.CONTROL.search(text) else ""


def _known(table: Mapping[str, Value]) -> Callable[[str], Value | None]:
    return lambda text: table.get(squeezed(text))


def _level(text: str) -> int | None:
    return int(text) if text in "123456789" and len(text) == 1 else None


def _email(text: str) -> str | None:
    return text if _EMAIL.fullmatch(text) else None


def _telephone(text: str) -> str | None:
    digits = sum(letter.isdecimal() for letter in text)
    if digits < 3:
        return None
    return f"0{text}" if _NO_NOUGHT.fullmatch(text) else text


NOT_TEXT: Mapping[str, tuple[Callable[[str], object], str]] = {
    "born_on": (dates.parse, "import.date"),
    "frailty_level": (_level, "import.frailty"),
    "language": (_known(LANGUAGES), "import.language"),
}
