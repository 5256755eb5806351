"""Leave: who is away when, and which sessions and visits are to be seen to because of it."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from cartref.accounts import queries as accounts
from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments import service
from cartref.clinics import queries
from cartref.clinics import service as clinics
from cartref.clinics.models import Leave, SessionStatus
from cartref.db import db
from cartref.office.clinic_book import away
from cartref.office.forms.book import LeaveForm
from cartref.office.labels import LEAVE_KINDS
from cartref.office.speech import today
from cartref.office.views.blueprint import blueprint, say
from cartref.web.locale import current_words, gettext

Answer = str | Response | tuple[str, int]


@blueprint.get("/leave")
@requires(Permission.LEAVE_WRITE)
def leave() -> str:
    """List who is away from today on, each with what falls into it."""
    session, actor = db.session(), current_actor()
    found = queries.leave(session, actor, first=today())
    return render_template(
        "office/leave.html", away=away(session, actor, found), kinds=LEAVE_KINDS, closed=SessionStatus.CLOSED
    )


@blueprint.route("/leave/new", methods=["GET", "POST"])
@requires(Permission.LEAVE_WRITE)
def new_leave() -> Answer:
    """Write down that somebody is away; empty sessions close in the same act, and the others become work to do."""
    session, actor = db.session(), current_actor()
    form = LeaveForm()
    form.offer(accounts.staff_in(session, actor.service))
    if form.validate_on_submit():
        with form.attempt():
            given, cleared = service.take_leave(session, actor, **form.details())
        if not form.refused:
            _tell(given, cleared)
            return redirect(url_for("office.leave"), 303)
    page = render_template("office/new_leave.html", form=form)
    return (page, 422) if form.is_submitted() else page


@blueprint.post("/leave/<leave_id>/withdraw")
@requires(Permission.LEAVE_WRITE)
def withdraw_leave(leave_id: str) -> Response:
    """Take leave back: the sessions that it closed are open again, and those that it kept from being made are made."""
    back = clinics.withdraw_leave(db.session(), current_actor(), leave_id)
    flash(gettext("The leave is withdrawn."), "success")
    count = len(back.reopened) + len(back.made.sessions)
    if count:
        said = current_words().ngettext("%(n)s session is open again.", "%(n)s sessions are open again.", count)
        flash(said, "success")
    return redirect(url_for("office.leave"), 303)


def _tell(given: Leave, cleared: service.Cleared) -> None:
    said = current_words()
    name, dates = given.staff.display_name, say().dates(given.first_on, given.last_on)
    flash(gettext("Leave is written down: %(name)s, %(dates)s.", name=name, dates=dates), "success")
    tell_cleared(cleared)
    if cleared.booked:
        flash(
            said.ngettext(
                "%(n)s session has patients. Close it, and find them another time.",
                "%(n)s sessions have patients. Close them, and find the patients another time.",
                len(cleared.booked),
            ),
            "warning",
        )


def tell_cleared(cleared: service.Cleared) -> None:
    """Say how many empty sessions were closed along."""
    if cleared.closed:
        said, count = current_words(), len(cleared.closed)
        flash(said.ngettext("%(n)s empty session is closed.", "%(n)s empty sessions are closed.", count), "success")
