"""Which page a visit's link shows: a table of claims about the visit and the moment, the first that is true decides."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from cartref.appointments.models import AppointmentStatus, Mode
from cartref.appointments.status import OFFER_REASONS, CancelReason

DOORS_OPEN = timedelta(minutes=30)
DOORS_CLOSE = timedelta(hours=2)
KEPT_AFTERWARDS = timedelta(days=14)
NOT_LATE_YET = timedelta(minutes=5)


class Page(StrEnum):
    """What the holder of a link is shown once the birth date is given."""

    OFFER = "offer"
    DECLINED = "declined"
    OFFER_OVER = "offer-over"
    CANCELLED = "cancelled"
    FORGOTTEN = "forgotten"
    OVER = "over"
    BY_TELEPHONE = "by-telephone"
    AT_SITE = "at-site"
    IN_PERSON = "in-person"
    PAST = "past"
    ANOTHER_DAY = "another-day"
    EARLY = "early"
    LATE = "late"
    OPEN = "open"

    @property
    def may_enter(self) -> bool:
        """Tell whether the camera check and the waiting room are open."""
        return self in {Page.OPEN, Page.LATE}

    @property
    def may_check(self) -> bool:
        """Tell whether the camera and the sound may be checked, days before too."""
        return self.may_enter or self in {Page.EARLY, Page.ANOTHER_DAY}

    @property
    def is_to_come(self) -> bool:
        """Tell whether the visit is still expected, so that she may say that she cannot come."""
        return self.may_check or self in {Page.BY_TELEPHONE, Page.AT_SITE, Page.IN_PERSON}


@dataclass(frozen=True)
class Visit:
    """What decides about the page; times are aware. `beside_staff`: a nurse at the site brings her into the call.

    `cancelled_reason` is one of `CancelReason`, None while it is not cancelled.
    """

    starts_at: datetime
    ends_at: datetime
    mode: Mode
    status: AppointmentStatus
    turned_to_telephone: bool
    in_progress: bool
    ended_at: datetime | None
    beside_staff: bool = False
    cancelled_reason: str | None = None

    @property
    def opens_at(self) -> datetime:
        """Return when the waiting room opens."""
        return self.starts_at - DOORS_OPEN


def page_for(visit: Visit, now: datetime, zone: ZoneInfo) -> Page:
    """Return the page for this visit at this moment; days are counted on the clinic's own calendar, in `zone`."""
    return next(page for page, claim in CLAIMS if claim(visit, now, zone))


def _ended(visit: Visit, now: datetime, _zone: ZoneInfo) -> bool:
    return visit.ended_at is not None and now >= visit.ended_at


def _long_ended(visit: Visit, now: datetime, _zone: ZoneInfo) -> bool:
    last = visit.ended_at or visit.ends_at
    return now > last + KEPT_AFTERWARDS


def _by_telephone(visit: Visit, _now: datetime, _zone: ZoneInfo) -> bool:
    return visit.turned_to_telephone or visit.mode is Mode.TELEPHONE


def _past(visit: Visit, now: datetime, _zone: ZoneInfo) -> bool:
    return now > visit.ends_at + DOORS_CLOSE and not visit.in_progress


def _another_day(visit: Visit, now: datetime, zone: ZoneInfo) -> bool:
    return now < visit.opens_at and now.astimezone(zone).date() < visit.starts_at.astimezone(zone).date()


def _offer_over(visit: Visit, _now: datetime, _zone: ZoneInfo) -> bool:
    return visit.status is AppointmentStatus.PENDING or visit.cancelled_reason in OFFER_REASONS


Claim = Callable[[Visit, datetime, ZoneInfo], bool]
CLAIMS: tuple[tuple[Page, Claim], ...] = (
    (Page.OFFER, lambda visit, now, _zone: visit.status is AppointmentStatus.PENDING and now < visit.starts_at),
    (Page.DECLINED, lambda visit, _now, _zone: visit.cancelled_reason == CancelReason.OFFER_DECLINED),
    (Page.OFFER_OVER, _offer_over),
    (Page.CANCELLED, lambda visit, _now, _zone: visit.status is AppointmentStatus.CANCELLED),
    (Page.FORGOTTEN, _long_ended),
    (Page.OVER, _ended),
    (Page.PAST, _past),
    (Page.BY_TELEPHONE, _by_telephone),
    (Page.AT_SITE, lambda visit, _now, _zone: visit.beside_staff),
    (Page.IN_PERSON, lambda visit, _now, _zone: visit.mode is Mode.IN_PERSON),
    (Page.ANOTHER_DAY, _another_day),
    (Page.EARLY, lambda visit, now, _zone: now < visit.opens_at),
    (Page.LATE, lambda visit, now, _zone: now > visit.starts_at + NOT_LATE_YET and not visit.in_progress),
    (Page.OPEN, lambda _visit, _now, _zone: True),
)
