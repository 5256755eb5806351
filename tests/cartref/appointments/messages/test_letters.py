"""CARTREF's own words as they lie on paper: a usual letter in large print is one page in each of its languages."""

import io
from dataclasses import replace

import pypdf
import pytest

from cartref.appointments.messages.kinds import CHANGED, CONFIRMATION, REMINDER
from cartref.appointments.messages.samples import preview
from cartref.appointments.messages.words import own
from cartref.appointments.models import Mode
from cartref.documents import bind
from cartref.notifications.letter import Letterhead, Sheet, page, style
from cartref.notifications.message import Part

HEAD = Letterhead(
    {"en": ("Glan Llyn clinic", "Glan Llyn Health Board"), "cy": ("Clinig Glan Llyn", "Bwrdd Iechyd Glan Llyn")},
    "01632 960123",
)
ADDRESS = ("Mrs Eluned Parry", "4 Maes y Dderwen", "Llanfair Isaf", "LL99 9ZZ")


def letter(kind: str, language: str, mode: Mode) -> Part:
    """Return a letter in our own words that is a line longer than usual: a place or a name may take two."""
    part, _short = preview(own(kind, language), kind, language, mode)
    return replace(part, paragraphs=(*part.paragraphs[:-1], f"{part.paragraphs[-1]}\nGlan Llyn"))


def pages(*parts: Part) -> list[str]:
    reader = pypdf.PdfReader(io.BytesIO(bind([page(Sheet(HEAD, ADDRESS, parts))], style())))
    return [sheet.extract_text() for sheet in reader.pages]


@pytest.mark.parametrize("kind", [CONFIRMATION, CHANGED, REMINDER])
@pytest.mark.parametrize("mode", [Mode.VIDEO_HOME, Mode.VIDEO_SITE])
@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_usual_letter_is_one_page(kind: str, mode: Mode, language: str) -> None:
    (text,) = pages(letter(kind, language, mode))

    assert "01632 960123" in text


@pytest.mark.parametrize("mode", [Mode.VIDEO_HOME, Mode.VIDEO_SITE])
def test_a_letter_in_both_languages_is_a_page_of_each(mode: Mode) -> None:
    first, second = pages(letter(CONFIRMATION, "cy", mode), letter(CONFIRMATION, "en", mode))

    assert "Annwyl Mrs Parry" in first
    assert "Dear Mrs Parry" in second
