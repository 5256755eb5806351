"""Who may see which page of a visit: decorators that find the visitor first, and send away whoever is not one."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import redirect, url_for
from werkzeug.wrappers import Response

from cartref.db import db
from cartref.errors import Forbidden
from cartref.visits import cookies, visitors
from cartref.visits.views.blueprint import page
from cartref.visits.visitors import Visitor
from cartref.web import locale
from cartref.web.access import states
from cartref.web.errors import wants_json

View = Callable[..., Any]


class NotProved(Forbidden):
    """The birth date was not given in this browser, or what was opened by it is closed again."""

    code = "visit.not-proved"


def for_holder(view: View) -> View:
    """Decorate a view for whoever holds a link to the visit, birth date given or not; it is called with the Visitor."""

    @wraps(view)
    def guarded(visit_id: str) -> Any:
        visitor = visitors.find(db.session(), visit_id, claim=cookies.claim(), token=cookies.opening_token())
        if visitor is not None:  # a language is no secret, and the question is easier in her own
            person = visitor.person
            locale.suggest(lambda: person.language)
        return _turned_away(visitor) or view(visitor)

    return states("link-holder")(guarded)


def for_visitor(view: View) -> View:
    """Decorate a view for a holder who gave the birth date; others are led to the question, or a script is refused."""

    def proved(visitor: Visitor) -> Any:
        if visitor.opening is None:
            return _ask(visitor)
        return view(visitor)

    return states("visitor")(for_holder(wraps(view)(proved)))


def _turned_away(visitor: Visitor | None) -> Response | None:
    if visitor is not None and not visitor.shut_out:
        return None
    if wants_json():
        raise NotProved()
    return page("unknown", 404) if visitor is None else page("link_ended", 410)


def _ask(visitor: Visitor) -> Response:
    if wants_json():
        raise NotProved(visit=visitor.appointment.id)
    return redirect(url_for("visits.visit", visit_id=visitor.appointment.id), 303)
