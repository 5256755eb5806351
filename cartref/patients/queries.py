"""Reading patients: a service sees whom it looks after, and nobody else."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from cartref.accounts.actor import Actor
from cartref.errors import NotFound
from cartref.patients.models import CareCircle, Carer, CareRelationship, Patient
from cartref.patients.searching import wanted

MOST_FOUND = 50


def find(session: Session, actor: Actor, patient_id: str) -> Patient:
    """Return the patient when the actor's service looks after her; raise NotFound else."""
    found = session.scalar(_mine(actor).where(Patient.id == patient_id))
    if found is None:
        raise NotFound(patient=patient_id)
    return found


def search(session: Session, actor: Actor, text: str) -> Sequence[Patient]:
    """Return at most 50 of the service's patients whose names, NHS or hospital number, or birth date fit every word."""
    query = _mine(actor).where(*sought_by(text))
    return session.scalars(query.order_by(Patient.family_name, Patient.given_name).limit(MOST_FOUND)).all()


def sought_by(text: str) -> list[ColumnElement[bool]]:
    """Return what must be true of a patient whom `text` looks for: a number, a birth date, beginnings of names."""
    sought = wanted(text)
    numbered = [Patient.nhs_number == sought.nhs_number] if sought.nhs_number else []
    born = [Patient.born_on == sought.born_on] if sought.born_on else []
    return [*numbered, *born, *(_fits(word) for word in sought.words)]


def alike(session: Session, actor: Actor, *, family_name: str, given_name: str, born_on: date) -> Sequence[Patient]:
    """Return the board's patients of the same name and birth date, whichever service sees them."""
    return session.scalars(
        select(Patient).where(
            Patient.health_board_id == actor.health_board_id,
            Patient.born_on == born_on,
            func.lower(Patient.family_name) == family_name.strip().lower(),
            func.lower(Patient.given_name) == given_name.strip().lower(),
        )
    ).all()


def by_nhs_number(session: Session, actor: Actor, number: str) -> Patient | None:
    """Return the board's patient of that number, whichever service sees her; None when there is none."""
    return session.scalar(
        select(Patient).where(Patient.health_board_id == actor.health_board_id, Patient.nhs_number == number)
    )


def looked_after(session: Session, service_id: str, patient_id: str) -> bool:
    """Tell whether the service looks after the patient."""
    query = select(CareRelationship.id).where(
        CareRelationship.patient_id == patient_id, CareRelationship.service_id == service_id
    )
    return session.scalar(query) is not None


def carers(session: Session, patient_id: str) -> Sequence[CareCircle]:
    """Return who helps the patient at present, with each carer loaded."""
    return session.scalars(
        select(CareCircle)
        .where(CareCircle.patient_id == patient_id, CareCircle.ended_at.is_(None))
        .options(joinedload(CareCircle.carer))
        .order_by(CareCircle.consented_on)
    ).all()


def former_carers(session: Session, patient_id: str) -> Sequence[CareCircle]:
    """Return whose place beside the patient has ended, the last first, with each carer loaded."""
    return session.scalars(
        select(CareCircle)
        .where(CareCircle.patient_id == patient_id, CareCircle.ended_at.is_not(None))
        .options(joinedload(CareCircle.carer))
        .order_by(CareCircle.ended_at.desc())
    ).all()


def place_beside(session: Session, patient_id: str, carer_id: str) -> CareCircle | None:
    """Return the carer's place beside the patient, present or ended; None when she never had one."""
    return session.scalar(
        select(CareCircle).where(CareCircle.patient_id == patient_id, CareCircle.carer_id == carer_id)
    )


def carer_alike(
    session: Session,
    health_board_id: str,
    *,
    given_name: str,
    family_name: str,
    telephone: str,
    mobile: str,
    email: str,
    **_more: str,
) -> Carer | None:
    """Return the board's carer of the same name who has the same e-mail address or a same number; None for none."""
    numbers = [number for number in (telephone, mobile) if number]
    reached = [Carer.telephone.in_(numbers), Carer.mobile.in_(numbers), *([Carer.email == email] if email else [])]
    return session.scalar(
        select(Carer)
        .where(
            Carer.health_board_id == health_board_id,
            func.lower(Carer.given_name) == given_name.lower(),
            func.lower(Carer.family_name) == family_name.lower(),
            or_(*reached),
        )
        .order_by(Carer.created_at)
        .limit(1)
    )


def carers_by_id(session: Session, patient_id: str, carer_ids: Collection[str]) -> Sequence[Carer]:
    """Return these of the patient's carers, those whose place has ended among them, by name."""
    return session.scalars(
        select(Carer)
        .join(CareCircle, CareCircle.carer_id == Carer.id)
        .where(CareCircle.patient_id == patient_id, Carer.id.in_(carer_ids))
        .order_by(Carer.family_name, Carer.given_name)
    ).all()


def _mine(actor: Actor) -> Select[Patient]:
    return (
        select(Patient)
        .join(CareRelationship, CareRelationship.patient_id == Patient.id)
        .where(CareRelationship.service_id == actor.service)
    )


def _fits(word: str) -> ColumnElement[bool]:
    start = f"{_escaped(word)}%"
    return or_(
        Patient.family_name.ilike(start, escape="\\"),
        Patient.given_name.ilike(start, escape="\\"),
        Patient.preferred_name.ilike(start, escape="\\"),
        Patient.hospital_number.ilike(start, escape="\\"),
        Patient.nhs_number.like(start, escape="\\"),
    )


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
