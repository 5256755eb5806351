"""The question for the birth date, which only catches a link that reached the wrong hands."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from cartref.db import db
from cartref.links import service as links
from cartref.visits import cookies, speech
from cartref.visits.forms import BirthDateForm
from cartref.visits.standing import standing
from cartref.visits.views.blueprint import blueprint, page
from cartref.visits.views.visitor import for_holder
from cartref.visits.visitors import Visitor
from cartref.web import locale
from cartref.web.locale import gettext


def question(visitor: Visitor, form: BirthDateForm | None = None, status: int = 200) -> Response:
    """Return the page that asks for the birth date: initials, day and hour are all that it says of the visit."""
    return page(
        "question", status, visitor=visitor, standing=standing(db.session(), visitor), form=form or BirthDateForm()
    )


def locked(visitor: Visitor) -> Response:
    """Return the page that says whom to ring after five wrong birth dates."""
    return page("locked", 403, visitor=visitor)


@blueprint.post("/visit/<visit_id>/who")
@for_holder
def prove(visitor: Visitor) -> Response:
    """Open the visit in this browser when the birth date is right; else use up one try."""
    form = BirthDateForm()
    given = form.born_on.data if form.validate_on_submit() else None
    if given is None:
        return question(visitor, form, 422)
    token = links.try_birth_date(db.session(), visitor.link, given=given, born_on=visitor.patient.born_on)
    if token is None:
        return _wrong(visitor, form)
    visit = visitor.appointment
    answer = redirect(url_for("visits.visit", visit_id=visit.id), 303)
    cookies.remember_opening(answer, token, visit_id=visit.id, ends_at=visit.ends_at)
    return answer


def _wrong(visitor: Visitor, form: BirthDateForm) -> Response:
    if visitor.link.locked_at is not None:
        return locked(visitor)
    wrong = gettext("That date is not the same as the one we have.")
    left = speech.tries_left(links.MOST_TRIES - visitor.link.tries, locale.language())
    form.refuse(f"{wrong} {left}", "born_on")
    return question(visitor, form, 422)
