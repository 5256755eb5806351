"""Documents: from HTML to a tagged PDF (PDF/UA-1), with the fonts of the house and nothing from anywhere else."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent / "static" / "vendor" / "fonts"
VARIANT = "pdf/ua-1"  # ISO 14289-1
# WeasyPrint tags no language but that of the whole: so a part in English is an <article>, one in Welsh a <section>.
ELEMENTS = {"en": "article", "cy": "section"}
_SPOKEN = {"/Art": "en", "/Sect": "cy"}  # the tags that it makes of them


class PdfUnavailable(RuntimeError):
    """The libraries that draw text are missing (Debian: libpango-1.0-0, libpangoft2-1.0-0, libharfbuzz-subset0)."""


def pdf(html: str, style: str = "") -> bytes:
    """Return the page, which has `lang` and a title, as PDF/UA-1, laid out by the CSS in `style`; raise PdfUnavailable.

    A relative address in either is that of a font of the house; a picture is a `data:` address with an `alt`.
    """
    return bind([html], style)


def bind(pages: Iterable[str], style: str = "", laid_out: Callable[[], object] = lambda: None) -> bytes:
    """Return several texts as one PDF/UA-1, each with its own page numbers; language and title are the first's.

    `laid_out` is called after each of them; what it raises ends the work. Raises PdfUnavailable.
    """
    markup, stylesheet, fonts, fetcher = _tools()
    styles = [stylesheet(string=style, base_url=_base(), url_fetcher=fetcher, font_config=fonts)]
    drawn: list[Any] = []
    for html in pages:
        page = markup(string=html, base_url=_base(), url_fetcher=fetcher)
        drawn.append(page.render(font_config=fonts, stylesheets=styles, pdf_variant=VARIANT))
        laid_out()
    document = drawn[0].copy([sheet for page in drawn for sheet in page.pages])
    whole: bytes = document.write_pdf(finisher=_tell_languages, pdf_variant=VARIANT)
    return whole


def _tell_languages(_document: Any, written: Any) -> None:
    """Say of every part in which language it is read aloud (PDF 32000-1, 14.9.2)."""
    for item in written.objects:
        if isinstance(item, dict) and item.get("S") in _SPOKEN:
            item["Lang"] = f"({_SPOKEN[item['S']]})"


def _tools() -> tuple[Any, Any, Any, Any]:
    try:
        from weasyprint import CSS, HTML  # noqa: PLC0415 # takes seconds to import, and needs system libraries
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 # with it
        from weasyprint.urls import URLFetcher  # noqa: PLC0415 # with it
    except OSError as fault:
        raise PdfUnavailable from fault

    class Fonts(URLFetcher):  # type: ignore[misc] # WeasyPrint ships no types
        """Fetches a font of the house or a picture that stands in the page itself, whatever a page asks for."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            """Return what stands at the address; raise ValueError for anything that is not ours."""
            if not url.startswith("data:image/") and not _is_font(url):
                raise ValueError("documents fetch nothing but their fonts")
            return super().fetch(url, headers)

    return HTML, CSS, FontConfiguration(), Fonts()


def _is_font(url: str) -> bool:
    return url.startswith("file://") and Path(url.removeprefix("file://")).resolve().is_relative_to(FONTS.resolve())


def _base() -> str:
    return FONTS.as_uri() + "/"
