"""Plans for the patients of a closed session: shown as what would change, decided on one by one or all at once."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments import replanning
from cartref.appointments.models import MoveState, ReplanMove, ReplanState
from cartref.appointments.replanning import queries
from cartref.audit.reading import was_read
from cartref.clinics import queries as clinics
from cartref.db import db
from cartref.jobs import queries as jobs
from cartref.office.labels import MODES_SHORT
from cartref.office.queries import staff_names
from cartref.office.views.blueprint import addresses, blueprint
from cartref.web.locale import current_words, gettext, language


@blueprint.post("/sessions/<session_id>/replan")
@requires(Permission.APPOINTMENTS_WRITE)
def start_replan(session_id: str) -> Response:
    """Ask for a plan for everybody who needs another time, and go to the page that watches it."""
    plan = replanning.start(db.session(), current_actor(), session_id)
    return _to(plan.id)


@blueprint.get("/replans/<replan_id>")
@requires(Permission.APPOINTMENTS_READ)
def replan(replan_id: str) -> str:
    """Show how far a plan is, and then what it would change."""
    session, actor = db.session(), current_actor()
    plan = queries.find(session, actor, replan_id)
    moves = sorted(plan.moves, key=lambda move: (move.appointment.starts_at, move.id))
    for move in moves:
        was_read(actor, "replan.read", "appointment", move.appointment_id, patient_id=move.appointment.patient_id)
    rooms = {room.id: f"{room.site.name}, {room.name}" for room in clinics.rooms(session, actor)}
    return render_template(
        "office/replan.html",
        plan=plan,
        job=jobs.find(session, actor.service, plan.job_id) if plan.job_id else None,
        moves=[_row(move, rooms) for move in moves],
        presenters=staff_names(session, actor, [move.presenter_id for move in moves]),
        modes=MODES_SHORT,
        open_moves=sum(move.state is MoveState.PROPOSED for move in moves),
        unplaced=sum(move.state is MoveState.UNPLACED for move in moves),
        planning=plan.state is ReplanState.PLANNING,
        clinicians=queries.clinicians_of(session, plan),
    )


@blueprint.post("/replans/<replan_id>/accept")
@requires(Permission.APPOINTMENTS_WRITE)
def accept_all_moves(replan_id: str) -> Response:
    """Accept all moves that are still open, and say how many were overtaken by something else."""
    counts = replanning.accept_all(db.session(), current_actor(), addresses(), replan_id)
    moved, stale = counts[MoveState.ACCEPTED], counts[MoveState.STALE]
    if moved:
        words = current_words()
        flash(
            words.ngettext(
                "%(n)s appointment has moved. Now tell the patient.",
                "%(n)s appointments have moved. Now tell the patients.",
                moved,
            ),
            "success",
        )
    if stale:
        flash(
            gettext("Something changed meanwhile. Not moved: %(n)s. Find another time for each.", n=stale),
            "warning",
        )
    return _to(replan_id)


@blueprint.post("/replans/moves/<move_id>/accept")
@requires(Permission.APPOINTMENTS_WRITE)
def accept_move(move_id: str) -> Response:
    """Accept one move."""
    move = replanning.accept(db.session(), current_actor(), addresses(), move_id)
    if move.state is MoveState.ACCEPTED:
        flash(gettext("The appointment has moved, and the links stay the same. Now tell the patient."), "success")
    else:
        flash(gettext("Something changed meanwhile, so it could not be moved. Find another time."), "warning")
    return _to(move.replan_id)


@blueprint.post("/replans/moves/<move_id>/refuse")
@requires(Permission.APPOINTMENTS_WRITE)
def refuse_move(move_id: str) -> Response:
    """Refuse one move: its appointment waits for another time."""
    return _to(replanning.refuse(db.session(), current_actor(), move_id).replan_id)


@blueprint.post("/replans/<replan_id>/discard")
@requires(Permission.APPOINTMENTS_WRITE)
def discard_replan(replan_id: str) -> Response:
    """Put a plan aside and go back to its session."""
    plan = replanning.discard(db.session(), current_actor(), replan_id)
    flash(gettext("The plan is put aside. Nothing else has changed."), "success")
    return redirect(url_for("office.session", session_id=plan.session_id), 303)


def _to(replan_id: str) -> Response:
    return redirect(url_for("office.replan", replan_id=replan_id), 303)


def _row(move: ReplanMove, rooms: dict[str, str]) -> dict[str, object]:
    reasons = move.reasons.get("reasons", [])
    return {
        "move": move,
        "appointment": move.appointment,
        "room": rooms.get(move.room_id or "", ""),
        "reasons": [(replanning.said_again(row, language()), row["against"]) for row in reasons],
    }
