"""The call list: who is to be rung about what, whose name stands on it, and how it went.

Notifications know no clinic: a line holds ids and codes, and whoever shows it gathers the words. Who may do what with a
line is asked above, by `office.calling`.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cartref import clock
from cartref.audit.service import Acting, record
from cartref.errors import Conflict, Invalid, NotFound, StaleVersion
from cartref.i18n import N_
from cartref.notifications.models import Call, CallState

MOST = 200  # more than that no office rings in a day, nor does a page show
REASONS: Mapping[str, str] = {
    "no-way-to-tell": N_("No e-mail address or mobile with consent."),
    "no-address": N_("There is no address for a letter."),
    "too-late-for-letter": N_("A letter would come too late."),
    "bounced": N_("The email did not arrive."),
    "text-failed": N_("The text message did not arrive."),
    "letter-failed": N_("The letter could not be sent."),
    "in-doubt": N_("Nobody knows whether the message arrived."),
    "offer": N_("A time is held for this person."),
    "invitation-declined": N_("The calendar invitation was declined."),
    "not-ready": N_("The ready check failed."),
    "missed-them": N_("We could not reach this person."),
    "review-due": N_("It is time to see this person again."),
}
# How trying went, and how long to wait before the next try.
TRIES: Mapping[str, timedelta] = {
    "no-answer": timedelta(hours=2),
    "engaged": timedelta(minutes=20),
    "message-left": timedelta(days=1),
}
TRY_WORDS: Mapping[str, str] = {
    "no-answer": N_("No answer"),
    "engaged": N_("The line was engaged"),
    "message-left": N_("Left a message to ring us"),
}
SOONEST, IN_TIME = timedelta(minutes=10), timedelta(hours=1)
# How a line ends; after all but the first nobody was told.
TOLD = "told"
OUTCOMES: Mapping[str, str] = {
    TOLD: N_("Told"),
    "wrong-number": N_("Wrong number"),
    "away": N_("In hospital or away"),
    "not-wanted": N_("Does not want to talk to us"),
    "not-needed": N_("No longer needed"),
}


class CallOver(Conflict):
    """The line has left the list: somebody rang, or there is nothing to tell any more."""

    code = "call.over"


class CallTaken(Conflict):
    """A colleague's name came onto the line meanwhile."""

    code = "call.taken"


class OutcomeUnknown(Invalid):
    """A call can't go as this code says."""

    code = "call.outcome"
    field = "outcome"


ERROR_WORDS = {
    CallOver.code: N_("This line has left the list already."),
    CallTaken.code: N_("A colleague has taken this line meanwhile."),
    OutcomeUnknown.code: N_("Choose how the call went."),
}


def add(
    session: Session,
    *,
    key: str,
    service_id: str,
    kind: str,
    reason: str,
    subject_id: str,
    recipient_kind: str,
    recipient_id: str,
    notice_id: str | None = None,
    due_at: datetime | None = None,
    **payload: object,
) -> Call:
    """Return the line of that key, written now unless it was already; `payload` holds ids and codes, never words.

    `kind` is that of the notice whose words are to be said, `reason` one of REASONS. `code` in the payload says why a
    message failed; a carer's line names its patient as `patient_id` when its subject is no appointment.
    """
    found = session.scalar(select(Call).where(Call.key == key))
    if found is not None:
        return found
    now = clock.now()
    call = Call(
        key=key, service_id=service_id, kind=kind, reason=reason, subject_id=subject_id, recipient_kind=recipient_kind,
        recipient_id=recipient_id, notice_id=notice_id, payload=payload, due_at=due_at or now, created_at=now,
    )  # fmt: skip
    session.add(call)
    session.flush()
    return call


def withdraw(session: Session, subject_id: str, *, kinds: Collection[str] | None = None) -> None:
    """Let nobody ring about this subject who has not yet; `kinds` names about what (None: anything)."""
    query = update(Call).where(Call.subject_id == subject_id, Call.state == CallState.OPEN)
    if kinds is not None:
        query = query.where(Call.kind.in_(kinds))
    session.execute(query.values(state=CallState.WITHDRAWN, version=Call.version + 1))


def find(session: Session, service_id: str, call_id: str) -> Call:
    """Return one line of the service; raise NotFound else."""
    found = session.scalar(select(Call).where(Call.id == call_id, Call.service_id == service_id))
    if found is None:
        raise NotFound(call=call_id)
    return found


