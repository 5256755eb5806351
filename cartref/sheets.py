"""Sheets: rows of text written as CSV or XLSX with formulas inert, and read from whatever a spreadsheet saved."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence

BYTE_ORDER_MARK = "\ufeff"  # without it a spreadsheet takes "ŵ" for two letters
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet may run when a cell begins with it
CSV = "text/csv; charset=utf-8; header=present"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_UNPACKED = 100 * 1024 * 1024  # bytes: a sheet that unpacks to more was made to fill the memory
DELIMITERS = (",", ";", "\t")  # as spreadsheets save, each in its own country
WIDEST = 60  # characters a column is drawn with at most


class NotASheet(ValueError):
    """The file is no sheet that can be read; `reason` is one word for it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def inert(cell: str) -> str:
    """Return the cell as text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def csv_text(rows: Iterable[Iterable[str]]) -> str:
    """Return rows, the headings first, as CSV (RFC 4180) with a byte order mark; cells are made inert."""
    sheet = io.StringIO(BYTE_ORDER_MARK)
    sheet.seek(0, io.SEEK_END)
    csv.writer(sheet).writerows([inert(cell) for cell in row] for row in rows)
    return sheet.getvalue()


def xlsx(rows: Sequence[Sequence[str]], *, title: str) -> bytes:
    """Return rows, the headings first, as an XLSX workbook of one sheet; every cell is text, so that none is run."""
    from openpyxl import Workbook  # noqa: PLC0415 # slow to import, and seldom needed
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook()
    sheet = book.active
    sheet.title = "".join(sign for sign in title if sign not in "[]:*?/\\'")[:31] or "1"
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            cell.value = text
            cell.data_type = "s"
            cell.quotePrefix = text.startswith(FORMULA)
            if number == 1:
                cell.font = Font(bold=True)
    for column in range(1, max(map(len, rows), default=0) + 1):
        widest = max((len(row[column - 1]) for row in rows if len(row) >= column), default=0)
        sheet.column_dimensions[get_column_letter(column)].width = min(widest, WIDEST) + 2
    sheet.freeze_panes = "A2"
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def read(content: bytes) -> list[list[str]]:
    """Return the rows of a CSV (UTF-8 with or without its mark, or Windows-1252) or XLSX file as stripped text.

    Rows are as long as the longest; empty rows are left out of the end alone, so that a row's number is the one that
    the spreadsheet shows. A date cell becomes ISO 8601. Raises NotASheet.
    """
    rows = _read_xlsx(content) if content.startswith(b"PK\x03\x04") else _read_csv(content)
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise NotASheet("empty")
    width = max(map(len, rows))
    return [row + [""] * (width - len(row)) for row in rows]


def _read_csv(content: bytes) -> list[list[str]]:
    if b"\x00" in content:
        raise NotASheet("unknown")
    text = _decoded(content)
    try:
        return [[cell.strip() for cell in row] for row in _records(text, _delimiter(text))]
    except csv.Error as fault:
        raise NotASheet("unknown") from fault


def _delimiter(text: str) -> str:
    """Return the sign that divides the headings into most cells."""
    return max(DELIMITERS, key=lambda sign: len(next(_records(text, sign), [])))


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotASheet("letters")


def _read_xlsx(content: bytes) -> list[list[str]]:
    from openpyxl import load_workbook  # noqa: PLC0415 # slow to import, and seldom needed

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise NotASheet("too-big")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # a wrong size, written by some programs, would hide rows
        return [[_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    except NotASheet:
        raise
    except Exception as fault:  # openpyxl raises whatever its parts raise
        raise NotASheet("unknown") from fault


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))  # a number that a spreadsheet keeps as 9990000018.0
    iso = getattr(cell, "isoformat", None)
    if iso is not None:
        return str(iso()).removesuffix("T00:00:00")
    return str(cell).strip()
