"""The call list: whom to ring, what to say, how it went."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments.messages.kinds import KIND_WORDS
from cartref.db import db
from cartref.errors import Conflict, Invalid
from cartref.notifications import calls as service
from cartref.notifications.failures import FAILURE_WORDS
from cartref.notifications.models import Call
from cartref.office import call_list, calling
from cartref.office.forms.choices import version
from cartref.office.labels import RELATIONSHIPS
from cartref.office.views.blueprint import blueprint
from cartref.web.errors import sentence
from cartref.web.locale import gettext
from cartref.web.session import savepoint
from cartref.web.templating import telephone_uri

SHOWN = ("all", "mine", "done")


@blueprint.get("/messages")
@requires(Permission.CALLS_WRITE)
def calls() -> str:
    """Show whom to ring today, the soonest first; or what was rung today."""
    session, actor, shown = db.session(), current_actor(), _shown(request.args.get("show"))
    lines = (
        call_list.done_today(session, actor)
        if shown == "done"
        else call_list.to_ring(session, actor, mine=shown == "mine")
    )
    return render_template(
        "office/calls.html", lines=lines, shown=shown, reasons=service.REASONS, outcomes=service.OUTCOMES,
        tries=service.TRY_WORDS, told=service.TOLD, kinds=KIND_WORDS, relationships=RELATIONSHIPS, most=service.MOST,
        telephone_uri=telephone_uri, failures=FAILURE_WORDS,
    )  # fmt: skip


@blueprint.post("/messages/calls/<call_id>/take")
@requires(Permission.CALLS_WRITE)
def take_call(call_id: str) -> Response:
    """Put the asker's name on a line."""
    return _answered(
        lambda: calling.take(db.session(), current_actor(), call_id, version=_version()),
        gettext("The line has your name."),
    )


@blueprint.post("/messages/calls/<call_id>/tried")
@requires(Permission.CALLS_WRITE)
def call_tried(call_id: str) -> Response:
    """Keep a line on the list for later, as nobody could be told."""
    return _answered(
        lambda: calling.tried(db.session(), current_actor(), call_id, request.form.get("how", ""), version=_version()),
        gettext("The line comes back later."),
    )


@blueprint.post("/messages/calls/<call_id>/done")
@requires(Permission.CALLS_WRITE)
def call_done(call_id: str) -> Response:
    """Take a line off the list, with how the call went."""
    outcome = request.form.get("outcome", "")
    told = outcome == service.TOLD
    return _answered(
        lambda: calling.done(db.session(), current_actor(), call_id, outcome, version=_version()),
        gettext("Done.") if told else gettext("The line has left the list. Nobody has told this person."),
        "success" if told else "warning",
    )


@blueprint.post("/messages/calls/<call_id>/reopen")
@requires(Permission.CALLS_WRITE)
def reopen_call(call_id: str) -> Response:
    """Put a line back on the list: a button was pressed by mistake."""
    return _answered(
        lambda: calling.reopen(db.session(), current_actor(), call_id, version=_version()),
        gettext("The line is on the list again."),
    )


def _answered(act: Callable[[], Call], note: str, category: str = "success") -> Response:
    """Do it and go back to the list, which says what came of it: a colleague may have been faster."""
    try:
        with savepoint():
            act()
    except (Conflict, Invalid) as refusal:
        flash(sentence(refusal.code), "error")
    else:
        flash(note, category)
    return redirect(url_for("office.calls", show=_shown(request.form.get("show"))), 303)


def _shown(asked: str | None) -> str:
    return asked if asked in SHOWN else SHOWN[0]


def _version() -> int:
    return version(request.form.get("version"))
