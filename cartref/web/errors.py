"""One handler for everything that goes wrong: the concept's words for its code, as a page or as problem+json."""

import logging
from collections.abc import Mapping

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from cartref.errors import ClinicError, IllegalTransition, NotFound, StaleVersion, Throttled, Unavailable
from cartref.i18n import N_
from cartref.web.locale import gettext
from cartref.web.session import give_up_database, roll_back

log = logging.getLogger(__name__)
PAGES = (403, 404, 405, 409, 413, 422, 429, 500, 503)
RETRY_SECONDS = 5
WORDS = {
    StaleVersion.code: N_("Somebody else has changed this since you opened it. Look at it again."),
    IllegalTransition.code: N_("That cannot be done any more. Look at it again."),
}


def install(app: Flask, error_words: Mapping[str, str]) -> None:
    """Answer every error of `app` in words; `error_words` maps dotted codes to English sentences."""
    app.extensions["cartref.error_words"] = WORDS | dict(error_words)
    app.register_error_handler(ClinicError, _clinic_error)
    app.register_error_handler(CSRFError, _form_too_old)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(StaleDataError, lambda _error: _clinic_error(StaleVersion()))
    app.register_error_handler(OperationalError, _database_away)
    app.before_request(_refuse_nul)
    app.register_error_handler(Exception, _unexpected)


def sentence(code: str) -> str:
    """Return the words for an error's code in this answer's language, most exact first; empty when there are none."""
    known: Mapping[str, str] = current_app.extensions["cartref.error_words"]
    while code:
        if code in known:
            return gettext(known[code])
        code = code.rpartition(".")[0]
    return ""


def set_frame(frame: str) -> None:
    """Say whose page this is, `patient`, `staff` or `plain`, so that an error keeps the frame the reader knows."""
    g.frame = frame


def wants_json() -> bool:
    """Tell whether the caller is a script that reads JSON rather than a person who reads a page."""
    best = request.accept_mimetypes.best_match(("text/html", "application/json"))
    return request.is_json or best == "application/json"


def _refuse_nul() -> None:
    """Answer 404 to an address with a NUL in it: nothing has such a name, and PostgreSQL can't even be asked."""
    if "\x00" in request.path or "%00" in request.query_string.decode("latin-1"):
        raise NotFound


def page_to_open() -> str | None:
    """Return this address when a person can open it as a page, None for one that only takes forms."""
    adapter = current_app.create_url_adapter(request)
    return request.path if adapter is not None and adapter.test(method="GET") else None


def _clinic_error(error: ClinicError) -> Response:
    roll_back()
    log.info("refused", extra={"code": error.code, **{f"on_{key}": str(value) for key, value in error.context.items()}})
    response = _answer(error.status, error.code)
    if isinstance(error, Throttled) and error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _form_too_old(_error: CSRFError) -> Response:
    roll_back()
    return _answer(400, "form-too-old")


def _http_error(error: HTTPException) -> Response:
    roll_back()
    if error.code is not None and error.code < 400:
        return error.get_response()  # type: ignore[return-value] # werkzeug's redirect is a response of the app's class
    status = error.code or 500
    response = _answer(status, NotFound.code if status == 404 else f"http.{status}")
    if allow := dict(error.get_headers()).get("Allow"):
        response.headers["Allow"] = allow
    return response


def _database_away(error: OperationalError) -> Response:
    roll_back()
    give_up_database()
    log.exception("the database can't be reached", exc_info=error)
    response = _answer(503, Unavailable.code)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _unexpected(error: Exception) -> Response:
    roll_back()
    log.exception("unexpected", exc_info=error)
    return _answer(500, "unexpected")


def _answer(status: int, code: str) -> Response:
    words = sentence(code)
    if wants_json():
        response = jsonify({"type": "about:blank", "status": status, "code": code, "detail": words})
        response.mimetype = "application/problem+json"
    else:
        page = "form_too_old" if code == "form-too-old" else str(status if status in PAGES else 500)
        response = make_response(
            render_template(
                f"errors/{page}.html",
                sentence=words,
                frame=g.get("frame", "plain"),
                code=code,
                page_again=page_to_open(),
            )
        )
    response.status_code = status
    return response
