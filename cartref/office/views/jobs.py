"""Long work as its page watches it: how far it has come, and asking it to stop."""

from flask import jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, in_background, requires_any
from cartref.accounts.permissions import Permission
from cartref.db import db
from cartref.jobs import queries, service
from cartref.office.views.blueprint import blueprint
from cartref.web.locale import gettext

P = Permission
BEGINS_WORK = (
    P.PATIENTS_WRITE, P.CLINICS_WRITE, P.APPOINTMENTS_WRITE, P.REFERRALS_WRITE, P.CALLS_WRITE, P.LETTERS_WRITE,
    P.TEMPLATES_WRITE, P.LEAVE_WRITE,
)  # fmt: skip


@blueprint.get("/jobs/<job_id>")
@requires_any(*BEGINS_WORK)
@in_background
def job(job_id: str) -> Response:
    """Say how far a piece of the service's work has come: {state, over, done, total, words}."""
    found = queries.find(db.session(), current_actor().service, job_id)
    words = gettext("%(done)s of %(total)s", done=f"{found.done:,}", total=f"{found.total or 0:,}")
    answer = jsonify(
        state=found.state, over=found.over, done=found.done, total=found.total, words=words if found.total else ""
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/jobs/<job_id>/stop")
@requires_any(*BEGINS_WORK)
def stop_job(job_id: str) -> Response:
    """Ask a piece of the service's work to end, and go back to the page that watches it."""
    service.ask_to_stop(db.session(), current_actor().service, job_id)
    return redirect(_back(request.form.get("back", "")), 303)


def _back(path: str) -> str:
    """Return the page of ours that was named, else the first one: nobody is led to another host."""
    ours = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if ours and all(ord(letter) > 32 for letter in path) else url_for("office.home")
