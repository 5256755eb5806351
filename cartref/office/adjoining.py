"""How long an appointment may be from one slot on: as long as free slots follow each other. Pure."""

from collections.abc import Iterable
from datetime import timedelta

from cartref.clinics.models import Slot, SlotState

MOST_SLOTS = 6
MINUTE = timedelta(minutes=1)


def lengths(slots: Iterable[Slot], first: Slot) -> list[int]:
    """Return the lengths in minutes that can be booked from `first`, shortest first, given its session's slots.

    A slot that is taken already still has its own length, so that the page can be shown with the refusal.
    """
    found, reached = [(first.ends_at - first.starts_at) // MINUTE], first.ends_at
    for slot in sorted(slots, key=lambda slot: slot.starts_at):
        if len(found) == MOST_SLOTS or slot.starts_at > reached:
            break
        if slot.starts_at == reached:
            if slot.state is not SlotState.FREE:
                break
            found.append((slot.ends_at - first.starts_at) // MINUTE)
            reached = slot.ends_at
    return found
