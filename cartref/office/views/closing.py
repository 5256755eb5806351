"""Closing a clinic session, and opening it again."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments import queries as appointments
from cartref.clinics import queries, service
from cartref.db import db
from cartref.office.forms.book import CloseForm
from cartref.office.views.blueprint import blueprint
from cartref.web.locale import current_words, gettext


@blueprint.route("/sessions/<session_id>/close", methods=["GET", "POST"])
@requires(Permission.CLINICS_WRITE)
def close_session(session_id: str) -> str | Response | tuple[str, int]:
    """Ask once, and say how many are booked; then nobody is booked into the session any more."""
    session, actor = db.session(), current_actor()
    sitting = queries.find_session(session, actor, session_id)
    form = CloseForm()
    if form.validate_on_submit():
        with form.attempt():
            service.close_session(session, actor, session_id, form.reason.data)
        if not form.refused:
            left = _count(session_id)
            said = current_words().ngettext(
                "The session is closed. %(n)s patient needs another time.",
                "The session is closed. %(n)s patients need another time.",
                left,
            )
            flash(said if left else gettext("The session is closed."), "success")
            return redirect(url_for("office.session", session_id=session_id), 303)
    page = render_template("office/close_session.html", form=form, sitting=sitting, booked=_count(session_id))
    return (page, 422) if form.is_submitted() else page


@blueprint.post("/sessions/<session_id>/reopen")
@requires(Permission.CLINICS_WRITE)
def reopen_session(session_id: str) -> Response:
    """Let the session take patients again."""
    service.reopen_session(db.session(), current_actor(), session_id)
    flash(gettext("The session is open again. Times that nobody has can be booked."), "success")
    return redirect(url_for("office.session", session_id=session_id), 303)


def _count(session_id: str) -> int:
    return appointments.booked_counts(db.session(), current_actor(), [session_id]).get(session_id, 0)
