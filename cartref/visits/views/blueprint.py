"""The blueprint of the visits' pages, and what all of their templates can say."""

from typing import Any

from flask import Blueprint, Response, make_response, render_template

from cartref import formatting
from cartref.visits import speech
from cartref.web.errors import set_frame

blueprint = Blueprint("visits", __name__)


@blueprint.before_request
def _frame() -> None:
    set_frame("patient")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"formatting": formatting, "speech": speech}


def page(template: str, status: int = 200, **context: Any) -> Response:
    """Return a page of the visits in the reader's language."""
    return make_response(render_template(f"visits/{template}.html", **context), status)
