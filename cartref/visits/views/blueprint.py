"""The blueprint of the visits' pages, and what all of their templates can say."""

from typing import Any

from flask import Blueprint, Response, make_response, render_template

from cartref import formatting
from cartref.visits import speech
from cartref.web.errors import set_frame

blueprint = Blueprint("visits", __name__)


@blueprint.url_value_preprocessor
def _frame(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    set_frame("patient")  # before anything can refuse the request: the check of the form's token is the first that does


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"formatting": formatting, "speech": speech}


def page(template: str, status: int = 200, **context: Any) -> Response:
    """Return a page of the visits in the reader's language."""
    return make_response(render_template(f"visits/{template}.html", **context), status)
