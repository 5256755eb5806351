"""The board of a clinic session: who waits and since when, alive without a reload."""

from typing import Any

from flask import jsonify, render_template, request, url_for
from werkzeug.wrappers import Response

from cartref.accounts import service as accounts
from cartref.accounts.access import current, current_actor, in_background, requires, while_locked
from cartref.accounts.permissions import Permission
from cartref.audit.reading import was_read
from cartref.clinics import queries as clinics
from cartref.clinics.models import ClinicSession
from cartref.consultations import service
from cartref.consultations.board import rows as board_rows
from cartref.consultations.forms import LateForm
from cartref.consultations.labels import READY_WORDS
from cartref.consultations.views.frame import (
    answer,
    blueprint,
    chips,
    line_words,
    note_presence,
    place_words,
    settings,
    speech_in,
    trouble_words,
)
from cartref.consultations.views.live_words import live_words, standing_words
from cartref.db import db
from cartref.errors import Invalid
from cartref.links import queries as link_queries
from cartref.links import service as links

LATENESS = (0, 15, 30)


@blueprint.get("/board/<session_id>")
@requires(Permission.BOARD_READ)
def board(session_id: str) -> str:
    """Show the board."""
    sitting = _sitting(session_id)
    was_read(current_actor(), "board.read", "clinic-session", sitting.id)
    return render_template(
        "consultations/board.html", sitting=sitting, lateness=LATENESS, signalling=settings().signalling_public_url,
        idle=accounts.idle_limit(shared=current().sign_in.shared_device), **_shown(sitting),
    )  # fmt: skip


@blueprint.post("/board/<session_id>/ticket")
@requires(Permission.BOARD_READ)
@in_background
@while_locked
def board_ticket(session_id: str) -> Response:
    """Return a ticket for the board's own socket, and which room is for which appointment: ids alone."""
    return jsonify(service.clinic_board_ticket(db.session(), settings(), _sitting(session_id)))


@blueprint.post("/board/<session_id>/watch")
@requires(Permission.BOARD_READ)
@in_background
@while_locked
def watch(session_id: str) -> Response:
    """Keep that the board is open, and return its rows as they now are; a locked screen is told that it is locked."""
    found = current()
    if found.locked:
        return jsonify({"locked": True})
    if request.form.get("active"):
        note_presence(found)
    sitting = service.watched(db.session(), current_actor(), session_id)
    rows = render_template("consultations/board_rows.html", sitting=sitting, **_shown(sitting))
    return jsonify({"locked": False, "rows": rows, "late": sitting.late_minutes})


@blueprint.post("/board/<session_id>/late")
@requires(Permission.BOARD_READ)
def late(session_id: str) -> Response:
    """Keep how late those who wait are told that the clinic is; the page itself tells those who are there."""
    form = LateForm()
    if not form.validate():
        raise Invalid("minutes")
    sitting = service.late(db.session(), current_actor(), session_id, form.minutes.data)
    return answer(url_for("consultations.board", session_id=session_id), late=sitting.late_minutes)


@blueprint.post("/board/<session_id>/links/<link_id>/unlock")
@requires(Permission.BOARD_READ)
def unlock_link(session_id: str, link_id: str) -> Response:
    """Give back all five tries to a link that was locked."""
    _sitting(session_id)
    link_queries.find(db.session(), current_actor(), link_id)
    links.unlock(db.session(), current_actor(), link_id)
    return answer(url_for("consultations.board", session_id=session_id), unlocked=link_id)


def _sitting(session_id: str) -> ClinicSession:
    return clinics.find_session(db.session(), current_actor(), session_id)


def _shown(sitting: ClinicSession) -> dict[str, Any]:
    say = speech_in(sitting.zone)
    return {
        "say": say,
        "rows": board_rows.of_session(db.session(), sitting.id, say.now),
        "chips": chips,
        "place_words": place_words,
        "line_words": line_words,
        "trouble_words": trouble_words,
        "standing_words": standing_words,
        "ready_words": READY_WORDS,
        "words": live_words(say),
    }
