"""Who is to be rung before a clinic by video: the ready checks of the coming days, the worst first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.appointments import queries as appointments
from cartref.appointments.models import Appointment
from cartref.consultations.readiness import queries as readiness
from cartref.consultations.readiness.parts import NOTE_WORDS, REASON_WORDS
from cartref.consultations.readiness.queries import Readied
from cartref.consultations.readiness.rules import Standing
from cartref.office.call_list import places
from cartref.office.speech import today
from cartref.patients.models import CareCircle, Patient

DAYS = 3
MOST_DAYS = 28


@dataclass(frozen=True)
class Line:
    """One visit by video that is still to come: who, how ready, and who beside her can be rung."""

    appointment: Appointment
    readied: Readied
    helpers: Sequence[CareCircle]

    @property
    def patient(self) -> Patient:
        """Return whose visit it is."""
        return self.appointment.patient

    @property
    def standing(self) -> Standing:
        """Return how ready she is."""
        return self.readied.standing

    @property
    def reasons(self) -> list[str]:
        """Return what was wrong at the last check, in English words to be translated."""
        return self._words("reasons", REASON_WORDS)

    @property
    def notes(self) -> list[str]:
        """Return what is worth knowing of her line, in English words to be translated."""
        return self._words("notes", NOTE_WORDS)

    @property
    def checked_by(self) -> CareCircle | None:
        """Return the carer who did the last check for her, None when it was done by the patient's own link."""
        last = self.readied.last
        return next((place for place in self.helpers if last and place.carer_id == last.holder_id), None)

    @property
    def own_devices(self) -> list[tuple[CareCircle, Standing]]:
        """Return the carers who checked a device of their own, and how that went."""
        of_carers = self.readied.of_carers
        return [
            (place, Standing(of_carers[place.carer_id].result.value))
            for place in self.helpers
            if place.carer_id in of_carers
        ]

    def _words(self, kind: str, known: Mapping[str, str]) -> list[str]:
        last = self.readied.last
        codes = last.parts.get(kind, []) if last else []
        return list(dict.fromkeys(known[code] for code in codes if code in known))


def lines(session: Session, actor: Actor, *, days: int = DAYS, clinic_id: str | None = None) -> list[Line]:
    """Return the visits by video from home of today and the next days that have not begun, the most urgent first."""
    actor.require(Permission.CALLS_WRITE)
    coming = _coming(session, actor, days)
    wanted = [visit for visit in coming if clinic_id in {None, visit.session.clinic_id}]
    readied = readiness.readied(session, wanted)
    helpers = places(session, {visit.patient_id: visit.patient for visit in wanted})
    found = (
        Line(visit, readied[visit.id], helpers.get(visit.patient_id, ())) for visit in wanted if visit.id in readied
    )
    return sorted(found, key=lambda line: (line.standing.urgency, line.appointment.starts_at, line.appointment.id))


def to_ring(session: Session, actor: Actor, *, days: int = DAYS) -> int:
    """Return how many of them somebody should ring."""
    coming = _coming(session, actor, days)
    return sum(one.standing.to_ring for one in readiness.readied(session, coming).values())


def grouped(found: Iterable[Line]) -> dict[Standing, list[Line]]:
    """Return the lines by how ready they are, in the order of the list, with no empty group."""
    groups: dict[Standing, list[Line]] = {}
    for line in found:
        groups.setdefault(line.standing, []).append(line)
    return groups


def _coming(session: Session, actor: Actor, days: int) -> list[Appointment]:
    first, now = today(), clock.now()
    found = appointments.of_days(session, actor, first, first + timedelta(days=days))
    return [visit for visit in found if visit.live and _begins_after(visit, now)]


def _begins_after(visit: Appointment, now: datetime) -> bool:
    return visit.starts_at > now and visit.arrived_at is None
