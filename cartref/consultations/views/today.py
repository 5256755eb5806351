"""Today: straight to the one board there is, or the choice among several."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires_any
from cartref.accounts.permissions import Permission
from cartref.clinics import queries as clinics
from cartref.clinics.models import ClinicSession
from cartref.consultations.views.frame import blueprint, speech
from cartref.db import db


@blueprint.get("/today")
@requires_any(Permission.BOARD_READ, Permission.SITE_BOARD_READ)
def today() -> str | Response:
    """Show today's clinics and the reader's sites, or go to the only one."""
    say, actor, session = speech(), current_actor(), db.session()
    sittings: list[ClinicSession] = []
    if actor.may(Permission.BOARD_READ):
        sittings = sorted(
            clinics.sessions(session, actor, first=say.today, last=say.today),
            key=lambda found: found.clinician_id != actor.id,
        )
    sites = clinics.sites_presented(session, actor) if actor.may(Permission.SITE_BOARD_READ) else []
    boards = [url_for("consultations.board", session_id=sitting.id) for sitting in sittings]
    boards += [url_for("consultations.site_board", site_id=site.id) for site in sites]
    if len(boards) == 1:
        return redirect(boards[0], 303)
    return render_template("consultations/today.html", say=say, sittings=sittings, sites=sites)
