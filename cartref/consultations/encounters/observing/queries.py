"""Reading what was taken, brought and asked at a visit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments.models import Appointment
from cartref.consultations.encounters.observing.kinds import Kind
from cartref.consultations.models import Ask, Encounter, Medicine, Observation


@dataclass(frozen=True)
class Examination:
    """Everything of one visit, each in order of time: standing values, those replaced, medicines in the list, asks."""

    values: Sequence[Observation] = ()
    replaced: Sequence[Observation] = ()
    medicines: Sequence[Medicine] = ()
    asks: Sequence[Ask] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to show."""
        return not (self.values or self.replaced or self.medicines or self.asks)

    @property
    def unsigned(self) -> int:
        """Return how many standing values nobody has signed."""
        return sum(1 for value in self.values if value.signed_at is None)


@dataclass
class Counts:
    """How far an examination is: values that stand, how many of them unsigned, and asks that are open."""

    values: int = 0
    unsigned: int = 0
    open_asks: int = 0
    kinds: set[str] = field(default_factory=set)


def examination(session: Session, encounter: Encounter | None) -> Examination:
    """Return what was taken, brought and asked at a visit; an empty one before anybody opened it."""
    if encounter is None:
        return Examination()
    values = _values(session, [encounter.id])
    medicines = session.scalars(
        select(Medicine)
        .where(Medicine.encounter_id == encounter.id, Medicine.removed_at.is_(None))
        .order_by(Medicine.noted_at, Medicine.id)
    ).all()
    return Examination(
        [value for value in values if _stands(value)],
        [value for value in values if not _stands(value)],
        medicines,
        _asks(session, [encounter.id]),
    )


def standing(session: Session, encounter_id: str) -> list[Observation]:
    """Return the values of a visit that hold: neither corrected nor withdrawn, in order of time."""
    return [value for value in _values(session, [encounter_id]) if _stands(value)]


def weight_before(session: Session, appointment: Appointment) -> Observation | None:
    """Return her weight at the last visit to this service before this one, None when it was never taken."""
    query = (
        select(Observation)
        .join(Encounter, Encounter.id == Observation.encounter_id)
        .join(Appointment, Appointment.id == Encounter.appointment_id)
        .where(
            Appointment.patient_id == appointment.patient_id, Appointment.service_id == appointment.service_id,
            Appointment.starts_at < appointment.starts_at, Observation.kind == Kind.WEIGHT,
            Observation.replaced_by_id.is_(None), Observation.withdrawn_at.is_(None),
        )
        .order_by(Observation.taken_at.desc())
    )  # fmt: skip
    return session.scalars(query.limit(1)).first()


def counts(session: Session, appointment_ids: Collection[str]) -> dict[str, Counts]:
    """Return how far the examination of each of these visits is, by appointment."""
    opened = session.scalars(select(Encounter).where(Encounter.appointment_id.in_(appointment_ids)))
    encounters = {encounter.id: encounter.appointment_id for encounter in opened}
    found = {appointment_id: Counts() for appointment_id in appointment_ids}
    for value in _values(session, encounters):
        if _stands(value):
            counted = found[encounters[value.encounter_id]]
            counted.values += 1
            counted.unsigned += value.signed_at is None
            counted.kinds.add(value.kind)
    for ask in _asks(session, encounters):
        found[encounters[ask.encounter_id]].open_asks += ask.done_at is None
    return found


def _values(session: Session, encounter_ids: Collection[str]) -> Sequence[Observation]:
    query = select(Observation).where(Observation.encounter_id.in_(encounter_ids))
    return session.scalars(query.order_by(Observation.taken_at, Observation.id)).all()


def _asks(session: Session, encounter_ids: Collection[str]) -> Sequence[Ask]:
    query = select(Ask).where(Ask.encounter_id.in_(encounter_ids))
    return session.scalars(query.order_by(Ask.asked_at, Ask.id)).all()


def _stands(value: Observation) -> bool:
    return value.replaced_by_id is None and value.withdrawn_at is None
