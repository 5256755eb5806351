"""A small clinic as a search sees it, made of plain values: no database, one Tuesday morning unless said otherwise."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cartref.appointments.finding import judge, ranking, why_none
from cartref.appointments.finding.candidates import Candidate, Gathered, Piece, Place, Presenter, Sitting
from cartref.appointments.finding.need import Need
from cartref.appointments.models import Mode
from cartref.clinics.availability import Span

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)  # a Monday
TUESDAY = datetime(2026, 12, 8, 9, tzinfo=UTC)
SLOT = timedelta(minutes=20)
GWENNO, MARGED = (
    Presenter("gwenno", "Nurse Gwenno Maelor", welsh=True),
    Presenter("marged", "Nurse Marged", welsh=False),
)
BRYN_HELI = Place("bryn-heli", "Ysbyty Bryn Heli", (("room-1", "Video room 1"),), (GWENNO,))


def need(**values: Any) -> Need:
    """Return what a patient with no needs at all needs."""
    given: dict[str, Any] = {
        "patient_id": "eluned", "mode": Mode.VIDEO_HOME, "now": NOW, "zone": LONDON, "first_on": NOW.date(),
    }  # fmt: skip
    return Need(**(given | values))


def session(
    starts_at: datetime = TUESDAY, slots: Sequence[int] = range(6), **values: Any
) -> tuple[Sitting, Sequence[Piece]]:
    """Return a session with these of its slots free, 20 minutes each, numbered from 0."""
    given: dict[str, Any] = {
        "id": f"session-{starts_at:%m%d%H}", "clinic_id": "clinic", "clinic": "Tuesday clinic", "letter_days": 10,
        "minutes": 20, "clinician_id": "nia", "clinician": "Dr Nia Prydderch", "welsh": True,
        "day": starts_at.date(), "away": False,
    }  # fmt: skip
    sitting = Sitting(**(given | values))
    return sitting, [
        Piece(f"{sitting.id}-{number:02}", Span(starts_at + number * SLOT, starts_at + (number + 1) * SLOT))
        for number in slots
    ]


def gathered(*sessions: tuple[Sitting, Sequence[Piece]], **values: Any) -> Gathered:
    """Return what there is: one whole Tuesday morning unless sessions are named."""
    return Gathered(sessions or (session(),), **values)


def suitable(wanted: Need, there: Gathered) -> list[Candidate]:
    """Return every time that keeps all hard rules, the best first."""
    still = ~why_none.waived(wanted)
    return list(ranking.best_first((one for bits, one in judge(wanted, there) if not bits & still), wanted))


def times(wanted: Need, there: Gathered) -> list[str]:
    """Return the same as wall times of the day, in order of time."""
    return sorted(f"{one.starts:%H:%M}" for one in suitable(wanted, there))
