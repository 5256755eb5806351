"""When somebody may be asked, and how long she has to answer: pure.

Every moment is aware; what comes back is in UTC. Hours are those of the wall clocks where she lives.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cartref.clinics.bank_holidays import bank_holiday

EMAIL, TEXT, TELEPHONE = "email", "text", "telephone"  # the ways by which somebody is asked

ASK_FROM, ASK_UNTIL = time(9), time(19)  # she is up and dressed, and not yet on her way to bed
OFFICE_FROM, OFFICE_UNTIL = time(9), time(17)
SATURDAY = 5

# Long enough to find the telephone, and to ring a daughter who is at work; short enough for two more to be asked
# that day.
TO_ANSWER_A_MESSAGE = timedelta(hours=2)
# Somebody of the office has to ring, and perhaps twice: half of a working day.
TO_BE_RUNG = timedelta(hours=4)
ROUND = timedelta(minutes=5)
LAST_ANSWER = timedelta(hours=1)  # before the start: the clinic must know, and she must have what she needs to hand
SHORTEST = timedelta(minutes=30)  # whoever has less time than that to answer is not asked by a message


def may_ask(now: datetime, zone: ZoneInfo) -> bool:
    """Tell whether a message or a call at this moment comes at a decent hour."""
    return ASK_FROM <= now.astimezone(zone).time() < ASK_UNTIL


def expires_at(way: str, now: datetime, starts_at: datetime, zone: ZoneInfo) -> datetime | None:
    """Return until when somebody who is asked now may answer; None when there is too little time to ask at all.

    Whoever is asked at night has her time in the morning.
    """
    last = starts_at - LAST_ANSWER
    limit = working_time_after(now, TO_BE_RUNG, zone) if way == TELEPHONE else _decent(now, zone) + TO_ANSWER_A_MESSAGE
    least = timedelta() if way == TELEPHONE else SHORTEST
    until = min(_on_the_clock(limit), last)
    return until.astimezone(UTC) if until - now > least else None


def _decent(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment itself, or the next morning's first at which somebody may be asked."""
    if may_ask(now, zone):
        return now
    local = now.astimezone(zone)
    day = local.date() + timedelta(days=local.time() >= ASK_UNTIL)
    return datetime.combine(day, ASK_FROM, zone).astimezone(UTC)


def _on_the_clock(at: datetime) -> datetime:
    """Return the next moment that a person would name: whole five minutes."""
    past = timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)
    return at - past + (ROUND if past else timedelta())


def working_time_after(now: datetime, length: timedelta, zone: ZoneInfo) -> datetime:
    """Return the moment at which the office will have worked for `length` since `now`."""
    day = now.astimezone(zone).date()
    while True:
        opens, closes = _office_hours(day, zone)
        begins = max(now, opens)
        if begins + length <= closes:
            return begins + length
        length -= max(closes - begins, timedelta())
        day += timedelta(days=1)


def _office_hours(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return from when to when the office works on a day: for no time at all at weekends and on bank holidays."""
    opens = datetime.combine(day, OFFICE_FROM, zone).astimezone(UTC)
    if day.weekday() >= SATURDAY or bank_holiday(day) is not None:
        return opens, opens
    return opens, datetime.combine(day, OFFICE_UNTIL, zone).astimezone(UTC)
