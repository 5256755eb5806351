"""Where a link leads: it is exchanged for a cookie, so that its secret is in no address after that."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from cartref.db import db
from cartref.links import service as links
from cartref.visits import cookies, misses
from cartref.visits.views.blueprint import blueprint, page
from cartref.web.access import public
from cartref.web.session import after_reading


@blueprint.get("/v/<token>")
@public
def open_link(token: str) -> Response:
    """Lead to the visit's page. Nothing is used up, so that a mail scanner may open it as often as it likes."""
    address = request.remote_addr or ""
    misses.check(db.session(), address)
    link = links.find(db.session(), token)
    if link is None:
        after_reading(lambda write: misses.count(write, address))
        return page("unknown", 404)
    answer = redirect(url_for("visits.visit", visit_id=link.visit_id), 303)
    cookies.remember_link(answer, link)
    return answer
