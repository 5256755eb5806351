"""The rows that are wrong as a sheet of their own, to be mended and sent again: its last column says what is wrong."""

from collections import defaultdict
from collections.abc import Callable

from cartref.i18n import N_, words
from cartref.referrals.importing.reading import read
from cartref.referrals.importing.report import cells
from cartref.referrals.importing.rows import Fault, plain
from cartref.referrals.importing.words import of_fault
from cartref.referrals.models import ImportSheet, SheetState

HEADING = N_("What is wrong")


def faulty_rows(sheet: ImportSheet, gettext: Callable[[str], str]) -> list[list[str]]:
    """Return the headings and the rows of the sheet that are wrong, in the reader's words; empty when none is kept."""
    faults: dict[int, list[Fault]] = defaultdict(list)
    for told in cells(sheet.report, "faults"):
        faults[told.row].append(told.fault)
    if sheet.content is None or not faults:
        return []
    headings, rows = read(sheet.content)
    if sheet.state is SheetState.APPLIED:  # what was left over: these rows alone, in their order
        rows = list(zip(sorted(faults), (cells for _number, cells in rows), strict=True))
    width = len(headings) - (headings[-1] in _own_headings())
    wrong = [
        [*(plain(cell) for cell in row[:width]), "; ".join(of_fault(fault, gettext) for fault in faults[number])]
        for number, row in rows
        if number in faults
    ]
    return [[*headings[:width], gettext(HEADING)], *wrong]


def _own_headings() -> set[str]:
    return {words(language).gettext(HEADING) for language in ("cy", "en")}
