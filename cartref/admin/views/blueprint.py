"""The blueprint of administration, and what its views share."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, url_for
from flask import flash as flash_note
from werkzeug.wrappers import Response

from cartref import formatting
from cartref.accounts.access import current_actor
from cartref.admin import queries
from cartref.admin.wording import NOTICE_WORDS, ROLE_NAMES, word
from cartref.db import db
from cartref.notifications.failures import FAILURE_WORDS
from cartref.web.locale import language

blueprint = Blueprint("admin", __name__)


def said(note: str, endpoint: str, **values: Any) -> Response:
    """Go on to a page, which then says `note`."""
    flash_note(note, "success")
    return redirect(url_for(endpoint, **values), 303)


def clock_face() -> Callable[[datetime], str]:
    """Return how this answer says a moment: on the health board's clocks, in the reader's language."""
    zone = queries.zone(db.session(), current_actor())
    return lambda at: formatting.day_and_time(formatting.local(at, zone), language(), year=True)


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {
        "role_name": lambda role: word(ROLE_NAMES, role),
        "kind_word": lambda kind: word(NOTICE_WORDS, kind),
        "failure_word": lambda code: word(FAILURE_WORDS, code or ""),
    }