def open_lines(
    session: Session, service_id: str, *, due_before: datetime, assigned_to_id: str | None = None
) -> Sequence[Call]:
    """Return the service's open lines due before then, soonest first, at most MOST; only a colleague's when named."""
    query = select(Call).where(
        Call.service_id == service_id, Call.state == CallState.OPEN, Call.due_at < due_before
    )  # fmt: skip
    if assigned_to_id is not None:
        query = query.where(Call.assigned_to_id == assigned_to_id)
    return session.scalars(query.order_by(Call.due_at, Call.id).limit(MOST)).all()


def done_since(session: Session, service_id: str, since: datetime) -> Sequence[Call]:
    """Return the lines of the service that somebody has done since then, the latest first, at most MOST."""
    query = select(Call).where(Call.service_id == service_id, Call.state == CallState.DONE, Call.done_at >= since)
    return session.scalars(query.order_by(Call.done_at.desc(), Call.id).limit(MOST)).all()


def take(session: Session, actor: Acting, call_id: str, *, version: int) -> Call:
    """Return the line with the actor's name on it, in place of the one she saw there.

    Raises CallTaken when a colleague took it since `version` was read, CallOver when it has left the list.
    """
    call = _held(session, actor, call_id)
    if call.assigned_to_id == actor.id:
        return call
    if call.version != version:
        raise CallTaken(call=call_id)
    call.assigned_to_id = actor.id
    _write_down(session, actor, call, "call.taken")
    return call


def tried(
    session: Session, actor: Acting, call_id: str, how: str, *, version: int, before: datetime | None = None
) -> Call:
    """Return the line, one try more, due again after the pause that TRIES gives for `how`.

    With `before`, when the visit begins, it is due an hour before that at the latest. Raises as `done` does.
    """
    if how not in TRIES:
        raise OutcomeUnknown
    call = _as_seen(session, actor, call_id, version)
    call.tries, call.outcome = call.tries + 1, how
    call.due_at = _next_try(clock.now(), TRIES[how], before)
    call.assigned_to_id = call.assigned_to_id or actor.id
    _write_down(session, actor, call, "call.tried", outcome=how)
    return call


def done(session: Session, actor: Acting, call_id: str, outcome: str, *, version: int) -> Call:
    """Return the line, off the list with one of OUTCOMES.

    Raises OutcomeUnknown, CallOver when it has left the list already, StaleVersion when a colleague wrote meanwhile.
    """
    if outcome not in OUTCOMES:
        raise OutcomeUnknown
    call = _as_seen(session, actor, call_id, version)
    call.state, call.outcome = CallState.DONE, outcome
    call.done_at, call.done_by_id = clock.now(), actor.id
    call.assigned_to_id = call.assigned_to_id or actor.id
    _write_down(session, actor, call, "call.done", outcome=outcome)
    return call


def reopen(session: Session, actor: Acting, call_id: str, *, version: int) -> Call:
    """Return the line, on the list again: a button was pressed by mistake. Raises CallOver or StaleVersion."""
    call = _locked(session, actor, call_id)
    if call.state is not CallState.DONE:
        raise CallOver(call=call_id)
    if call.version != version:
        raise StaleVersion(call=call_id)
    call.state, call.outcome, call.done_at, call.done_by_id = CallState.OPEN, None, None, None
    call.due_at = clock.now()
    _write_down(session, actor, call, "call.reopened")
    return call


def patient_of(call: Call) -> str | None:
    """Return the id of the patient whom the line itself names, None when only its subject does."""
    named = call.payload.get("patient_id")
    return call.recipient_id if call.recipient_kind == "patient" else str(named) if named else None


def _next_try(now: datetime, pause: timedelta, before: datetime | None) -> datetime:
    if before is None:
        return now + pause
    return max(now + SOONEST, min(now + pause, before - IN_TIME))


def _as_seen(session: Session, actor: Acting, call_id: str, version: int) -> Call:
    call = _held(session, actor, call_id)
    if call.version != version:
        raise StaleVersion(call=call_id)
    return call


def _held(session: Session, actor: Acting, call_id: str) -> Call:
    call = _locked(session, actor, call_id)
    if call.state is not CallState.OPEN:
        raise CallOver(call=call_id)
    return call


def _locked(session: Session, actor: Acting, call_id: str) -> Call:
    query = select(Call).where(Call.id == call_id, Call.service_id == actor.service_id)
    found = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound(call=call_id)
    return found


def _write_down(session: Session, actor: Acting, call: Call, action: str, outcome: str | None = None) -> None:
    record(
        session, actor, action, "call", call.id, patient_id=patient_of(call), kind=call.kind, subject=call.subject_id,
        outcome=outcome,
    )  # fmt: skip
    session.flush()
