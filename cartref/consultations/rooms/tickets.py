"""Tickets into a room and onto a board (signalling protocol, section 2): good for a minute and once."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.appointments.models import Appointment
from cartref.clinics.models import ClinicSession
from cartref.config import Settings
from cartref.consultations.encounters.opening import ensure_encounter, ensure_open
from cartref.consultations.insertion import insert_once
from cartref.consultations.models import Encounter, Seat, SeatRole
from cartref.consultations.rooms import orders
from cartref.db import new_id
from cartref.links import queries as links
from cartref.links.models import Holder
from signalling.wire import mint_check_ticket, mint_ticket

AFTER_MIDNIGHT = timedelta(hours=2)
AFTER_THE_END = timedelta(hours=4)
HOLDERS = {SeatRole.PATIENT: Holder.PATIENT, SeatRole.CARER: Holder.CARER}


def issue_ticket(
    session: Session,
    settings: Settings,
    *,
    appointment: Appointment,
    role: SeatRole,
    ref_id: str,
    with_: tuple[str, ...] = (),
    relay: bool = False,
) -> dict[str, str]:
    """Return {ticket, url, participant, room} for one person's seat at the visit; raise VisitOver when it is over.

    `ref_id` is the id of the patient, carer or member of staff, `with_` the participants who share the device.
    """
    encounter = ensure_encounter(session, appointment)
    ensure_open(appointment, encounter)
    seat = ensure_seat(session, encounter, role, ref_id)
    seat.ticketed_at = clock.now()
    session.flush()
    ticket = mint_ticket(
        settings.ticket_key.encode(), clock.now().timestamp(), participant=seat.participant, role=role.value,
        room=encounter.room, until=until(appointment).timestamp(), topics=topics(appointment), beside=with_,
        relay=relay,
    )  # fmt: skip
    url = settings.signalling_public_url
    return {"ticket": ticket, "url": url, "participant": seat.participant, "room": encounter.room}


def issue_presenter_ticket(
    session: Session, settings: Settings, *, appointment: Appointment, staff_id: str
) -> dict[str, str]:
    """Return the presenter's ticket, who shares the device with the patient: as `issue_ticket`, and `patient`."""
    encounter = ensure_encounter(session, appointment)
    ensure_open(appointment, encounter)
    beside = ensure_seat(session, encounter, SeatRole.PATIENT, appointment.patient_id)
    ticket = issue_ticket(
        session, settings, appointment=appointment, role=SeatRole.PRESENTER, ref_id=staff_id,
        with_=(beside.participant,),
    )  # fmt: skip
    return ticket | {"patient": beside.participant}


def board_ticket(settings: Settings, topics: tuple[str, ...]) -> dict[str, str]:
    """Return {ticket, url} for a board of these topics: ids of clinic sessions and of sites."""
    ticket = mint_ticket(
        settings.ticket_key.encode(), clock.now().timestamp(), participant=new_id(), role="board", topics=topics
    )
    return {"ticket": ticket, "url": settings.signalling_public_url}


def check_ticket(settings: Settings, participant: str) -> dict[str, str]:
    """Return {ticket, check, socket} for one check of a line, with the addresses that are tried; it opens no room.

    `participant` is an opaque id, the same for one person's every check: a newer one of hers ends the one before.
    """
    ticket = mint_check_ticket(settings.ticket_key.encode(), clock.now().timestamp(), participant)
    return {"ticket": ticket, "check": settings.line_check_url, "socket": settings.signalling_public_url}


def clinic_board_ticket(session: Session, settings: Settings, sitting: ClinicSession) -> dict[str, object]:
    """Return {ticket, url, rooms} for the board of a clinic session: `rooms` maps room to appointment."""
    appointments = session.scalars(select(Appointment).where(Appointment.session_id == sitting.id)).all()
    rooms = {ensure_encounter(session, appointment).room: appointment.id for appointment in appointments}
    return {**board_ticket(settings, (sitting.id,)), "rooms": rooms}


def ensure_seat(session: Session, encounter: Encounter, role: SeatRole, ref_id: str) -> Seat:
    """Return that person's seat, made now unless there is one; a link given out anew makes a new participant of it."""
    insert_once(session, Seat, encounter_id=encounter.id, participant=new_id(), role=role, ref_id=ref_id, line={})
    seat = session.scalars(
        select(Seat)
        .where(Seat.encounter_id == encounter.id, Seat.role == role, Seat.ref_id == ref_id)
        .execution_options(populate_existing=True)
    ).one()
    if role in HOLDERS:
        generation = _generation(session, encounter, role, ref_id)
        if seat.link_generation not in {None, generation}:
            orders.put_out(session, seat)
        seat.link_generation = generation
    return seat


def until(appointment: Appointment) -> datetime:
    """Return when the room closes: two hours after the midnight that ends the day, or four after the visit if later."""
    zone = ZoneInfo(appointment.session.zone)
    day = appointment.ends_at.astimezone(zone).date() + timedelta(days=1)
    midnight = datetime.combine(day, time(), zone)
    return max(midnight + AFTER_MIDNIGHT, appointment.ends_at + AFTER_THE_END)


def topics(appointment: Appointment) -> tuple[str, ...]:
    """Return the boards on which the visit appears: its clinic session's, and its site's."""
    return tuple(topic for topic in (appointment.session_id, appointment.site_id) if topic)


def _generation(session: Session, encounter: Encounter, role: SeatRole, ref_id: str) -> int | None:
    link = links.of_holder(session, visit_id=encounter.appointment_id, holder=HOLDERS[role], holder_id=ref_id)
    return link.generation if link else None
