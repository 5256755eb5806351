"""From an uploaded file to rows: what it says at a glance when it comes, and every row of it when it is worked on."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from cartref import sheets
from cartref.errors import Invalid
from cartref.referrals.importing.rows import plain
from cartref.sheets import NotASheet

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 10_000
MOST_COLUMNS = 100
MOST_LINES = 200_000  # of a CSV file: more were made to fill the memory
LONGEST_GLANCE = 60  # characters of a heading or a sample that a page shows
SAMPLES = 2
Numbered = tuple[int, list[str]]  # a row's number as its spreadsheet shows it, and its cells


class SheetWrong(Invalid):
    """The file can't be used; the code's last part says why."""

    code = "import.file"
    field = "file"

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.code = f"{SheetWrong.code}.{reason}"  # type: ignore[misc] # this one error's own, exact code


def read(content: bytes) -> tuple[list[str], list[Numbered]]:
    """Return a sheet's headings and its rows that hold something; raise SheetWrong."""
    if len(content) > MOST_BYTES:
        raise SheetWrong("too-big")
    if content.count(b"\n") > MOST_LINES and not content.startswith(b"PK"):
        raise SheetWrong("too-long")
    try:
        headings, *body = sheets.read(content)
    except NotASheet as fault:
        raise SheetWrong(fault.reason) from fault
    rows = [(number, cells) for number, cells in enumerate(body, start=2) if any(cells)]
    for wrong, reason in ((not rows, "no-rows"), (len(rows) > MOST_ROWS, "too-long"), (_wide(headings), "too-wide")):
        if wrong:
            raise SheetWrong(reason)
    return headings, rows


def glance(headings: Sequence[str], rows: Sequence[Numbered]) -> dict[str, Any]:
    """Return what a page shows of a sheet: {headings, samples}, of each column the first two cells with something."""
    return {
        "headings": [_short(heading) for heading in headings],
        "samples": [list(_samples(column, rows)) for column in range(len(headings))],
    }


def _samples(column: int, rows: Sequence[Numbered]) -> Iterator[str]:
    filled = dict.fromkeys(_short(plain(cells[column])) for _number, cells in rows[:200] if cells[column])
    yield from islice(filled, SAMPLES)


def _short(text: str) -> str:
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return text if len(text) <= LONGEST_GLANCE else f"{text[: LONGEST_GLANCE - 1]}…"


def _wide(headings: Sequence[str]) -> bool:
    return len(headings) > MOST_COLUMNS
