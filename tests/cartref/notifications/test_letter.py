"""A letter as it lies on the table: one tagged file, both languages, large, the address where the window is."""

import io
from typing import Any

import pypdf
import pytest

from cartref import documents
from cartref.documents import PdfUnavailable, bind, pdf
from cartref.notifications.letter import Letterhead, Sheet, page, style
from cartref.notifications.message import Part

LINK = "https://clinic.example.org/v/abcdefghijklmnopqrstuvwx"
HEAD = Letterhead(
    {"en": ("Glan Llyn clinic", "Glan Llyn Health Board"), "cy": ("Clinig Glan Llyn", "Bwrdd Iechyd Glan Llyn")},
    "01632 960123",
)
WELSH = Part(
    "cy", "Eich apwyntiad fideo", ("Annwyl Mrs Parry", f"Agorwch hon:\n{LINK}", "Siŵr o'r tŷ.\nYn gywir"), LINK
)
ENGLISH = Part("en", "Your video appointment", ("Dear Mrs Parry", f"Open this:\n{LINK}", "Yours sincerely"), LINK)
ADDRESS = ("Mrs Eluned Parry", "4 Maes y Dderwen", "Llanfair Isaf", "LL99 9ZZ")
MM = 72 / 25.4


def drawn(*sheets: Sheet) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(bind(map(page, sheets), style())))


def texts(reader: pypdf.PdfReader) -> list[str]:
    return [sheet.extract_text() for sheet in reader.pages]


def sizes(sheet: pypdf.PageObject) -> dict[str, float]:
    """Return the size in points of each piece of text on a page."""
    found: dict[str, float] = {}

    def see(text: str, cm: Any, matrix: Any, _font: Any, size: float) -> None:
        if text.strip():
            found[text.strip()] = abs(size * matrix[0] * cm[0])

    sheet.extract_text(visitor_text=see)
    return found


def parts_read_aloud(reader: pypdf.PdfReader) -> set[str]:
    def walk(element: Any) -> Any:
        element = element.get_object()
        if isinstance(element, pypdf.generic.ArrayObject):
            for child in element:
                yield from walk(child)
        elif isinstance(element, pypdf.generic.DictionaryObject):
            yield element.get("/Lang")
            yield from walk(element.get("/K", pypdf.generic.ArrayObject()))

    return {str(found) for found in walk(reader.trailer["/Root"]["/StructTreeRoot"]) if found}


def test_letters_are_one_tagged_file_that_names_its_language() -> None:
    root = drawn(Sheet(HEAD, ADDRESS, [WELSH]), Sheet(HEAD, ADDRESS, [ENGLISH])).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 # pypdf's own kind of truth
    assert root["/Lang"] == "cy"
    assert "/StructTreeRoot" in root


def test_every_letter_of_the_alphabet_can_be_read_out_of_it() -> None:
    (text,) = texts(drawn(Sheet(HEAD, ADDRESS, [WELSH])))
    assert "Siŵr o'r tŷ." in text
    assert "Ffoniwch ni: 01632 960123" in text
    assert "Tudalen 1 o 1" in text


def test_a_bilingual_letter_says_it_twice_her_language_first() -> None:
    reader = drawn(Sheet(HEAD, ADDRESS, [WELSH, ENGLISH]))
    first, second = texts(reader)
    assert "Annwyl Mrs Parry" in first
    assert "Dear Mrs Parry" in second
    assert "Tudalen 1 o 2 / Page 1 of 2" in first
    assert parts_read_aloud(reader) == {"cy", "en"}


def test_each_letter_counts_its_own_pages() -> None:
    long = Part("en", "Long", tuple(f"Paragraph {number} of a long letter." for number in range(40)))
    pages = texts(drawn(Sheet(HEAD, ADDRESS, [long]), Sheet(HEAD, ADDRESS, [ENGLISH])))
    assert [text.splitlines()[-1] for text in pages] == ["Page 1 of 3", "Page 2 of 3", "Page 3 of 3", "Page 1 of 1"]


@pytest.mark.parametrize(("large", "points"), [(False, 16), (True, 20)])
def test_it_is_in_large_print_and_larger_for_who_sees_badly(large: bool, points: int) -> None:
    (sheet,) = drawn(Sheet(HEAD, ADDRESS, [ENGLISH], large)).pages
    assert sizes(sheet)["Dear Mrs Parry"] == pytest.approx(points, abs=0.2)


def test_the_address_shows_through_the_window() -> None:
    (sheet,) = drawn(Sheet(HEAD, (*ADDRESS[:2], "Llanfair Isaf", "Glan Llyn", "Gwynedd", "LL99 9ZZ"), [WELSH])).pages
    places: dict[str, tuple[float, float]] = {}

    def see(text: str, cm: Any, matrix: Any, _font: Any, _size: float) -> None:
        if text.strip():
            x = matrix[4] * cm[0] + cm[4]
            y = matrix[5] * cm[3] + cm[5]
            places[text.strip()] = (x / MM, 297 - y / MM)

    sheet.extract_text(visitor_text=see)
    for line in (ADDRESS[0], "LL99 9ZZ"):
        left, top = places[line]
        assert left == pytest.approx(20, abs=0.5)
        assert 55 < top < 82


def test_a_link_is_a_square_to_point_a_camera_at_and_an_address_to_type() -> None:
    html = page(Sheet(HEAD, ADDRESS, [ENGLISH]))
    assert 'src="data:image/svg+xml' in html
    assert f'<strong class="address">{LINK}</strong>' in html


def test_words_in_a_letter_stay_words() -> None:
    html = page(Sheet(HEAD, ("<b>Mrs</b> Parry",), [Part("en", "A & B", ("<script>",))]))
    assert "<script>" not in html
    assert "<b>Mrs" not in html


def test_a_document_fetches_nothing_of_another_host(caplog: pytest.LogCaptureFixture) -> None:
    html = '<html lang="en"><head><title>x</title></head><body><p>x</p><img alt="x" src="file:///etc/hostname"></body></html>'
    pdf(html)
    assert "documents fetch nothing but their fonts" in caplog.text


def test_without_pango_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("weasyprint"):
            raise OSError("cannot load library 'libpango-1.0-0'")
        return _import(name, *rest, **more)

    _import = __import__
    monkeypatch.setattr("builtins.__import__", missing)
    with pytest.raises(PdfUnavailable):
        documents.pdf("<html></html>")
