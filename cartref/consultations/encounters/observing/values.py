"""Values taken, corrected, withdrawn and signed: none is ever changed, and what was sent twice is kept once."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.appointments.models import Appointment
from cartref.audit.service import record
from cartref.consultations.encounters.observing import queries
from cartref.consultations.encounters.observing.beside import beside, checked_key, checked_text, moment
from cartref.consultations.encounters.observing.kinds import MEASURES, Kind
from cartref.consultations.encounters.observing.reading import Reading, Typed, Unusual, is_unusual, read
from cartref.consultations.models import Encounter, Observation
from cartref.errors import Conflict, NotFound

LONGEST_REASON = 200


class ValueReplaced(Conflict):
    """The value was corrected or withdrawn meanwhile: what holds now is another one."""

    code = "observation.replaced"


@dataclass(frozen=True)
class Sent:
    """What comes with a value: the browser's name for it, how long ago it was taken, and why it is right if unusual."""

    key: str
    seconds_ago: int = 0
    because: str = ""


def take(session: Session, actor: Actor, appointment: Appointment, typed: Typed, sent: Sent) -> Observation:
    """Return the value as it is kept; the same key again is the same value.

    Raise what `reading.read` does, and Unusual where few patients have such a value and nobody said why it is right.
    """
    encounter = beside(session, actor, appointment)
    known = _known(session, encounter, sent.key)
    if known is not None:
        return known
    value = _keep(session, actor, encounter, typed, sent)
    _audit(session, actor, "observation.recorded", value, appointment, kind=value.kind)
    return value


def correct(
    session: Session, actor: Actor, appointment: Appointment, value_id: str, typed: Typed, sent: Sent, why: str
) -> Observation:
    """Return the value that takes the place of one that was wrong, taken when that one was; raise ValueReplaced."""
    encounter = beside(session, actor, appointment)
    known = _known(session, encounter, sent.key)
    if known is not None:
        return known
    wrong = _standing(session, encounter, value_id)
    why = checked_text(why, "why", LONGEST_REASON, needed=True)
    placed = Typed(
        wrong.kind, typed.value, typed.second, wrong.posture,
        str(wrong.minutes_standing) if wrong.minutes_standing else "",
    )  # fmt: skip
    right = _keep(session, actor, encounter, placed, sent)
    right.taken_at = wrong.taken_at
    wrong.replaced_by_id, wrong.replaced_because = right.id, why
    _audit(session, actor, "observation.corrected", right, appointment, kind=right.kind, corrects=wrong.id)
    session.flush()
    return right


def withdraw(session: Session, actor: Actor, appointment: Appointment, value_id: str, why: str) -> Observation:
    """Return a value that was not this patient's: it stays as withdrawn, and a second time changes nothing."""
    encounter = beside(session, actor, appointment)
    found = _find(session, encounter, value_id)
    if found.withdrawn_at is not None:
        return found
    wrong = _standing(session, encounter, value_id)
    wrong.replaced_because = checked_text(why, "why", LONGEST_REASON, needed=True)
    wrong.withdrawn_at = clock.now()
    _audit(session, actor, "observation.withdrawn", wrong, appointment, kind=wrong.kind)
    session.flush()
    return wrong


def sign(session: Session, actor: Actor, appointment: Appointment) -> int:
    """Sign every standing value of the visit that the actor took; return how many were signed now."""
    encounter = beside(session, actor, appointment)
    unsigned = [
        value
        for value in queries.standing(session, encounter.id)
        if value.signed_at is None and value.taken_by_id == actor.id
    ]
    for value in unsigned:
        value.signed_at, value.signed_by_id = clock.now(), actor.id
    if unsigned:
        record(
            session, actor, "observations.signed", "encounter", encounter.id, patient_id=appointment.patient_id,
            service_id=encounter.service_id, values=[value.id for value in unsigned],
        )  # fmt: skip
        session.flush()
    return len(unsigned)


def _keep(session: Session, actor: Actor, encounter: Encounter, typed: Typed, sent: Sent) -> Observation:
    reading = read(typed)
    because = checked_text(sent.because, "because", LONGEST_REASON)
    if not _ask_again(session, encounter, reading):
        because = ""
    elif not because:
        raise Unusual
    value = Observation(
        encounter_id=encounter.id, service_id=encounter.service_id, key=checked_key(sent.key), kind=reading.kind.value,
        value=reading.value, second=reading.second, unit=MEASURES[reading.kind].unit, posture=reading.posture,
        minutes_standing=reading.minutes, unusual_because=because, taken_by_id=str(actor.id),
        taken_at=moment(sent.seconds_ago),
    )  # fmt: skip
    session.add(value)
    session.flush()
    return value


def _ask_again(session: Session, encounter: Encounter, reading: Reading) -> bool:
    before = None
    if reading.kind is Kind.WEIGHT:
        before = queries.weight_before(session, encounter.appointment)
    return is_unusual(reading, before.value if before else None)


def _known(session: Session, encounter: Encounter, key: str) -> Observation | None:
    query = select(Observation).where(Observation.encounter_id == encounter.id, Observation.key == key)
    return session.scalar(query)


def _find(session: Session, encounter: Encounter, value_id: str) -> Observation:
    query = select(Observation).where(Observation.encounter_id == encounter.id, Observation.id == value_id)
    found = session.scalar(query)
    if found is None:
        raise NotFound(observation=value_id)
    return found


def _standing(session: Session, encounter: Encounter, value_id: str) -> Observation:
    found = _find(session, encounter, value_id)
    if found.replaced_by_id is not None or found.withdrawn_at is not None:
        raise ValueReplaced(observation=value_id)
    return found


def _audit(
    session: Session, actor: Actor, action: str, value: Observation, appointment: Appointment, **details: object
) -> None:
    record(
        session, actor, action, "observation", value.id, patient_id=appointment.patient_id,
        service_id=value.service_id, **details,
    )  # fmt: skip
