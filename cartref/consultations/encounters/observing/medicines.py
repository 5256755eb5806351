"""The medicines that she brought, as the presenter reads them from the boxes; one struck out stays in the record."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.appointments.models import Appointment
from cartref.audit.service import record
from cartref.consultations.encounters.observing.beside import beside, checked_key, checked_text
from cartref.consultations.encounters.observing.kinds import TAKING
from cartref.consultations.models import Medicine
from cartref.errors import Invalid, NotFound

LONGEST_NAME, LONGEST_REMARK = 120, 200


class TakingUnknown(Invalid):
    """Whether she takes it is not said."""

    code = "medicine.taking-unknown"
    field = "taking"


@dataclass(frozen=True)
class Box:
    """What a box of medicine says, whether she takes it (`kinds.TAKING`), and what there is to remark."""

    name: str
    taking: str
    dose: str = ""
    remark: str = ""


def note_medicine(session: Session, actor: Actor, appointment: Appointment, box: Box, key: str) -> Medicine:
    """Return the medicine as it is kept; the same key again is the same one. Raise TakingUnknown, TextTooLong."""
    encounter = beside(session, actor, appointment)
    known = session.scalar(select(Medicine).where(Medicine.encounter_id == encounter.id, Medicine.key == key))
    if known is not None:
        return known
    if box.taking not in TAKING:
        raise TakingUnknown
    medicine = Medicine(
        encounter_id=encounter.id, service_id=encounter.service_id, key=checked_key(key),
        name=checked_text(box.name, "name", LONGEST_NAME, needed=True),
        dose=checked_text(box.dose, "dose", LONGEST_NAME), taking=box.taking,
        remark=checked_text(box.remark, "remark", LONGEST_REMARK), noted_by_id=str(actor.id), noted_at=clock.now(),
    )  # fmt: skip
    session.add(medicine)
    session.flush()
    _audit(session, actor, "medicine.noted", medicine, appointment)
    return medicine


def strike_out(session: Session, actor: Actor, appointment: Appointment, medicine_id: str) -> Medicine:
    """Return a medicine that was written down by mistake, out of the list now; a second time changes nothing."""
    encounter = beside(session, actor, appointment)
    query = select(Medicine).where(Medicine.encounter_id == encounter.id, Medicine.id == medicine_id)
    medicine = session.scalar(query)
    if medicine is None:
        raise NotFound(medicine=medicine_id)
    if medicine.removed_at is None:
        medicine.removed_at = clock.now()
        _audit(session, actor, "medicine.removed", medicine, appointment)
        session.flush()
    return medicine


def _audit(session: Session, actor: Actor, action: str, medicine: Medicine, appointment: Appointment) -> None:
    record(
        session, actor, action, "medicine", medicine.id, patient_id=appointment.patient_id,
        service_id=medicine.service_id,
    )  # fmt: skip
