"""The blueprint of the calendars, and how their files are handed over."""

import re
import unicodedata

from flask import Blueprint, Response

blueprint = Blueprint("calendars", __name__)


def attachment(body: bytes | str, content_type: str, filename: str) -> Response:
    """Return a file to be kept under that name; nothing on the way keeps a copy."""
    answer = Response(body, content_type=content_type)
    answer.headers.set("Content-Disposition", "attachment", filename=filename)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def plain(name: str) -> str:
    """Return a name as part of a file's name: small letters and hyphens."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or "calendar"
