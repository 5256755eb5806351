"""Letters: how many wait, printing them together, and saying that they are in the post."""

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments.messages.kinds import KIND_WORDS
from cartref.audit.reading import was_read
from cartref.db import db
from cartref.errors import Conflict, NotFound
from cartref.jobs.models import JobState
from cartref.notifications import printing
from cartref.notifications.models import PrintRunState
from cartref.office import letters as piles
from cartref.office import posting
from cartref.office.views.blueprint import blueprint
from cartref.web.errors import sentence
from cartref.web.locale import gettext
from cartref.web.session import savepoint


@blueprint.get("/messages/letters")
@requires(Permission.LETTERS_WRITE)
def letters() -> str:
    """Show how many letters wait to be printed, and the last print runs."""
    session, actor = db.session(), current_actor()
    return render_template(
        "office/letters.html",
        waiting=printing.waiting(session, actor.service),
        runs=printing.latest(session, actor.service),
        states=PrintRunState,
    )


@blueprint.post("/messages/letters/runs")
@requires(Permission.LETTERS_WRITE)
def make_print_run() -> AnyResponse:
    """Begin to print every letter that waits, and watch."""
    try:
        with savepoint():
            run = posting.make_run(db.session(), current_actor())
    except printing.NoLetters as refusal:
        flash(sentence(refusal.code), "error")
        return redirect(url_for("office.letters"), 303)
    return _to(run.id)


@blueprint.get("/messages/letters/runs/<run_id>")
@requires(Permission.LETTERS_WRITE)
def print_run(run_id: str) -> str:
    """Show a print run: how far it is, then its file and its letters, and what must not go out."""
    return _page(run_id)


@blueprint.get("/messages/letters/runs/<run_id>/letters.pdf")
@requires(Permission.LETTERS_WRITE)
def print_run_pdf(run_id: str) -> Response:
    """Give the letters of a print run to print."""
    actor = current_actor()
    run = printing.find(db.session(), actor.service, run_id)
    if run.content is None:
        raise NotFound(print_run=run_id)
    was_read(actor, "print-run.downloaded", "print-run", run.id)
    answer = Response(run.content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="letters-{run.created_at:%Y-%m-%d}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/messages/letters/runs/<run_id>/posted")
@requires(Permission.LETTERS_WRITE)
def post_letters(run_id: str) -> AnyResponse | tuple[str, int]:
    """Count the letters of a print run as sent; show it again when letters were withdrawn since she looked."""
    try:
        with savepoint():
            taken_out = request.form.get("taken_out", "").split()
            posting.post(db.session(), current_actor(), run_id, taken_out=taken_out)
    except Conflict as refusal:
        return _page(run_id, sentence(refusal.code)), 409
    flash(gettext("The letters count as sent."), "success")
    return redirect(url_for("office.letters"), 303)


@blueprint.post("/messages/letters/runs/<run_id>/discard")
@requires(Permission.LETTERS_WRITE)
def discard_print_run(run_id: str) -> AnyResponse | tuple[str, int]:
    """Give a print run up; its letters wait again."""
    try:
        with savepoint():
            posting.discard(db.session(), current_actor(), run_id)
    except Conflict as refusal:
        return _page(run_id, sentence(refusal.code)), 409
    flash(gettext("The print run is discarded. Its letters wait again."), "success")
    return redirect(url_for("office.letters"), 303)


@blueprint.post("/messages/letters/<notice_id>/again")
@requires(Permission.LETTERS_WRITE)
def print_letter_again(notice_id: str) -> AnyResponse:
    """Print one letter again: its paper was spoilt, or it was lost."""
    return _to(posting.print_again(db.session(), current_actor(), notice_id).id)


def _page(run_id: str, refusal: str = "") -> str:
    found = piles.pile(db.session(), current_actor(), run_id)
    failed = found.job is not None and found.job.state is JobState.FAILED
    return render_template(
        "office/print_run.html", pile=found, run=found.run, states=PrintRunState, kinds=KIND_WORDS, refusal=refusal,
        failure=sentence(found.job.failure or "") if found.job and failed else "",
    )  # fmt: skip


def _to(run_id: str) -> AnyResponse:
    return redirect(url_for("office.print_run", run_id=run_id), 303)
