"""Which times are free: pure, given what is open and what is busy."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of time from `starts_at` up to, not including, `ends_at`."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: "Span") -> bool:
        """Tell whether the two share any time; one that ends as the other starts does not."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True)
class FreeSlot:
    """A slot that nobody has taken, as much of it as a search needs."""

    id: str
    session_id: str
    clinician_id: str
    span: Span


@dataclass(frozen=True, order=True)
class FreeTime:
    """A time that can be booked: it starts with the slot `slot_id` and covers every slot of `slot_ids`."""

    span: Span
    session_id: str
    slot_ids: tuple[str, ...] = field(compare=False)

    @property
    def slot_id(self) -> str:
        """Return the slot to book from."""
        return self.slot_ids[0]


def free_times(
    slots: Iterable[FreeSlot],
    length: timedelta | None,
    *,
    patient_busy: Sequence[Span] = (),
    clinicians_busy: Mapping[str, Sequence[Span]] | None = None,
) -> Iterator[FreeTime]:
    """Yield, soonest first, every time of `length` (None: one slot's own) for which enough slots follow each other.

    What overlaps a busy span of the patient, or of the slot's clinician by id, is left out.
    """
    found: list[FreeTime] = []
    ordered = sorted(slots, key=lambda slot: (slot.session_id, slot.span))
    for session_id, group in groupby(ordered, key=attrgetter("session_id")):
        sitting = list(group)
        busy = [*patient_busy, *(clinicians_busy or {}).get(sitting[0].clinician_id, ())]
        times = (_from(sitting, at, length) for at in range(len(sitting)))
        found += [
            FreeTime(span, session_id, ids)
            for span, ids in filter(None, times)
            if not any(span.overlaps(taken) for taken in busy)
        ]
    return iter(sorted(found))


def covering(slots: Sequence[Span], length: timedelta) -> int | None:
    """Return how many of the first slots it takes to cover `length` without a gap; None when they do not reach."""
    needed_until = slots[0].starts_at + length if slots else None
    reached = slots[0].starts_at if slots else None
    for count, slot in enumerate(slots, start=1):
        if slot.starts_at != reached:
            return None
        reached = slot.ends_at
        if needed_until is not None and reached >= needed_until:
            return count
    return None


def _from(sitting: Sequence[FreeSlot], at: int, length: timedelta | None) -> tuple[Span, tuple[str, ...]] | None:
    first = sitting[at].span
    wanted = length or first.ends_at - first.starts_at
    count = covering([slot.span for slot in sitting[at:]], wanted)
    if count is None:
        return None
    return Span(first.starts_at, first.starts_at + wanted), tuple(slot.id for slot in sitting[at : at + count])
