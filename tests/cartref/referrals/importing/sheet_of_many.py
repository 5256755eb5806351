"""A sheet of 5,000 invented rows, forty of them wrong in known cells, saved in each way that programs save sheets."""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta

from openpyxl import Workbook

from cartref.patients.nhs_number import check_digit

HEADINGS = {
    "nhs_number": "NHS number", "family_name": "Cyfenw", "given_name": "Forename", "title": "Teitl",
    "born_on": "DOB", "address": "Address", "postcode": "Cod post", "telephone": "Phone", "email": "E-bost",
    "language": "Preferred language", "frailty_level": "Rockwood", "external_id": "Referral ID",
    "received_on": "Date received", "source": "Source", "reason": "Reason for referral", "priority": "Blaenoriaeth",
    "clinic": "Clinic",
}  # fmt: skip
COLUMN = {name: number for number, name in enumerate(HEADINGS)}
ROWS = 5_000
FAMILIES = ("Parry", "Prydderch", "Llywelyn", "ap Gwilym", "O'Brien", "Môn-Hughes", "Gwynedd", "Ellis, y Bryn")
GIVEN = ("Siân", "Eluned", "Llŷr", "Gwenllïan", "Beti", "Huw", "Angharad", "Tomos", "Nesta", "Idwal")
ADDRESSES = ('4 Maes y Dderwen, "Bryn Teg", Llanfair Isaf', "Tŷ Capel, Llan Uchaf", "12 Stryd Fawr\nLlanfair Isaf")
LANGUAGES = ("Cymraeg", "English", "W", "Saesneg", "")
PRIORITIES = ("routine", "Brys", "Urgent suspected cancer", "", "Arferol")
SOURCES = ("GP", "Meddyg teulu", "A&E", "nyrs ardal", "")
NOT_IN_1252 = str.maketrans("ŷŵŶŴ", "ywYW")

# (field, what the cell says, the code): each is put into a row of its own.
WRONG = (
    ("nhs_number", "999 000 0019", "patient.nhs-number.check-digit"),
    ("nhs_number", "7777777777", "patient.nhs-number.repeated"),
    ("nhs_number", "99900000", "patient.nhs-number.length"),
    ("nhs_number", "9.99E+09", "patient.nhs-number.characters"),
    ("nhs_number", "999-000-OO18", "patient.nhs-number.characters"),
    ("family_name", "", "import.missing"),
    ("family_name", "Par\x7fry", "import.hidden"),
    ("family_name", "P" * 81, "import.too-long"),
    ("given_name", "", "import.missing"),
    ("given_name", "Sio\x7fned", "import.hidden"),
    ("title", "T" * 17, "import.too-long"),
    ("born_on", "", "import.missing"),
    ("born_on", "31/02/1939", "import.date"),
    ("born_on", "14/03/39", "import.date"),
    ("born_on", "03/14/1939", "import.date"),
    ("born_on", "1939", "import.date"),
    ("born_on", "14/03/1839", "patient.born-on"),
    ("born_on", "2027-01-01", "patient.born-on"),
    ("address", "A" * 401, "import.too-long"),
    ("postcode", "LL9", "patient.postcode"),
    ("postcode", "Bangor", "patient.postcode"),
    ("telephone", "none", "import.telephone"),
    ("telephone", "0" * 25, "import.too-long"),
    ("email", "eluned at example.org", "import.email"),
    ("language", "Klingon", "import.language"),
    ("frailty_level", "0", "import.frailty"),
    ("frailty_level", "very", "import.frailty"),
    ("external_id", "X" * 65, "import.too-long"),
    ("received_on", "", "import.missing"),
    ("received_on", "soon", "import.date"),
    ("received_on", "01/12/2026", "referral.received-on"),
    ("received_on", "01/01/1901", "referral.received-on"),
    ("source", "the milkman", "import.source"),
    ("reason", "R" * 4001, "import.too-long"),
    ("reason", "Falls\x7f", "import.hidden"),
    ("priority", "whenever", "import.priority"),
    ("clinic", "No such clinic", "import.clinic"),
    ("external_id", "R-000011", "import.referral-of-another"),
    ("nhs_number", "row 12", "import.other-patient"),
    ("nhs_number", "", "import.nameless"),
)
FIRST_WRONG, STEP = 100, 120  # rows by the numbers of the spreadsheet
FAULTS = [[FIRST_WRONG + number * STEP, COLUMN[name], name, code] for number, (name, _cell, code) in enumerate(WRONG)]


