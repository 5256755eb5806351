"""Reading encounters, their seats, and the staff who may see them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from cartref.accounts.actor import Actor
from cartref.appointments.models import Appointment
from cartref.clinics.models import ClinicSession
from cartref.consultations.codes import Presence
from cartref.consultations.models import Encounter, Seat, SeatRole
from cartref.errors import NotFound
from cartref.links.models import Link


def encounter_of(session: Session, appointment_id: str) -> Encounter | None:
    """Return the encounter of an appointment with its seats, None before anybody asked for a way in."""
    return session.scalar(
        select(Encounter).where(Encounter.appointment_id == appointment_id).options(selectinload(Encounter.seats))
    )


def find(session: Session, actor: Actor, encounter_id: str) -> Encounter:
    """Return an encounter of the actor's service; raise NotFound else."""
    found = session.scalar(select(Encounter).where(Encounter.id == encounter_id, Encounter.service_id == actor.service))
    if found is None:
        raise NotFound(encounter=encounter_id)
    return found


def find_locked(session: Session, actor: Actor, encounter_id: str) -> Encounter:
    """Return an encounter of the actor's service as it is now, kept from other writers until the transaction ends."""
    find(session, actor, encounter_id)
    return locked(session, encounter_id)


def locked(session: Session, encounter_id: str) -> Encounter:
    """Return an encounter as it is now, kept from other writers until the transaction ends."""
    session.flush()
    return session.get_one(Encounter, encounter_id, with_for_update=True, populate_existing=True)


def encounters_of(session: Session, appointment_ids: Sequence[str]) -> dict[str, Encounter]:
    """Return the encounters of these appointments by appointment id, with their seats."""
    rows = session.scalars(
        select(Encounter).where(Encounter.appointment_id.in_(appointment_ids)).options(selectinload(Encounter.seats))
    )
    return {encounter.appointment_id: encounter for encounter in rows}


def appointments_of(session: Session, session_id: str) -> Sequence[Appointment]:
    """Return every appointment of a clinic session by time, cancelled ones too, with all that a board shows loaded."""
    return session.scalars(
        select(Appointment)
        .where(Appointment.session_id == session_id)
        .options(
            joinedload(Appointment.patient), joinedload(Appointment.site), joinedload(Appointment.room),
            joinedload(Appointment.presenter), selectinload(Appointment.participants),
            joinedload(Appointment.session).joinedload(ClinicSession.clinic),
        )
        .order_by(Appointment.starts_at, Appointment.id)
    ).all()  # fmt: skip


def links_of(session: Session, visit_ids: Sequence[str]) -> dict[str, list[Link]]:
    """Return the links to these visits by visit."""
    found: dict[str, list[Link]] = {}
    for link in session.scalars(select(Link).where(Link.visit_id.in_(visit_ids)).order_by(Link.created_at)):
        found.setdefault(link.visit_id, []).append(link)
    return found


def seat_of(encounter: Encounter | None, role: SeatRole, ref_id: str | None = None) -> Seat | None:
    """Return the seat of that role (and person), None when nobody took it."""
    seats = encounter.seats if encounter else []
    return next((seat for seat in seats if seat.role == role and ref_id in (None, seat.ref_id)), None)


def seat_waits(encounter: Encounter | None, role: SeatRole) -> bool:
    """Tell whether somebody of that role sits in the waiting room."""
    return any(
        seat.role == role and seat.presence == Presence.WAITING for seat in (encounter.seats if encounter else [])
    )
