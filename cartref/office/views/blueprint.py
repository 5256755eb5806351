"""The office's blueprint, what all of its templates can say, and what its views share."""

from typing import Any

from flask import Blueprint, current_app

from cartref.links.addresses import Addresses
from cartref.office.speech import Speech
from cartref.patients.needs import needs_of
from cartref.web import locale

blueprint = Blueprint("office", __name__)


def say() -> Speech:
    """Return how this answer says dates, times and numbers."""
    return Speech(locale.language())


def addresses() -> Addresses:
    """Return the addresses of this deployment's links."""
    return Addresses.from_settings(current_app.config["CARTREF"])


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"say": say(), "needs_of": needs_of}
