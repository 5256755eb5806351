"""What the consultant asks the presenter to do in the room, and her answer."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.appointments.models import Appointment
from cartref.audit.service import record
from cartref.consultations.encounters.observing.beside import beside, checked_key, checked_text, taking_part
from cartref.consultations.models import Ask
from cartref.errors import NotFound

LONGEST_TEXT = 300


def ask_presenter(session: Session, actor: Actor, appointment: Appointment, text: str, key: str) -> Ask:
    """Return what is asked (a code of `kinds.READY_ASKS` or words); the same key again is the same one."""
    actor.require(Permission.CONSULT)
    encounter = taking_part(session, actor, appointment)
    known = session.scalar(select(Ask).where(Ask.encounter_id == encounter.id, Ask.key == key))
    if known is not None:
        return known
    ask = Ask(
        encounter_id=encounter.id, service_id=encounter.service_id, key=checked_key(key),
        text=checked_text(text, "text", LONGEST_TEXT, needed=True), asked_by_id=str(actor.id), asked_at=clock.now(),
    )  # fmt: skip
    session.add(ask)
    session.flush()
    _audit(session, actor, "ask.made", ask, appointment)
    return ask


def answer_ask(session: Session, actor: Actor, appointment: Appointment, ask_id: str, answer: str = "") -> Ask:
    """Return what was asked as done, with what there is to say of it; a second time changes nothing."""
    encounter = beside(session, actor, appointment)
    ask = session.scalar(select(Ask).where(Ask.encounter_id == encounter.id, Ask.id == ask_id))
    if ask is None:
        raise NotFound(ask=ask_id)
    if ask.done_at is None:
        ask.answer = checked_text(answer, "answer", LONGEST_TEXT)
        ask.done_at, ask.done_by_id = clock.now(), actor.id
        _audit(session, actor, "ask.done", ask, appointment)
        session.flush()
    return ask


def _audit(session: Session, actor: Actor, action: str, ask: Ask, appointment: Appointment) -> None:
    record(session, actor, action, "ask", ask.id, patient_id=appointment.patient_id, service_id=ask.service_id)
