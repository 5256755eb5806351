"""A letter on paper: A4 for a window envelope, in large print, in one language or two, as HTML. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import segno
from jinja2 import Environment, PackageLoader, StrictUndefined

from cartref.documents import ELEMENTS
from cartref.i18n import N_, words
from cartref.notifications.message import Part

STYLE = Path(__file__).parent.parent / "static" / "css" / "letter.css"
TEMPLATES = Environment(
    loader=PackageLoader("cartref", "templates/notices"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip
RING_US = N_("Ring us: %(phone)s")
POINT_AT_IT = N_("Point the camera of your phone or tablet at this square. Tap the address that appears.")
PAGE_OF = N_("Page %(page)s of %(pages)s")


@dataclass(frozen=True)
class Letterhead:
    """Who writes: names of clinic and health board by language, and the number that the clinic answers."""

    names: Mapping[str, tuple[str, ...]]
    phone: str


@dataclass(frozen=True)
class Sheet:
    """One letter: the lines of its address, what it says in each of its languages; `large` for who sees badly."""

    head: Letterhead
    address: tuple[str, ...]
    parts: Sequence[Part]
    large: bool = False


def page(sheet: Sheet) -> str:
    """Return the letter as a page for `documents`, with `style` to lay it out."""
    first = sheet.parts[0]
    said = {part.language: words(part.language) for part in sheet.parts}
    return TEMPLATES.get_template("letter.html").render(
        sheet=sheet,
        title=first.subject,
        language=first.language,
        elements=ELEMENTS,
        ring_us={name: told.gettext(RING_US, phone=sheet.head.phone) for name, told in said.items()},
        point_at_it={name: told.gettext(POINT_AT_IT) for name, told in said.items()},
        numbering="numbering-" + "-".join(part.language for part in sheet.parts),
        code=code,
    )


@cache
def style() -> str:
    """Return the CSS that lays a letter out, with the numbering of pages in the words of both languages."""
    return STYLE.read_text("utf-8") + "".join(map(_numbering, (("en",), ("cy",), ("en", "cy"), ("cy", "en"))))


def code(url: str) -> str:
    """Return the address as a QR code (ISO/IEC 18004, level M): a `data:` address of an SVG picture."""
    drawn: str = segno.make(url, error="m", micro=False).svg_data_uri(scale=6, border=4, light="#fff")
    return drawn


def _numbering(languages: tuple[str, ...]) -> str:
    """Return the rule that prints "Page 1 of 2" at the foot, in these languages."""
    mark, marks = "\0", {"page": "\0counter(page)\0", "pages": "\0counter(pages)\0"}
    said = f"{mark} / {mark}".join(words(language).gettext(PAGE_OF, **marks) for language in languages)
    content = " ".join(
        piece if piece.startswith("counter(") else f'"{piece}"' for piece in said.split(mark) if piece
    )  # fmt: skip
    name = "numbering-" + "-".join(languages)
    return f"\n.{name} {{ page: {name}; }}\n@page {name} {{ @bottom-right {{ content: {content}; }} }}"
