"""What a clinic's book must say after every step: who has which time, who is asked, and what was written down. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cartref.appointments.models import AppointmentStatus, OfferState
from cartref.clinics.models import SlotState

SLOTS = 6  # of one sitting
LENGTH = 20  # minutes of one slot
CAP = 2  # people in a lane, beside the slots of one sitting
UNDO_WITHIN = timedelta(days=1)
DAY = 24 * 60
BEGINS = (0, 0, DAY)  # minutes from the first hour: two clinics at once, and the first one again the day after


@dataclass(frozen=True)
class Time:
    """What somebody has: where and when, and whether she is at the site, in a lane, or off the waiting list."""

    sitting: int
    number: int
    minutes: int
    patient: int
    at_site: bool
    in_lane: bool = False
    listed: bool = False

    @property
    def span(self) -> tuple[int, int]:
        """Return first and last minute, counted from the first hour."""
        start = BEGINS[self.sitting] + LENGTH * self.number
        return start, start + self.minutes

    @property
    def covered(self) -> set[tuple[int, int]]:
        """Return the slots that lie in it, by sitting and number."""
        last = self.number - (-self.minutes // LENGTH)
        return {(self.sitting, number) for number in range(self.number, last)}

    @property
    def slots(self) -> set[tuple[int, int]]:
        """Return the slots that nobody else can have."""
        return set() if self.in_lane else self.covered

    @property
    def fits(self) -> bool:
        """Tell whether the sitting is long enough for it."""
        return max(number for _sitting, number in self.covered) < SLOTS

    def clashes(self, other: "Time") -> bool:
        """Tell whether the two can't both be."""
        at_once = self.span[0] < other.span[1] and other.span[0] < self.span[1]
        shared = self.patient == other.patient or (self.at_site and other.at_site)
        same_line = self.listed and other.listed and self.patient == other.patient
        return bool(self.slots & other.slots) or (at_once and shared) or same_line


@dataclass(frozen=True)
class GivenUp:
    """A time that was cancelled, when, and what that makes of an offer of it that was open."""

    time: Time
    at: datetime
    means: OfferState


@dataclass(frozen=True)
class Asked:
    """An offer that nobody has answered, or that the program has not noticed to be over."""

    vacancy_id: str
    appointment_id: str


@dataclass
class Model:
    """The book as it must be; appointments, offers and sittings are named by their ids, sittings in times by number."""

    opens_at: datetime
    times: dict[str, Time] = field(default_factory=dict)
    held: dict[str, datetime] = field(default_factory=dict)  # until when
    arrived: set[str] = field(default_factory=set)
    over: dict[str, AppointmentStatus] = field(default_factory=dict)
    given_up: dict[str, GivenUp] = field(default_factory=dict)
    offers: dict[str, Asked] = field(default_factory=dict)
    ended: dict[str, OfferState] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    written: Counter[tuple[str, str]] = field(default_factory=Counter)  # the audit trail: act and subject

    def starts_at(self, time: Time) -> datetime:
        """Return the moment at which a time begins."""
        return self.opens_at + timedelta(minutes=time.span[0])

    def possible(self, wanted: Time, now: datetime, *, but: str = "") -> bool:
        """Tell whether somebody can have a time now; what the appointment `but` has is not in her way."""
        others = [time for key, time in self.times.items() if key != but]
        slot_ends = self.starts_at(wanted) + timedelta(minutes=LENGTH)
        beside = sum(other.in_lane and other.sitting == wanted.sitting for other in others)
        return (
            wanted.sitting not in self.closed
            and slot_ends > now
            and wanted.fits
            and not any(wanted.clashes(other) for other in others)
            and not (wanted.in_lane and beside >= CAP)
        )

    def status(self, key: str) -> AppointmentStatus:
        """Return how an appointment that has a time stands."""
        if key in self.held:
            return AppointmentStatus.PENDING
        return self.over.get(key, AppointmentStatus.ARRIVED if key in self.arrived else AppointmentStatus.BOOKED)

    def slot_state(self, slot: tuple[int, int]) -> SlotState:
        """Return what a slot must say."""
        if any(slot in time.slots for time in self.times.values()):
            return SlotState.BOOKED
        return SlotState.BLOCKED if slot[0] in self.closed else SlotState.FREE

    @property
    def planned(self) -> bool:
        """Tell whether a plan was ever asked for."""
        return any(act == "replan.asked" for act, _subject in self.written)

    def wrote(self, act: str, subject: str) -> None:
        """Keep that the trail has one entry more."""
        self.written[act, subject] += 1

    def take(self, key: str, time: Time, until: datetime | None) -> None:
        """Give a new appointment its time, held for an answer where there is an `until`."""
        self.times[key] = time
        if until is not None:
            self.held[key] = until
        self.wrote("appointment.held" if until else "appointment.booked", key)

    def confirm(self, key: str) -> None:
        """Book what was held."""
        del self.held[key]
        self.wrote("appointment.confirmed", key)

    def give_up(self, key: str, now: datetime, means: OfferState = OfferState.WITHDRAWN) -> None:
        """Let an appointment have no time any more."""
        self.given_up[key] = GivenUp(self.times.pop(key), now, means)
        self.held.pop(key, None)
        self.arrived.discard(key)
        self.wrote("appointment.cancelled", key)

    def can_undo(self, key: str, now: datetime) -> bool:
        """Tell whether what was given up can be had again."""
        was = self.given_up[key]
        young = now - was.at < UNDO_WITHIN and self.starts_at(was.time) > now
        return young and self.possible(was.time, now)

    def move(self, key: str, wanted: Time) -> None:
        """Give an appointment another time."""
        self.times[key] = wanted
        self.arrived.discard(key)
        self.wrote("appointment.moved", key)

    def fate(self, offer_id: str, now: datetime) -> OfferState | None:
        """Return what has become of an offer that is open, None while it can be answered."""
        key = self.offers[offer_id].appointment_id
        if key in self.given_up:
            return self.given_up[key].means
        if key not in self.held:
            return OfferState.ACCEPTED
        if self.starts_at(self.times[key]) <= now or self.times[key].sitting in self.closed:
            return OfferState.WITHDRAWN
        return OfferState.EXPIRED if self.held[key] <= now else None

    def end_offer(self, offer_id: str, state: OfferState, now: datetime) -> None:
        """End an offer, and with it what is still held for it."""
        asked = self.offers.pop(offer_id)
        self.ended[offer_id] = state
        if asked.appointment_id in self.held and state is not OfferState.ACCEPTED:
            self.give_up(asked.appointment_id, now, state)
        self.wrote(f"offer.{state.value}", asked.vacancy_id)

    def overdue(self, now: datetime) -> Iterator[str]:
        """Yield what was held too long, and for no offer."""
        offered = {asked.appointment_id for asked in self.offers.values()}
        return (key for key, until in self.held.items() if until <= now and key not in offered)
