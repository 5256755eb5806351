"""Chaining the audit trail: each entry gets the next number of its service's chain and a hash over all so far.

Numbers follow the order in which entries became visible, which on PostgreSQL need not be that of their ids: a long
transaction's entry is sealed after those that overtook it, and no number is ever left out.
"""

import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.audit.models import AuditEntry, AuditSeal

log = logging.getLogger(__name__)
BOARD_CHAIN = "health-board"
BEGINNING = "0" * 64
AT_ONCE = 5_000
LOOK_BACK = 50_000  # ids that a transaction may be overtaken by before its entries are looked for no more
SOON = timedelta(hours=1)
Head = tuple[int, str]


def seal(session: Session) -> int:
    """Seal what is not sealed yet, at most AT_ONCE entries, and return how many were."""
    entries = _unsealed(session)
    for chain, members in groupby(sorted(entries, key=lambda entry: (chain_of(entry), entry.id)), key=chain_of):
        number, last = head(session, chain)
        for entry in members:
            number, last = number + 1, link(last, number + 1, entry)
            session.add(AuditSeal(entry_id=entry.id, chain=chain, number=number, hash=last))
        # A copy outside the database: whoever cut off the end of a chain can't cut it off there.
        log.info("audit trail sealed", extra={"chain": chain, "number": number, "hash": last})
    session.flush()
    return len(entries)


def verify(session: Session) -> list[str]:
    """Return what is wrong with the trail, a sentence for each fault: altered, missing, out of order, never sealed."""
    chains = session.scalars(select(AuditSeal.chain).distinct().order_by(AuditSeal.chain)).all()
    return [fault for chain in chains for fault in _faults(session, chain)] + list(_forgotten(session))


def head(session: Session, chain: str) -> Head:
    """Return number and hash of the last seal of a chain; 0 and BEGINNING while it is empty."""
    found = session.execute(
        select(AuditSeal.number, AuditSeal.hash)
        .where(AuditSeal.chain == chain)
        .order_by(AuditSeal.number.desc())
        .limit(1)
    ).one_or_none()
    return (found[0], found[1]) if found else (0, BEGINNING)


def chain_of(entry: AuditEntry) -> str:
    """Return the chain of an entry: its service's, or the health board's own."""
    return entry.service_id or BOARD_CHAIN


def link(before: str, number: int, entry: AuditEntry) -> str:
    """Return SHA-256 (64 hexadecimal figures) over the hash before, the number and the entry as canonical JSON."""
    return hashlib.sha256(f"{before}\n{number}\n{canonical(entry)}".encode()).hexdigest()


def canonical(entry: AuditEntry) -> str:
    """Return the entry as JSON that is the same on every database: sorted keys, no spaces, the moment in UTC."""
    values = {column.key: getattr(entry, column.key) for column in AuditEntry.__table__.columns}
    values["at"] = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _unsealed(session: Session) -> Sequence[AuditEntry]:
    newest = session.scalar(select(func.max(AuditSeal.entry_id))) or 0
    return session.scalars(
        select(AuditEntry)
        .outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
        .where(AuditSeal.entry_id.is_(None), AuditEntry.id > newest - LOOK_BACK)
        .order_by(AuditEntry.id)
        .limit(AT_ONCE)
    ).all()


def _faults(session: Session, chain: str) -> Iterator[str]:
    expected, last = 1, BEGINNING
    rows = session.execute(
        select(AuditSeal, AuditEntry)
        .outerjoin(AuditEntry, AuditEntry.id == AuditSeal.entry_id)
        .where(AuditSeal.chain == chain)
        .order_by(AuditSeal.number)
        .execution_options(yield_per=1000)
    )
    for found, entry in rows:
        if found.number != expected:
            yield f"{chain}: number {expected} is missing"
        elif entry is None:
            yield f"{chain}: entry {found.entry_id} (number {found.number}) is missing"
        elif chain_of(entry) != chain or link(last, found.number, entry) != found.hash:
            yield f"{chain}: entry {entry.id} (number {found.number}) is not what was sealed"
        expected, last = found.number + 1, found.hash


def _forgotten(session: Session) -> Iterator[str]:
    waiting = session.scalars(
        select(AuditEntry.id)
        .outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
        .where(AuditSeal.entry_id.is_(None), AuditEntry.at < clock.now() - SOON)
        .order_by(AuditEntry.id)
    )
    for entry_id in waiting:
        yield f"entry {entry_id} was never sealed"
