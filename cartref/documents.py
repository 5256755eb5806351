"""Documents: from HTML to a tagged PDF (PDF/UA-1), with the fonts of the house and nothing from anywhere else."""

from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent / "static" / "vendor" / "fonts"


class PdfUnavailable(RuntimeError):
    """The libraries that draw text are missing (Debian: libpango-1.0-0, libpangoft2-1.0-0, libharfbuzz-subset0)."""


def pdf(html: str) -> bytes:
    """Return the page, which has `lang` and a title, as PDF/UA-1 (ISO 14289-1); raise PdfUnavailable."""
    try:
        from weasyprint import HTML  # noqa: PLC0415 # takes seconds to import, and needs system libraries
    except OSError as fault:
        raise PdfUnavailable from fault
    drawn: bytes = HTML(string=html, base_url=FONTS.as_uri() + "/", url_fetcher=_fetch).write_pdf(
        pdf_variant="pdf/ua-1"
    )
    return drawn


def _fetch(url: str, *_given: Any, **_named: Any) -> dict[str, Any]:
    """Return a font of the house; nothing else is fetched, whatever a page asks for."""
    path = Path(url.removeprefix("file://")).resolve()
    if not url.startswith("file://") or not path.is_relative_to(FONTS.resolve()):
        raise ValueError("documents fetch nothing but their fonts")
    return {"file_obj": path.open("rb")}
