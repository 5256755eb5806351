"""What calendar programs ask for, again and again: the address of a feed is all that they bring."""

from collections.abc import Iterable

from flask import Response, current_app, request, url_for

from cartref import ical
from cartref.calendars import queries, rendering, scopes, service
from cartref.calendars.queries import Mark, Window
from cartref.calendars.views.blueprint import blueprint
from cartref.db import db
from cartref.web.access import public
from cartref.web.session import after_reading

# Programs read a feed again after this many seconds at the soonest; what can't wait goes by message or telephone.
FEED_AGE = 900


@blueprint.get("/c/<token>.ics")
@public
def feed(token: str) -> Response:
    """Answer a calendar program: with 304 when it has the present state, 404 for every feed that is not, or no more."""
    found = queries.find_feed(db.session(), token)
    if found is None:
        return Response(status=404, content_type="text/plain")  # programs read no pages, and are given no cookie
    if service.use_is_due(found):
        feed_id = found.id
        after_reading(lambda write: service.note_use(write, feed_id))
    scope, window = scopes.scope_of(db.session(), found), Window.now()
    mark = queries.mark(db.session(), scope, window)
    validator = rendering.etag(scope, mark, found.language)
    if request.if_none_match.contains(validator):
        return _cacheable(Response(status=304), validator, mark)
    body: Iterable[bytes] = ()
    if request.method == "GET":
        body = rendering.feed_ics(
            db.session(), scope, window, language=found.language, source=address(token)
        )  # fmt: skip
    return _cacheable(Response(iter(body), content_type=ical.CONTENT_TYPE), validator, mark)


def address(token: str) -> str:
    """Return the whole address that a calendar program subscribes to."""
    public_url: str = current_app.config["CARTREF"].public_url
    return public_url + url_for("calendars.feed", token=token)


def _cacheable(answer: Response, validator: str, mark: Mark) -> Response:
    answer.set_etag(validator)
    answer.last_modified = rendering.last_modified(mark)
    answer.headers["Cache-Control"] = f"private, max-age={FEED_AGE}"
    return answer
