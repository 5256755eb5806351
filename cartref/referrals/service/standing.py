"""Where something on the waiting list stands, as appointments come and go for it."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.errors import Conflict, NotFound
from cartref.referrals.models import EntryStatus, WaitingEntry
from cartref.referrals.reasons import RemoveReason


class EntryTaken(Conflict):
    """Somebody has booked this line of the waiting list meanwhile, or taken it off."""

    code = "waiting-list.taken"


def take_up(session: Session, service_id: str, entry_id: str, patient_id: str, *, offered: bool) -> WaitingEntry:
    """Return the line, no longer waiting: an appointment is made for it, or (`offered`) is held for her answer.

    Raises NotFound for another service's or another patient's, EntryTaken unless it waits.
    """
    entry = _held(session, entry_id)
    if entry is None or (entry.service_id, entry.patient_id) != (service_id, patient_id):
        raise NotFound(waiting_entry=entry_id)
    if entry.status is not EntryStatus.WAITING:
        raise EntryTaken(waiting_entry=entry_id)
    return _stand(entry, EntryStatus.OFFERED if offered else EntryStatus.BOOKED)


def confirm(session: Session, entry_id: str) -> WaitingEntry | None:
    """Return the line as booked, now that she said yes to what was held for her."""
    entry = _held(session, entry_id)
    return _stand(entry, EntryStatus.BOOKED) if entry and entry.status is EntryStatus.OFFERED else entry


def put_back(session: Session, entry_id: str, *, due_on: date | None = None) -> WaitingEntry | None:
    """Return the line, waiting again as its appointment is not to be, and due then; one that was taken off stays off.

    Without `due_on` it is due as before. Where the referral was closed meanwhile, it is taken off.
    """
    entry = _held(session, entry_id)
    if entry is None or entry.status is EntryStatus.REMOVED:
        return entry
    if entry.referral is not None and not entry.referral.open:
        entry.removed_reason = RemoveReason.REFERRAL_CLOSED.value
        return _stand(entry, EntryStatus.REMOVED)
    entry.due_on = due_on or entry.due_on
    return _stand(entry, EntryStatus.WAITING)


def use_up(session: Session, entry_id: str) -> WaitingEntry | None:
    """Return the line, no longer waiting as its appointment came to something after all; any other stays as it is."""
    entry = _held(session, entry_id)
    return _stand(entry, EntryStatus.BOOKED) if entry and entry.status is EntryStatus.WAITING else entry


def _held(session: Session, entry_id: str) -> WaitingEntry | None:
    query = select(WaitingEntry).where(WaitingEntry.id == entry_id)
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def _stand(entry: WaitingEntry, status: EntryStatus) -> WaitingEntry:
    entry.status, entry.updated_at = status, clock.now()
    return entry
