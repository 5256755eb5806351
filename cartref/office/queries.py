"""What the office's pages need to know of several concepts at once."""

from collections.abc import Iterable, Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.accounts.models import Staff
from cartref.appointments.models import Appointment, Mode
from cartref.clinics.models import Slot
from cartref.consultations.board.status import Line, line_kind
from cartref.consultations.codes import Ending
from cartref.consultations.models import Encounter, Seat, SeatRole
from cartref.notifications.models import Notice

LATEST = 5  # visits: an older line tells nothing of today's


def staff_names(session: Session, actor: Actor, ids: Iterable[str | None]) -> dict[str, str]:
    """Return the names of these members of the health board's staff by id, those who have left among them."""
    wanted = {staff_id for staff_id in ids if staff_id}
    rows = session.scalars(
        select(Staff).where(Staff.id.in_(wanted), Staff.health_board_id == actor.health_board_id)
    ) if wanted else ()  # fmt: skip
    return {staff.id: staff.display_name for staff in rows}


def slots_of(session: Session, actor: Actor, session_ids: Sequence[str]) -> Sequence[Slot]:
    """Return every slot of these clinic sessions of the service, by time."""
    query = select(Slot).where(Slot.session_id.in_(session_ids), Slot.service_id == actor.service)
    return session.scalars(query.order_by(Slot.starts_at)).all() if session_ids else []


def notices_about(session: Session, actor: Actor, subject_id: str) -> Sequence[Notice]:
    """Return the service's notices about one thing, oldest first."""
    query = select(Notice).where(Notice.subject_id == subject_id, Notice.service_id == actor.service)
    return session.scalars(query.order_by(Notice.created_at, Notice.id)).all()


def last_line(session: Session, actor: Actor, patient_id: str) -> tuple[Line, bool]:
    """Return what the patient's line at home was like last time, and whether she could not be reached by it."""
    rows = session.execute(
        select(Encounter.ending, Seat.line)
        .join(Appointment, Appointment.id == Encounter.appointment_id)
        .outerjoin(Seat, and_(Seat.encounter_id == Encounter.id, Seat.role == SeatRole.PATIENT))
        .where(
            Appointment.service_id == actor.service,
            Appointment.patient_id == patient_id,
            Appointment.mode == Mode.VIDEO_HOME,
        )
        .order_by(Appointment.starts_at.desc())
        .limit(LATEST)
    )
    told = [(line_kind(line or {}), ending is Ending.COULD_NOT_CONNECT) for ending, line in rows]
    return next((one for one in told if one[1] or one[0] is not Line.UNKNOWN), (Line.UNKNOWN, False))
