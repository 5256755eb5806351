"""Sheets are read however a spreadsheet saved them, and written so that nothing in them is run."""

import io
from datetime import date

import pytest
from openpyxl import Workbook, load_workbook

from cartref.sheets import NotASheet, csv_text, read, xlsx

ROWS = [["Enw", "Cyfeiriad"], ["Siân", '4 Maes y Dderwen, "Bryn Teg"'], ["Gwenllïan", "Tŷ Capel"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_sheet_is_read_in_every_encoding_with_every_delimiter(encoding: str, delimiter: str) -> None:
    text = f'Enw{delimiter}Cyfeiriad\r\nSiân{delimiter}"4 Maes; 2, Stryd"\r\n'

    assert read(text.encode(encoding)) == [["Enw", "Cyfeiriad"], ["Siân", "4 Maes; 2, Stryd"]]


def test_what_is_written_is_read_again_as_it_was() -> None:
    assert read(csv_text(ROWS).encode()) == read(xlsx(ROWS, title="Cleifion")) == ROWS


def test_a_quotation_far_down_in_a_long_sheet_is_read_too() -> None:
    rows = [["A", "B"], *([str(n), "4 Maes, Llan"] for n in range(2_000)), ["x", 'The "Old" House, Llan']]

    assert read(csv_text(rows).encode()) == rows


def test_the_headings_say_what_divides_the_cells() -> None:
    assert read(b"a;b\n1,2,3;4\n5,6;7\n") == [["a", "b"], ["1,2,3", "4"], ["5,6", "7"]]


def test_a_row_keeps_its_number_though_rows_before_it_are_empty() -> None:
    assert read(b"a,b\n\n1,2\n,\n") == [["a", "b"], ["", ""], ["1", "2"]]


def test_a_date_and_a_number_of_a_workbook_become_text() -> None:
    book, saved = Workbook(), io.BytesIO()
    book.active.append(["DOB", "NHS"])
    book.active.append([date(1939, 3, 14), 9990000018])
    book.save(saved)

    assert read(saved.getvalue())[1] == ["1939-03-14", "9990000018"]


def test_formulas_are_written_as_text() -> None:
    cells = [["Heading"], ["=1+1"], ["+44 1632 960457"], ["@SUM(A1)"]]

    assert [row[0] for row in read(csv_text(cells).encode())[1:]] == ["'=1+1", "'+44 1632 960457", "'@SUM(A1)"]
    assert {cell.data_type for (cell,) in load_workbook(io.BytesIO(xlsx(cells, title="x"))).active.iter_rows()} == {"s"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "empty"), (b"\n,\n", "empty"), (b"\xd0\xcf\x11\xe0\x00", "unknown"), (b"PK\x03\x04", "unknown"),
     (b"a,b\n\x81\xff\n", "letters")],
)  # fmt: skip
def test_what_is_no_sheet_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(NotASheet) as refused:
        read(content)
    assert refused.value.reason == reason
