"""A clinic session as a list of times: each an appointment, or a slot that is free or blocked. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.clinics.models import ClinicSession, Slot, SlotState


class Kind(StrEnum):
    """What a time in the book is; each has its word, its shape and its colour."""

    FREE = "free"
    BOOKED = "booked"
    HELD = "held"
    OVERBOOKED = "overbooked"
    OFF = "off"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Entry:
    """One line of the diary: an appointment, or (None) a time that nobody has, or that another service has.

    `slot` is the one it begins in.
    """

    starts_at: datetime
    ends_at: datetime
    slot: Slot | None = None
    appointment: Appointment | None = None
    elsewhere: bool = False

    @property
    def kind(self) -> Kind:
        """Return what this time is."""
        if self.elsewhere:
            return Kind.ELSEWHERE
        if self.appointment is None:
            return Kind.FREE if self.slot is None or self.slot.state is SlotState.FREE else Kind.OFF
        if self.appointment.status is AppointmentStatus.PENDING:
            return Kind.HELD
        return Kind.OVERBOOKED if self.appointment.overbooked else Kind.BOOKED

    @property
    def free(self) -> bool:
        """Tell whether this time can be booked."""
        return self.kind is Kind.FREE


@dataclass(frozen=True)
class Sitting:
    """A clinic session with its lines."""

    session: ClinicSession
    entries: list[Entry] = field(default_factory=list)

    @property
    def kinds(self) -> list[Kind]:
        """Return what each line is, for the row of small squares; the overbooked have no place of their own."""
        return [entry.kind for entry in self.entries if entry.kind is not Kind.OVERBOOKED]

    @property
    def free(self) -> int:
        """Return how many slots are free."""
        return self._count(Kind.FREE)

    @property
    def booked(self) -> int:
        """Return how many appointments there are, the overbooked among them."""
        return self._count(Kind.BOOKED) + self.overbooked

    @property
    def held(self) -> int:
        """Return how many times are held for an answer."""
        return self._count(Kind.HELD)

    @property
    def overbooked(self) -> int:
        """Return how many are seen beside the booked slots."""
        return self._count(Kind.OVERBOOKED)

    def _count(self, kind: Kind) -> int:
        return sum(entry.kind is kind for entry in self.entries)


def entries(slots: Iterable[Slot], appointments: Sequence[Appointment]) -> list[Entry]:
    """Return the lines of a session in order of time; a slot that an appointment covers is no line of its own.

    Somebody overbooked is a line beside the slot, free or taken.
    """
    slots = list(slots)
    booked = [Entry(found.starts_at, found.ends_at, _first_of(slots, found), found) for found in appointments]
    covering = [found for found in appointments if not found.overbooked]
    open_ = [Entry(slot.starts_at, slot.ends_at, slot) for slot in slots if not _covered(slot, covering)]
    return sorted(booked + open_, key=lambda entry: (entry.starts_at, entry.kind is Kind.OVERBOOKED, entry.ends_at))


def sittings(
    sessions: Iterable[ClinicSession], slots: Iterable[Slot], appointments: Iterable[Appointment]
) -> Iterator[Sitting]:
    """Yield each session with its lines, from all the slots and appointments of a day."""
    slots_of, appointments_of = defaultdict(list), defaultdict(list)
    for slot in slots:
        slots_of[slot.session_id].append(slot)
    for appointment in appointments:
        appointments_of[appointment.session_id].append(appointment)
    for session in sessions:
        yield Sitting(session, entries(slots_of[session.id], appointments_of[session.id]))


def _covered(slot: Slot, booked: Iterable[Appointment]) -> bool:
    return any(found.starts_at < slot.ends_at and slot.starts_at < found.ends_at for found in booked)


def _first_of(slots: Iterable[Slot], appointment: Appointment) -> Slot | None:
    covered = (slot for slot in slots if slot.starts_at <= appointment.starts_at < slot.ends_at)
    return next(covered, None)
