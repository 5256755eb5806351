"""Before the clinic: who is not ready for a visit by video, and what came of ringing her."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.clinics import queries as clinics
from cartref.consultations.labels import READY_WORDS
from cartref.consultations.readiness import service as readiness
from cartref.consultations.readiness.rules import Settled
from cartref.db import db
from cartref.errors import Conflict, Invalid
from cartref.i18n import N_
from cartref.office import ready_list
from cartref.office.labels import RELATIONSHIPS
from cartref.office.queries import staff_names
from cartref.office.views.blueprint import addresses, blueprint
from cartref.web.errors import sentence
from cartref.web.locale import gettext
from cartref.web.session import savepoint
from cartref.web.templating import telephone_uri

SETTLED_WORDS = {
    Settled.HELPED: N_("Helped: ready"),
    Settled.TELEPHONE: N_("By telephone instead"),
    Settled.NOT_REACHED: N_("Nobody answered"),
    Settled.VIDEO: N_("By video after all"),
}
DONE_WORDS = {
    Settled.HELPED: N_("Done. This patient is ready."),
    Settled.TELEPHONE: N_("Done. The visit is by telephone now, at the same time."),
    Settled.NOT_REACHED: N_("Done. This patient stays on the list."),
    Settled.VIDEO: N_("Done. The visit is by video again."),
}
NEXT_DAYS = (1, 3, 7, 14)


@blueprint.get("/before-the-clinic")
@requires(Permission.CALLS_WRITE)
def before_the_clinic() -> str:
    """Show the visits by video of the next days by how ready they are; `days` and `clinic_id` narrow or widen it."""
    session, actor = db.session(), current_actor()
    days, clinic_id = _days(), request.args.get("clinic_id") or None
    if clinic_id:
        clinics.find(session, actor, clinic_id)  # another service's is not there
    found = ready_list.lines(session, actor, days=days, clinic_id=clinic_id)
    calls = [line.readied.call for line in found if line.readied.call]
    return render_template(
        "office/before.html",
        groups=ready_list.grouped(found),
        to_ring=sum(line.standing.to_ring for line in found),
        days=days,
        next_days=NEXT_DAYS,
        clinic_id=clinic_id,
        clinics=clinics.clinics(session, actor),
        names=staff_names(session, actor, [call.staff_id for call in calls]),
        relationships=RELATIONSHIPS,
        ready_words=READY_WORDS,
        settled_words=SETTLED_WORDS,
        telephone_uri=telephone_uri,
    )


@blueprint.post("/before-the-clinic/<appointment_id>")
@requires(Permission.CALLS_WRITE)
def settle_ready(appointment_id: str) -> Response:
    """Keep what came of ringing somebody, and go back to the list, which says so."""
    result, note = request.form.get("result", ""), request.form.get("note", "")
    try:
        with savepoint():
            readiness.settle(db.session(), current_actor(), addresses(), appointment_id, result, note)
    except (Conflict, Invalid) as refusal:
        flash(sentence(refusal.code), "error")
    else:
        flash(gettext(DONE_WORDS[Settled(result)]), "success")
    clinic_id = request.form.get("clinic_id") or None
    return redirect(url_for("office.before_the_clinic", days=_days(), clinic_id=clinic_id), 303)


def _days() -> int:
    asked = request.values.get("days", "")
    return min(int(asked), ready_list.MOST_DAYS) if asked.isdecimal() and len(asked) <= 3 else ready_list.DAYS
