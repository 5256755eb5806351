"""The ladder that a visit goes down when its line fails, and up again: each step with its time, reason and doer.

Steps come from what signalling reports (a picture paused, a line that was lost for 30 s) and from staff (ring, try the
picture again, another day). They are written once and never changed, for the record and for the evaluation.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.audit.service import record
from cartref.consultations import queries
from cartref.consultations.codes import Medium
from cartref.consultations.encounters.opening import ensure_open, ring_instead, start
from cartref.consultations.models import Encounter, LadderStep, RoomEvent, Rung, Seat, SeatRole
from cartref.i18n import N_
from signalling.wire import Event

GONE_AFTER = timedelta(seconds=30)  # both sides are then told to use the telephone
STAFF_ROLES = frozenset({SeatRole.CLINICIAN, SeatRole.PRESENTER})


class Reason(StrEnum):
    """Why a step was taken, as it is stored; the first two and STAFF are the browser's own codes."""

    THIN_LINE = "thin-line"
    LINE_BETTER = "line-better"
    STAFF = "staff"
    STAFF_RINGS = "staff-rings"
    MEDIA_LOST = "media-lost"
    LINE_BACK = "line-back"
    COULD_NOT_CONNECT = "could-not-connect"
    OTHER = "other"


REASONS = {
    Reason.THIN_LINE: N_("the line was too slow for a picture"),
    Reason.LINE_BETTER: N_("the line was good again"),
    Reason.STAFF: N_("the clinic chose it"),
    Reason.STAFF_RINGS: N_("the clinic chose to ring"),
    Reason.MEDIA_LOST: N_("there was no picture and no sound for 30 seconds"),
    Reason.LINE_BACK: N_("picture and sound came back"),
    Reason.COULD_NOT_CONNECT: N_("the visit could not take place"),
    Reason.OTHER: N_("no reason was given"),
}
RUNGS = {
    Rung.VIDEO: N_("Picture and sound"),
    Rung.VOICE: N_("Sound only"),
    Rung.PHONE: N_("Telephone"),
    Rung.ANOTHER_DAY: N_("Another day"),
}
SPOKEN = {"video": Rung.VIDEO, "voice": Rung.VOICE}  # what a browser says of itself; the rest staff decide


def steps(session: Session, encounter: Encounter) -> Sequence[LadderStep]:
    """Return the steps of a visit in order of time."""
    query = select(LadderStep).where(LadderStep.encounter_id == encounter.id)
    return session.scalars(query.order_by(LadderStep.at, LadderStep.id)).all()


def steps_of_visit(session: Session, appointment_id: str) -> Sequence[LadderStep]:
    """Return the steps of an appointment's visit in order of time; none before it has an encounter."""
    query = select(LadderStep).join(Encounter).where(Encounter.appointment_id == appointment_id)
    return session.scalars(query.order_by(LadderStep.at, LadderStep.id)).all()


def ring(session: Session, actor: Actor, encounter_id: str) -> Encounter:
    """Return the encounter as one by telephone, with the step and what led to it; a second time changes nothing."""
    encounter = ring_instead(session, actor, encounter_id)
    lost = _is_lost(session, encounter)
    _take(session, encounter, Rung.PHONE, Reason.MEDIA_LOST if lost else Reason.STAFF_RINGS, actor=actor)
    return encounter


def try_picture(session: Session, actor: Actor, encounter_id: str) -> Encounter:
    """Return the encounter as one by video again, so that both may come back into the room; raise VisitOver."""
    encounter = queries.find_locked(session, actor, encounter_id)
    ensure_open(encounter.appointment, encounter)
    start(session, actor, encounter_id)
    if encounter.medium is not Medium.TELEMEDICINE:
        before, encounter.medium = encounter.medium, Medium.TELEMEDICINE
        record(
            session, actor, "encounter.turned-to-video", "encounter", encounter.id,
            patient_id=encounter.appointment.patient_id, service_id=encounter.service_id, before=before,
        )  # fmt: skip
    _take(session, encounter, Rung.VIDEO, Reason.STAFF, actor=actor)
    session.flush()
    return encounter


def put_off(session: Session, actor: Actor, encounter: Encounter) -> None:
    """Write down that the visit goes on another day: it could not take place."""
    _take(session, encounter, Rung.ANOTHER_DAY, Reason.COULD_NOT_CONNECT, actor=actor)


def follow(session: Session, encounter: Encounter, seat: Seat, event: Event, at: datetime) -> None:
    """Write the steps that an event of signalling tells of."""
    if event.type == "rung.changed":
        _spoken(session, encounter, seat, event, at)
    elif event.type == "media.restored":
        _returned(session, encounter, seat, event, at)


def _spoken(session: Session, encounter: Encounter, seat: Seat, event: Event, at: datetime) -> None:
    rung = SPOKEN.get(str(event.data.get("rung")))
    if rung is None:  # the telephone: staff's page says so to the others, and the record has it from staff
        return
    told = str(event.data.get("reason"))
    reason = Reason(told) if told in set(Reason) else Reason.OTHER
    decided = seat.ref_id if reason is Reason.STAFF and seat.role in STAFF_ROLES else None
    _write(session, encounter, rung, reason, seat=seat, staff_id=decided, at=at)


def _returned(session: Session, encounter: Encounter, seat: Seat, event: Event, at: datetime) -> None:
    """Write a loss that lasted until the telephone was asked for, and its end."""
    away = timedelta(milliseconds=float(event.data.get("ms") or 0))
    if away < GONE_AFTER:
        return
    _write(session, encounter, Rung.PHONE, Reason.MEDIA_LOST, seat=seat, at=at - away + GONE_AFTER)
    rung = Rung.VOICE if seat.line.get("rung") == "voice" else Rung.VIDEO
    _write(session, encounter, rung, Reason.LINE_BACK, seat=seat, at=at)


def _is_lost(session: Session, encounter: Encounter) -> bool:
    """Tell whether nothing has come through for 30 s to anybody who was connected."""
    query = select(RoomEvent).where(RoomEvent.room == encounter.room, RoomEvent.type.startswith("media."))
    last = {event.participant: event for event in session.scalars(query.order_by(RoomEvent.at))}
    now = clock.now()
    return any(event.type == "media.lost" and now - event.at >= GONE_AFTER for event in last.values())


def _take(session: Session, encounter: Encounter, rung: Rung, reason: Reason, *, actor: Actor) -> None:
    """Write a step of the whole visit, unless that is where it stands."""
    last = next((step for step in reversed(steps(session, encounter)) if step.seat_id is None), None)
    if (last.rung if last else Rung.VIDEO) is not rung:
        _write(session, encounter, rung, reason, staff_id=actor.id, at=clock.now())


def _write(
    session: Session, encounter: Encounter, rung: Rung, reason: Reason, *, at: datetime, seat: Seat | None = None,
    staff_id: str | None = None,
) -> None:  # fmt: skip
    session.add(
        LadderStep(
            encounter_id=encounter.id, rung=rung, reason=reason.value, seat_id=seat.id if seat else None,
            staff_id=staff_id, at=at,
        )
    )  # fmt: skip
    session.flush()
