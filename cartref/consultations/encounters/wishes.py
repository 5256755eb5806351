"""What a patient or carer asks for from the waiting page: to be rung, not to come, to be helped with the sound."""

from enum import StrEnum

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.appointments.models import Appointment
from cartref.audit.service import record
from cartref.consultations import queries
from cartref.consultations.encounters.opening import ensure_encounter, ensure_open
from cartref.consultations.models import Encounter


class Wish(StrEnum):
    """What may be asked for."""

    RING = "ring"
    CANNOT_COME = "cannot-come"
    CANNOT_HEAR = "cannot-hear"


COLUMNS = {Wish.RING: "ring_asked_at", Wish.CANNOT_COME: "cannot_come_at", Wish.CANNOT_HEAR: "cannot_hear_at"}


def ask(session: Session, actor: Actor, appointment: Appointment, wish: Wish) -> Encounter:
    """Return the encounter with the wish kept at the time it was first made; raise VisitOver when it is over."""
    encounter = queries.locked(session, ensure_encounter(session, appointment).id)
    ensure_open(appointment, encounter)
    column = COLUMNS[wish]
    if getattr(encounter, column) is None:
        setattr(encounter, column, clock.now())
        _record(session, actor, encounter, f"wish.{wish.value}-asked")
        session.flush()
    return encounter


def take_back_not_coming(session: Session, actor: Actor, appointment: Appointment) -> None:
    """Let it no longer be said that she cannot come: she has come after all."""
    encounter = queries.encounter_of(session, appointment.id)
    if encounter is None or encounter.cannot_come_at is None:
        return
    encounter = queries.locked(session, encounter.id)
    if encounter.cannot_come_at is None:
        return  # another request of hers took it back in the meantime
    encounter.cannot_come_at = None
    _record(session, actor, encounter, f"wish.{Wish.CANNOT_COME.value}-taken-back")
    session.flush()


def ask_ring(session: Session, actor: Actor, appointment: Appointment) -> Encounter:
    """Return the encounter, with it kept that she wants to be rung instead."""
    return ask(session, actor, appointment, Wish.RING)


def cannot_come(session: Session, actor: Actor, appointment: Appointment) -> Encounter:
    """Return the encounter, with it kept that she cannot come."""
    return ask(session, actor, appointment, Wish.CANNOT_COME)


def cannot_hear(session: Session, actor: Actor, appointment: Appointment) -> Encounter:
    """Return the encounter, with it kept that she cannot hear."""
    return ask(session, actor, appointment, Wish.CANNOT_HEAR)


def _record(session: Session, actor: Actor, encounter: Encounter, action: str) -> None:
    record(
        session, actor, action, "encounter", encounter.id, patient_id=encounter.appointment.patient_id,
        service_id=encounter.service_id,
    )  # fmt: skip
