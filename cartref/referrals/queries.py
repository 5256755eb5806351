"""Reading referrals, their clocks, and what is to be booked for one patient. The list itself is in `waiting_list`."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from cartref.accounts.actor import Actor
from cartref.errors import NotFound
from cartref.referrals import waiting_time
from cartref.referrals.models import ClockTick, EntryStatus, Referral, WaitingEntry
from cartref.referrals.waiting_time import Waited

Row = TypeVar("Row")


def find(session: Session, actor: Actor, referral_id: str) -> Referral:
    """Return one referral of the service with its patient and clinic; raise NotFound else."""
    return _found(session.scalar(_referrals(actor).where(Referral.id == referral_id)), referral=referral_id)


def find_for_change(session: Session, actor: Actor, referral_id: str) -> Referral:
    """Return one referral of the service as it is now with its ticks, kept from others until the transaction ends."""
    query = select(Referral).where(Referral.id == referral_id, Referral.service_id == actor.service)
    query = query.options(selectinload(Referral.ticks)).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    return _found(found, referral=referral_id)


def by_external_id(session: Session, actor: Actor, external_id: str) -> Referral | None:
    """Return the service's referral that its sender knows by that number; None when there is none."""
    query = select(Referral).where(Referral.service_id == actor.service, Referral.external_id == external_id)
    return session.scalar(query)


def of_patient(session: Session, actor: Actor, patient_id: str) -> Sequence[Referral]:
    """Return the patient's referrals to the service, latest first."""
    query = _referrals(actor).where(Referral.patient_id == patient_id)
    return session.scalars(query.order_by(Referral.received_on.desc(), Referral.created_at.desc())).all()


def find_entry(session: Session, actor: Actor, entry_id: str) -> WaitingEntry:
    """Return one line of the service's waiting list with its patient, referral and clinic; raise NotFound else."""
    return _found(session.scalar(_entries(actor).where(WaitingEntry.id == entry_id)), waiting_entry=entry_id)


def find_entry_for_change(session: Session, actor: Actor, entry_id: str) -> WaitingEntry:
    """Return one line of the service's waiting list as it is now, kept from others until the transaction ends."""
    query = select(WaitingEntry).where(WaitingEntry.id == entry_id, WaitingEntry.service_id == actor.service)
    found = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    return _found(found, waiting_entry=entry_id)


def entries_of_patient(session: Session, actor: Actor, patient_id: str) -> Sequence[WaitingEntry]:
    """Return what is still to be booked for the patient, or is held for her answer, soonest due first."""
    standing = WaitingEntry.status.in_((EntryStatus.WAITING, EntryStatus.OFFERED))
    query = _entries(actor).where(WaitingEntry.patient_id == patient_id, standing)
    return sorted(session.scalars(query), key=lambda entry: entry.due_on or entry.waiting_since)


def entries_of_referral(session: Session, referral_id: str, *among: EntryStatus) -> Sequence[WaitingEntry]:
    """Return the lines of a referral that stand at one of `among`."""
    query = select(WaitingEntry).where(WaitingEntry.referral_id == referral_id, WaitingEntry.status.in_(among))
    return session.scalars(query.order_by(WaitingEntry.created_at)).all()


def waited(session: Session, referral_ids: Iterable[str | None], today: date) -> dict[str, Waited]:
    """Return how long has been waited for each of these referrals by `today`, by id: one query, however many."""
    wanted = {referral_id for referral_id in referral_ids if referral_id}
    ticks = _ticks(session, wanted)
    return {referral_id: waiting_time.waited(ticks[referral_id], today) for referral_id in wanted}


def _ticks(session: Session, referral_ids: Collection[str]) -> dict[str, list[ClockTick]]:
    found: dict[str, list[ClockTick]] = defaultdict(list)
    if referral_ids:
        query = select(ClockTick).where(ClockTick.referral_id.in_(referral_ids))
        for tick in session.scalars(query.order_by(ClockTick.on, ClockTick.number)):
            found[tick.referral_id].append(tick)
    return found


def _referrals(actor: Actor) -> Select[Referral]:
    query = select(Referral).where(Referral.service_id == actor.service)
    return query.options(joinedload(Referral.patient), joinedload(Referral.clinic))


def _entries(actor: Actor) -> Select[WaitingEntry]:
    return (
        select(WaitingEntry)
        .where(WaitingEntry.service_id == actor.service)
        .options(
            joinedload(WaitingEntry.patient), joinedload(WaitingEntry.clinic), joinedload(WaitingEntry.referral)
        )
    )  # fmt: skip


def _found(row: Row | None, **sought: str) -> Row:
    if row is None:
        raise NotFound(**sought)
    return row
