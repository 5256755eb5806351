"""A clinic session as a list of times: each an appointment, or a slot that is free or blocked. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cartref.appointments.models import Appointment
from cartref.clinics.models import ClinicSession, Slot, SlotState


@dataclass(frozen=True)
class Entry:
    """One line of the diary: an appointment, or (None) a slot that nobody has."""

    starts_at: datetime
    ends_at: datetime
    slot: Slot | None = None
    appointment: Appointment | None = None

    @property
    def free(self) -> bool:
        """Tell whether this time can be booked."""
        return self.slot is not None and self.slot.state is SlotState.FREE


@dataclass(frozen=True)
class Sitting:
    """A clinic session with its lines."""

    session: ClinicSession
    entries: list[Entry] = field(default_factory=list)

    @property
    def taken(self) -> list[bool]:
        """Return for each line whether it is taken, for the row of small squares."""
        return [not entry.free for entry in self.entries]

    @property
    def free(self) -> int:
        """Return how many slots are free."""
        return sum(entry.free for entry in self.entries)

    @property
    def booked(self) -> int:
        """Return how many appointments there are."""
        return sum(entry.appointment is not None for entry in self.entries)


def entries(slots: Iterable[Slot], appointments: Sequence[Appointment]) -> list[Entry]:
    """Return the lines of a session in order of time; a slot that an appointment covers is no line of its own."""
    booked = [Entry(found.starts_at, found.ends_at, appointment=found) for found in appointments]
    open_ = [Entry(slot.starts_at, slot.ends_at, slot=slot) for slot in slots if not _covered(slot, booked)]
    return sorted(booked + open_, key=lambda entry: (entry.starts_at, entry.ends_at))


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


def _covered(slot: Slot, booked: Iterable[Entry]) -> bool:
    return any(entry.starts_at < slot.ends_at and slot.starts_at < entry.ends_at for entry in booked)
