"""Adjusting how a clinic books and reminds: minutes by frailty, days for a letter, bank holidays, reminders."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.audit.service import record
from cartref.clinics import queries
from cartref.clinics.lengths import BANDS, LONGEST, usual_minutes
from cartref.clinics.models import Clinic
from cartref.clinics.service.scheduling import Generated, make_up, today
from cartref.errors import Invalid

SHORTEST = 5
MOST_LETTER_DAYS = 60
REMINDER_HOURS = (168, 48, 1)  # a week, two days and an hour before
EARLIEST_REMINDER, MOST_REMINDERS = 24 * 56, 6


class FrailtyMinutesWrong(Invalid):
    """An appointment is 5 to 240 minutes long; `field` is the code of the band of frailty."""

    code = "clinic.frailty-minutes"


class LetterDaysWrong(Invalid):
    """A letter needs 0 to 60 days."""

    code = "clinic.letter-days"
    field = "letter_days"


class RemindersWrong(Invalid):
    """There are at most six reminders, each from one hour to eight weeks before."""

    code = "clinic.reminders"
    field = "reminder_hours"


def adjust_clinic(
    session: Session,
    actor: Actor,
    clinic_id: str,
    *,
    minutes_by_frailty: Mapping[str, int | None],
    letter_days: int,
    runs_on_holidays: bool,
    reminder_hours: Sequence[int],
) -> Generated:
    """Change how a clinic books and reminds; return the sessions made because it now runs on bank holidays.

    `minutes_by_frailty` is by the codes of `clinics.lengths.BANDS` (None: the usual length). Sessions that are made
    already stay. Raises NotFound, FrailtyMinutesWrong, LetterDaysWrong or RemindersWrong.
    """
    actor.require(Permission.CLINICS_WRITE)
    clinic = queries.find(session, actor, clinic_id)
    if not 0 <= letter_days <= MOST_LETTER_DAYS:
        raise LetterDaysWrong
    wanted = {
        "minutes_by_frailty": _minutes(clinic, minutes_by_frailty), "letter_days": letter_days,
        "runs_on_holidays": runs_on_holidays, "reminders": _reminders(reminder_hours),
    }  # fmt: skip
    changed = sorted(name for name, value in wanted.items() if getattr(clinic, name) != value)
    for name in changed:
        setattr(clinic, name, wanted[name])
    if not changed:
        return Generated()
    session.flush()
    record(session, actor, "clinic.adjusted", "clinic", clinic.id, fields=changed)
    if "runs_on_holidays" not in changed or not runs_on_holidays:
        return Generated()
    first = today(queries.zone(session, actor))
    return make_up(session, actor, clinic_id=clinic.id, first=first, last=date.max)


def reminder_hours(clinic: Clinic) -> tuple[int, ...]:
    """Return how many hours before a visit the clinic reminds, earliest first; none when it does not."""
    return tuple(clinic.reminders.get("hours", REMINDER_HOURS))


def _minutes(clinic: Clinic, wanted: Mapping[str, int | None]) -> dict[str, int]:
    """Return the minutes that differ from the usual ones, by the code of the band."""
    differing: dict[str, int] = {}
    for band in BANDS:
        minutes = wanted.get(band.code)
        if minutes is None or minutes == usual_minutes(clinic.slot_minutes, band):
            continue
        if not SHORTEST <= minutes <= LONGEST:
            raise FrailtyMinutesWrong(band.code)
        differing[band.code] = minutes
    return differing


def _reminders(hours: Sequence[int]) -> dict[str, list[int]]:
    ordered = sorted(set(hours), reverse=True)
    if len(ordered) > MOST_REMINDERS or not all(1 <= hour <= EARLIEST_REMINDER for hour in ordered):
        raise RemindersWrong
    return {} if tuple(ordered) == REMINDER_HOURS else {"hours": ordered}
