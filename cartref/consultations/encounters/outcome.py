"""What a visit came to: how it ended, whether she attended, and what it does to her waiting time."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.appointments import messages
from cartref.appointments import service as appointments
from cartref.appointments.models import AppointmentStatus
from cartref.audit.service import record
from cartref.consultations import queries
from cartref.consultations.board import places
from cartref.consultations.codes import Attendance, Ending, Outcome
from cartref.consultations.encounters import afterwards, ladder
from cartref.consultations.encounters.afterwards import MOST_REVIEW_WEEKS
from cartref.consultations.encounters.attempts import came_at, unseen
from cartref.consultations.encounters.opening import MEDIUM, ensure_open
from cartref.consultations.models import Encounter, EncounterStatus
from cartref.consultations.rooms import orders
from cartref.errors import Conflict, Invalid


class CodesDisagree(Invalid):
    """The attendance code does not go with the way the visit ended."""

    code = "outcome.codes-disagree"
    field = "attendance"


class OutcomeMissing(Invalid):
    """Nothing was said about the waiting time."""

    code = "outcome.missing"
    field = "outcome"


class ReviewWrong(Invalid):
    """Nobody is seen again after that many weeks."""

    code = "outcome.review"
    field = "review_weeks"


class OutcomeSaved(Conflict):
    """There is an outcome already; whoever wants another has to say that the first is corrected."""

    code = "outcome.saved-already"


class SheCame(Conflict):
    """She reached the waiting room, or the nurse, so that she did attend."""

    code = "outcome.she-came"


class FailedAttemptUnseen(Invalid):
    """Somebody tried to come and failed, and whoever says "did not attend" has not said that each try was seen."""

    code = "outcome.failed-attempt-unseen"
    field = "failed_seen"


@dataclass(frozen=True)
class Rule:
    """What goes with one ending: its attendance codes, and what becomes of the appointment."""

    attendance: tuple[Attendance, ...]
    status: AppointmentStatus


RULES = {
    Ending.SEEN: Rule((Attendance.ON_TIME, Attendance.LATE_SEEN), AppointmentStatus.FULFILLED),
    # The line failed, so the clinic has to offer another time: the code is the provider's, never an absence.
    Ending.COULD_NOT_CONNECT: Rule((Attendance.CANCELLED_BY_PROVIDER,), AppointmentStatus.FULFILLED),
    Ending.DID_NOT_ATTEND: Rule((Attendance.DID_NOT_ATTEND,), AppointmentStatus.NOSHOW),
    Ending.LATE_NOT_SEEN: Rule((Attendance.LATE_NOT_SEEN,), AppointmentStatus.FULFILLED),
    Ending.CANCELLED_BY_PATIENT: Rule((Attendance.CANCELLED_BY_PATIENT,), AppointmentStatus.CANCELLED),
}


UNREACHED = frozenset({Ending.COULD_NOT_CONNECT, Ending.DID_NOT_ATTEND})  # she is told whom to ring


def finish(
    session: Session,
    actor: Actor,
    encounter_id: str,
    *,
    ending: Ending,
    attendance: Attendance | None,
    outcome: Outcome | None,
    review_weeks: int | None = None,
    failed_seen: Collection[str] = (),
    correct: bool = False,
) -> Encounter:
    """Return the encounter finished, its room ended and its appointment closed; the same again changes nothing.

    `attendance` may be left out where the ending allows one code only. `review_weeks` is after how many weeks she is to
    be seen again, None for not; `failed_seen` holds the keys of the failed tries that were seen. Her waiting time and
    the waiting list follow (`afterwards`). Raises VisitOver when the
    visit was cancelled, OutcomeSaved when it has another outcome and `correct` does not say that this replaces it,
    SheCame and FailedAttemptUnseen where "did not attend" may not be said.
    """
    encounter = queries.find_locked(session, actor, encounter_id)
    attendance = attendance_for(ending, attendance)
    if outcome is None:
        raise OutcomeMissing()
    if review_weeks is not None and not 1 <= review_weeks <= MOST_REVIEW_WEEKS:
        raise ReviewWrong
    if _is_said(encounter, (ending, attendance, outcome, review_weeks), correct=correct):
        return encounter
    _check_absence(session, encounter, ending, seen=failed_seen)
    action = "encounter.corrected" if encounter.ending else "encounter.finished"
    encounter.ending, encounter.attendance, encounter.outcome = ending, attendance, outcome
    encounter.review_weeks = review_weeks
    _end(encounter)
    if ending is Ending.COULD_NOT_CONNECT:
        ladder.put_off(session, actor, encounter)
    record(
        session, actor, action, "encounter", encounter.id, patient_id=encounter.appointment.patient_id,
        ending=ending, attendance=attendance, outcome=outcome, review_weeks=review_weeks,
    )  # fmt: skip
    session.flush()
    orders.end_room(session, encounter, "finished")
    appointments.close(session, actor, encounter.appointment_id, RULES[ending].status)
    (messages.missed if ending in UNREACHED else messages.not_missed)(session, encounter.appointment)
    afterwards.follow(session, actor, encounter)
    places.renew(session, encounter.appointment.session_id)
    return encounter


def attendance_for(ending: Ending, given: Attendance | None) -> Attendance:
    """Return the attendance code: the one given when it goes with the ending, or the only one that does."""
    allowed = RULES[ending].attendance
    if given is None and len(allowed) == 1:
        return allowed[0]
    if given not in allowed:
        raise CodesDisagree(ending=ending, attendance=given)
    return given


def _is_said(encounter: Encounter, said: tuple[Ending, Attendance, Outcome, int | None], *, correct: bool) -> bool:
    """Tell whether just this was saved before; raise when something else was, or when there is nothing left to end."""
    if encounter.status is not EncounterStatus.FINISHED:
        ensure_open(encounter.appointment, encounter)
        return False
    if (encounter.ending, encounter.attendance, encounter.outcome, encounter.review_weeks) == said:
        return True
    if not correct:
        raise OutcomeSaved(encounter=encounter.id)
    return False


def _check_absence(session: Session, encounter: Encounter, ending: Ending, *, seen: Collection[str]) -> None:
    if ending is not Ending.DID_NOT_ATTEND:
        return
    if came_at(encounter) is not None:
        raise SheCame(encounter=encounter.id, field="ending")
    if unseen(session, encounter, seen):
        raise FailedAttemptUnseen(encounter=encounter.id)


def _end(encounter: Encounter) -> None:
    encounter.status = EncounterStatus.FINISHED
    encounter.ended_at = encounter.ended_at or clock.now()
    if encounter.ending is Ending.SEEN:
        encounter.medium = encounter.medium or MEDIUM[encounter.appointment.mode]
        encounter.started_at = encounter.started_at or encounter.ended_at
