"""The rows of a board: one a visit, with all that a page needs to show it and a script to keep it true."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from cartref.appointments.models import Appointment, AppointmentStatus, Mode
from cartref.consultations import queries
from cartref.consultations.board.status import Facts, Line, Standing, Status, line_kind, standing
from cartref.consultations.codes import Medium, Presence
from cartref.consultations.models import Encounter, EncounterStatus, Seat, SeatRole
from cartref.consultations.readiness.queries import readied
from cartref.consultations.readiness.rules import Standing as Ready
from cartref.links.models import Link
from cartref.patients.models import Patient

GUESTS = (SeatRole.PATIENT, SeatRole.CARER)
BESIDE_STAFF = (Mode.VIDEO_SITE, Mode.IN_PERSON)


class Trouble(StrEnum):
    """Why somebody should ring before the visit can go on; the first that holds is shown."""

    CANNOT_COME = "cannot-come"
    RING = "ring"
    CANNOT_HEAR = "cannot-hear"
    LOCKED = "locked"
    NOT_READY = "not-ready"


@dataclass(frozen=True)
class Row:
    """One visit on a board."""

    appointment: Appointment
    encounter: Encounter | None
    facts: Facts
    standing: Standing
    line: Line | None
    trouble: Trouble | None
    locked_links: tuple[Link, ...]
    ready: Ready | None = None

    @property
    def patient(self) -> Patient:
        """Return whose visit it is."""
        return self.appointment.patient

    @property
    def room(self) -> str:
        """Return the id of the video room, empty before anybody asked for a way in."""
        return self.encounter.room if self.encounter else ""

    @property
    def waits(self) -> bool:
        """Tell whether somebody is here: the patient herself, or a carer before her."""
        return self.standing.status in {Status.WAITING, Status.EARLY}

    @property
    def lets_in(self) -> bool:
        """Tell whether the patient herself is here, in the waiting room or beside a nurse, and can be let in."""
        in_the_room = queries.seat_waits(self.encounter, SeatRole.PATIENT)
        return self.waits and (in_the_room or _is_beside_staff(self.appointment, self.encounter))

    @property
    def is_over(self) -> bool:
        """Tell whether the video is over and the outcome is still to be said."""
        encounter = self.encounter
        return encounter is not None and encounter.ended_at is not None and self.standing.status is Status.IN_VISIT

    @property
    def live(self) -> dict[str, Any]:
        """Return what the page's script needs to work the row out anew: times in epoch seconds."""
        return {
            "starts": self.facts.starts_at.timestamp(),
            "settled": self.standing.status in {Status.CANCELLED, Status.MISSED, Status.DONE},
            "here": _epoch(self.facts.here_since),
            "seen": _epoch(self.facts.seen_since),
            "patient": self.lets_in,
            "telephone": self.facts.by_telephone,
            "trouble": self.trouble,
            "site": self.appointment.mode in BESIDE_STAFF,
        }


def of_session(session: Session, session_id: str, now: datetime) -> list[Row]:
    """Return the rows of a clinic session's board by time."""
    return rows(session, queries.appointments_of(session, session_id), now)


def rows(session: Session, appointments: Sequence[Appointment], now: datetime) -> list[Row]:
    """Return the rows of these appointments, in their order."""
    ids = [appointment.id for appointment in appointments]
    encounters, links = queries.encounters_of(session, ids), queries.links_of(session, ids)
    ready = {visit_id: one.standing for visit_id, one in readied(session, appointments).items()}
    return [
        _row(found, encounters.get(found.id), links.get(found.id, []), ready.get(found.id), now)
        for found in appointments
    ]


def _row(
    appointment: Appointment, encounter: Encounter | None, links: Sequence[Link], ready: Ready | None, now: datetime
) -> Row:
    locked = tuple(link for link in links if link.locked_at is not None and link.revoked_at is None)
    here_since, seen_since = _here_since(appointment, encounter), _seen_since(encounter)
    absent = here_since is None and seen_since is None  # whoever is here has shown that she is ready
    trouble = _trouble(encounter, locked, not_ready=absent and ready is Ready.NEEDS_HELP)
    facts = Facts(
        starts_at=appointment.starts_at,
        cancelled=appointment.status is AppointmentStatus.CANCELLED,
        missed=appointment.status is AppointmentStatus.NOSHOW,
        finished=appointment.status is AppointmentStatus.FULFILLED,
        by_telephone=appointment.mode is Mode.TELEPHONE,
        here_since=here_since,
        seen_since=seen_since,
        trouble=trouble is not None,
    )
    seat = queries.seat_of(encounter, SeatRole.PATIENT)
    return Row(appointment, encounter, facts, standing(facts, now), _line(encounter, seat), trouble, locked, ready)


def _here_since(appointment: Appointment, encounter: Encounter | None) -> datetime | None:
    seats = encounter.seats if encounter else []
    waiting = [seat.waiting_since for seat in seats if seat.role in GUESTS and seat.presence == Presence.WAITING]
    since = [moment for moment in waiting if moment is not None]
    if appointment.arrived_at and _is_beside_staff(appointment, encounter):
        since.append(appointment.arrived_at)
    if _is_seen(encounter) and not queries.seat_waits(encounter, SeatRole.PATIENT):
        return None  # a relative who knocks does not make a visit that is under way one that waits
    return min(since, default=None)


def _is_beside_staff(appointment: Appointment, encounter: Encounter | None) -> bool:
    return appointment.mode in BESIDE_STAFF and appointment.arrived_at is not None and not _is_seen(encounter)


def _seen_since(encounter: Encounter | None) -> datetime | None:
    return encounter.started_at if encounter and _is_seen(encounter) else None


def _is_seen(encounter: Encounter | None) -> bool:
    return encounter is not None and encounter.status is EncounterStatus.IN_PROGRESS


def _trouble(encounter: Encounter | None, locked: Sequence[Link], *, not_ready: bool) -> Trouble | None:
    held = (
        (encounter is not None and encounter.cannot_come_at is not None, Trouble.CANNOT_COME),
        (_asks_to_be_rung(encounter), Trouble.RING),
        (encounter is not None and encounter.cannot_hear_at is not None, Trouble.CANNOT_HEAR),
        (bool(locked), Trouble.LOCKED),
        (not_ready, Trouble.NOT_READY),
    )
    return next((trouble for holds, trouble in held if holds), None)


def _asks_to_be_rung(encounter: Encounter | None) -> bool:
    return encounter is not None and encounter.ring_asked_at is not None and encounter.medium is not Medium.TELEPHONE


def _line(encounter: Encounter | None, seat: Seat | None) -> Line | None:
    present = seat is not None and seat.presence in {Presence.WAITING, Presence.ADMITTED}
    return line_kind(seat.line) if seat is not None and present and encounter is not None else None


def _epoch(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None
