"""The outcome: how the visit ended, and who comes next."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments.models import Appointment
from cartref.audit.reading import was_read
from cartref.consultations import queries, service
from cartref.consultations.board import rows as board_rows
from cartref.consultations.board.rows import Row, Trouble
from cartref.consultations.board.status import Status
from cartref.consultations.codes import ATTENDANCE_WORDS, ENDING_WORDS, OUTCOME_WORDS, REVIEW_WORDS
from cartref.consultations.examined import examined
from cartref.consultations.forms import OutcomeForm
from cartref.consultations.models import Encounter
from cartref.consultations.views.absence import absence
from cartref.consultations.views.frame import blueprint, chips, find_appointment, speech_in
from cartref.consultations.views.ladder_words import ladder_words
from cartref.consultations.views.live_words import standing_words
from cartref.db import db
from cartref.web.locale import current_words, gettext

TO_COME = frozenset({Status.WAITING, Status.EARLY, Status.EXPECTED, Status.TELEPHONE, Status.FAILED})


@blueprint.route("/consultation/<appointment_id>/outcome", methods=["GET", "POST"])
@requires(Permission.CONSULT)
def outcome(appointment_id: str) -> str | tuple[str, int] | Response:
    """Ask for the outcome, save it, and show it once it is saved, with who comes next."""
    appointment = find_appointment(appointment_id)
    form = OutcomeForm()
    if request.method == "POST":
        if form.validate():
            with form.attempt():
                _save(appointment, form)
        if not form.refused:
            return redirect(url_for("consultations.outcome", appointment_id=appointment_id), 303)
        return render_template("consultations/outcome.html", **_shown(appointment, form)), 422
    was_read(current_actor(), "outcome.read", "appointment", appointment.id, patient_id=appointment.patient_id)
    return render_template("consultations/outcome.html", **_shown(appointment, form))


def _save(appointment: Appointment, form: OutcomeForm) -> None:
    encounter = service.ensure_encounter(db.session(), appointment)
    service.finish(
        db.session(), current_actor(), encounter.id, failed_seen=form.failed_seen.data or (),
        correct=bool(form.correct.data), **form.choices(),
    )  # fmt: skip


def _shown(appointment: Appointment, form: OutcomeForm) -> dict[str, Any]:
    say, encounter = speech_in(appointment.session.zone), queries.encounter_of(db.session(), appointment.id)
    return {
        "say": say,
        "appointment": appointment,
        "patient": appointment.patient,
        "encounter": encounter,
        "chips": chips(appointment, whole=True),
        "form": form,
        "correcting": bool(form.correct.data) or request.args.get("correct") == "1",
        "absence": absence(encounter, say),
        "ladder": ladder_words(encounter, say),
        "may_book": current_actor().may(Permission.APPOINTMENTS_WRITE),
        "examined": examined(db.session(), current_actor(), encounter, say),
        "page": "record",
        "saved": _saved_words(encounter),
        "next": _next(appointment),
        "standing_words": standing_words,
    }


def _saved_words(encounter: Encounter | None) -> list[dict[str, str]]:
    if encounter is None or encounter.ending is None or encounter.attendance is None or encounter.outcome is None:
        return []
    return [
        {"name": gettext("How it ended"), "text": gettext(ENDING_WORDS[encounter.ending])},
        {"name": gettext("Attendance"), "text": gettext(ATTENDANCE_WORDS[encounter.attendance])},
        {"name": gettext("Waiting time"), "text": gettext(OUTCOME_WORDS[encounter.outcome])},
        {"name": gettext("See again in"), "text": _review_words(encounter.review_weeks)},
    ]


def _review_words(weeks: int | None) -> str:
    usual = REVIEW_WORDS.get(str(weeks or 0))
    return gettext(usual) if usual else current_words().ngettext("%(n)s week", "%(n)s weeks", weeks or 0)


def _next(appointment: Appointment) -> Row | None:
    """Return whom to see next in the same clinic: who waits, longest due first, else whose time comes next.

    Somebody who said that she cannot come is offered only when nobody else is left: she is still to be rung.
    """
    say = speech_in(appointment.session.zone)
    rows = board_rows.of_session(db.session(), appointment.session_id, say.now)
    others = [row for row in rows if row.appointment.id != appointment.id and row.standing.status in TO_COME]
    return min(others, key=_turn, default=None)


def _turn(row: Row) -> tuple[bool, bool]:
    waits = row.standing.status is Status.WAITING
    return not waits, not waits and row.trouble is Trouble.CANNOT_COME
