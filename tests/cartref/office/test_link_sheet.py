"""The square on the letter holds the very address of the link, and needs no style to be drawn."""

import re
from xml.etree import ElementTree

import segno

from cartref.office.link_sheet import qr_code

URL = "https://clinic.example.org/v/AbCdEfGhIjKlMnOpQrStUvWx"


def test_the_square_is_the_code_of_the_address() -> None:
    drawing = str(qr_code(URL))

    (path,) = re.findall(r'stroke="#000" d="([^"]*)"', drawing)
    code = segno.make(URL, error="m", micro=False).matrix
    assert _dark(path) == {(x + 4, y + 4) for y, row in enumerate(code) for x, dark in enumerate(row) if dark}


def test_the_square_is_drawn_without_style_and_says_nothing_aloud() -> None:
    drawing = ElementTree.fromstring(str(qr_code(URL)))

    assert drawing.get("aria-hidden") == "true"
    assert "style" not in str(qr_code(URL))
    assert drawing.get("viewBox")
    assert drawing.get("width") is None


def _dark(path: str) -> set[tuple[int, int]]:
    """Return the dark squares that an SVG path of horizontal strokes covers, by column and row."""
    squares, x, y = set(), 0, 0
    for step, text in re.findall(r"([Mmh])([-\d. ]+)", path):
        numbers = [float(number) for number in text.split()]
        if step == "M":
            x, y = int(numbers[0]), int(numbers[1])
        elif step == "m":
            x, y = x + int(numbers[0]), y + int(numbers[1])
        else:
            squares |= {(x + past, y) for past in range(int(numbers[0]))}
            x += int(numbers[0])
    return squares