def numbers() -> Iterator[str]:
    """Yield NHS numbers of the range that is never issued."""
    for number in range(999_100_000, 999_999_999):
        digit = check_digit(str(number))
        if digit < 10:
            yield f"{number}{digit}"


def right_rows(clinic: str) -> list[list[str]]:
    """Return the headings and 5,000 rows in which everything is right; two rows in a hundred are of one patient."""
    numbered = numbers()
    rows = [list(HEADINGS.values())]
    for n in range(ROWS):
        if n % 50 == 49:
            rows.append([*rows[-1]])
            rows[-1][COLUMN["external_id"]] = f"R-{n:06}"
            continue
        number = next(numbered)
        born_on = date(1925, 1, 1) + timedelta(days=n)
        received_on = date(2026, 1, 1) + timedelta(days=n % 300)
        rows.append(
            [
                f"{number[:3]} {number[3:6]} {number[6:]}" if n % 2 else number, FAMILIES[n % 8], GIVEN[n % 10],
                "Mrs" if n % 3 else "", _written(born_on, n), ADDRESSES[n % 3], "ll99 1aa", f"01632 96{n % 10_000:04}",
                f"p{n}@example.org" if n % 4 == 0 else "", LANGUAGES[n % 5], str(n % 9 + 1) if n % 2 else "",
                f"R-{n:06}" if n % 5 else "", _written(received_on, n), SOURCES[n % 5], "Cwympo", PRIORITIES[n % 5],
                clinic if n % 7 else "",
            ]
        )  # fmt: skip
    return rows


def rows_with_forty_wrong(clinic: str) -> list[list[str]]:
    """Return the same with the cells of WRONG in their rows."""
    rows = right_rows(clinic)
    for (row, column, _name, code), (_field, cell, _code) in zip(FAULTS, WRONG, strict=True):
        rows[row - 1][column] = cell
        if cell == "row 12":
            rows[row - 1][column] = rows[11][column]
        if code == "import.nameless":  # a namesake of somebody above, who lives elsewhere
            for name in ("family_name", "given_name", "born_on"):
                rows[row - 1][COLUMN[name]] = rows[12][COLUMN[name]]
            rows[row - 1][COLUMN["postcode"]] = "LL98 2BB"
    return rows


def as_csv(rows: list[list[str]], encoding: str, delimiter: str = ",") -> bytes:
    """Return the rows as a spreadsheet saves them as CSV in that encoding."""
    sheet = io.StringIO()
    csv.writer(sheet, delimiter=delimiter).writerows(rows)
    text = sheet.getvalue()
    return (text.translate(NOT_IN_1252) if encoding == "cp1252" else text).encode(encoding)


def as_xlsx(rows: list[list[str]]) -> bytes:
    """Return the rows as a workbook that keeps birth dates as dates and plain NHS numbers as numbers."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Atgyfeiriadau")
    for number, row in enumerate(rows):
        sheet.append([*row] if not number else [_native(name, cell) for name, cell in zip(HEADINGS, row, strict=True)])
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _native(name: str, cell: str) -> object:
    if name == "nhs_number" and cell.isdigit():
        return int(cell)
    if name == "born_on" and len(cell) == 10 and cell[4] == "-":
        return date.fromisoformat(cell)
    return cell


def _written(day: date, n: int) -> str:
    """Return a day in one of the ways that people write it."""
    months = ("Jan", "Feb", "Mar", "Ebrill", "May", "Meh", "July", "Awst", "Sep", "Hydref", "Nov", "Rhagfyr")
    ways = (
        day.strftime("%d/%m/%Y"), day.isoformat(), f"{day.day} {months[day.month - 1]} {day.year}",
        str((day - date(1899, 12, 30)).days), day.strftime("%d.%m.%Y"),
    )  # fmt: skip
    return ways[n % 5]
