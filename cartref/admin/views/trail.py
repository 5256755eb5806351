"""The audit trail, for the privacy officer; looking at it is in the trail too."""

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from cartref.accounts import queries as accounts
from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.admin import queries
from cartref.admin.actions import ACTION_WORDS
from cartref.admin.forms import TrailForm
from cartref.admin.queries import Page, Wanted
from cartref.admin.views.blueprint import blueprint, clock_face
from cartref.admin.wording import ACTOR_WORDS, word
from cartref.audit.models import ActorKind, AuditEntry
from cartref.audit.reading import was_read
from cartref.db import db
from cartref.patients.searching import wanted
from cartref.web.locale import same_page


@blueprint.get("/audit")
@requires(Permission.AUDIT_READ)
def audit() -> Response:
    """Show what was done and read, newest first, of everybody or of one patient, one member of staff, some days."""
    session, actor = db.session(), current_actor()
    people = [(staff.id, staff.display_name) for staff in accounts.staff_in(session, actor.service)]
    form = TrailForm(request.args, staff=people)
    if not form.validate():
        return make_response(render_template("admin/audit.html", form=form, page=None), 422)
    asked = _wanted(form)
    page = queries.trail(session, actor, asked, request.args.get("page", 1, type=int))
    was_read(actor, "audit.read", "service", actor.service, patient_id=asked.patient_id or None)
    names = _names(page)
    return make_response(
        render_template(
            "admin/audit.html", form=form, page=page, names=names, who=lambda entry: _who(entry, names),
            when=clock_face(), what=lambda entry: word(ACTION_WORDS, entry.action),
            page_url=lambda number: same_page(page=str(number)),
        )
    )  # fmt: skip


def _wanted(form: TrailForm) -> Wanted:
    """Return what is asked for; an NHS number stands for the id that the trail knows its patient by."""
    typed = form.patient.data or ""
    number = wanted(typed).nhs_number
    patient_id = (queries.patient_id(db.session(), current_actor(), number) if number else None) or typed
    return Wanted(patient_id, form.staff.data or "", form.first.data, form.last.data)


def _names(page: Page) -> dict[str, str]:
    session, actor = db.session(), current_actor()
    staff = {entry.actor_id for entry in page.entries if entry.actor_kind is ActorKind.STAFF and entry.actor_id}
    patients = {entry.patient_id for entry in page.entries if entry.patient_id}
    return accounts.names_of(session, actor, staff) | queries.patient_names(session, actor, patients)


def _who(entry: AuditEntry, names: dict[str, str]) -> str:
    kind = word(ACTOR_WORDS, entry.actor_kind)
    return names.get(entry.actor_id or "", f"{kind} {entry.actor_id or ''}".strip())
