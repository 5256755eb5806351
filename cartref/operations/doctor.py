"""The doctor: what `cartref doctor` looks at, each a sentence that is true of a healthy clinic."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import exists, func, or_, select, text
from sqlalchemy.orm import Session

from cartref import clock
from cartref.appointments.invariants import disagreements
from cartref.audit import sealing
from cartref.config import Settings
from cartref.notifications.models import Call, CallState, Channel, Notice, NoticeState
from cartref.referrals import invariants as referrals

MIGRATIONS = Path(__file__).parent.parent / "migrations"
OVERDUE = timedelta(minutes=15)
PROBE_SECONDS = 3


@dataclass(frozen=True)
class Finding:
    """What one look found: the sentence, and what is against it (nothing when it is true)."""

    claim: str
    faults: tuple[str, ...]

    @property
    def healthy(self) -> bool:
        """Tell whether the sentence is true."""
        return not self.faults


def examine(session: Session, settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each thing worth looking at, cheapest first."""
    for claim, look in LOOKS.items():
        try:
            faults = tuple(look(session, settings))
        except Exception as failure:  # a look that can't be taken is a finding, and the others still matter
            session.rollback()
            faults = (f"could not look: {type(failure).__name__}",)
        yield Finding(claim, faults)


def _migrated(session: Session, _settings: Settings) -> Iterator[str]:
    at = MigrationContext.configure(session.connection()).get_current_revision()
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    if at != head:
        yield f"the database is at {at or 'no revision'}, the code at {head}: run 'cartref db upgrade'"


def _sound(session: Session, _settings: Settings) -> Iterator[str]:
    if session.connection().dialect.name == "sqlite":
        for line in session.scalars(text("PRAGMA integrity_check")):
            if line != "ok":
                yield str(line)
        for row in session.execute(text("PRAGMA foreign_key_check")):
            yield f"{row[0]} has a row that points nowhere"


def _slots_agree(session: Session, _settings: Settings) -> Iterator[str]:
    yield from disagreements(session)


def _clocks_agree(session: Session, _settings: Settings) -> Iterator[str]:
    yield from referrals.disagreements(session)


def _chain_whole(session: Session, _settings: Settings) -> Iterator[str]:
    yield from sealing.verify(session)


def _outbox_moves(session: Session, _settings: Settings) -> Iterator[str]:
    late = session.scalar(
        select(func.count()).where(
            Notice.state == NoticeState.PENDING, Notice.due_at < clock.now() - OVERDUE,
            Notice.channel != Channel.LETTER,  # letters wait for whoever prints them
        )
    )  # fmt: skip
    lines = exists().where(Call.notice_id == Notice.id)
    waits = or_(~lines, lines.where(Call.state == CallState.OPEN))  # else somebody rang, or nobody need ring any more
    failed = session.scalar(select(func.count()).where(Notice.state == NoticeState.FAILED, waits))
    if late:
        yield f"{late} notices should have gone more than 15 minutes ago: is the worker running?"
    if failed:
        yield f"{failed} notices could not be sent and wait for a person"


def _signalling_answers(_session: Session, settings: Settings) -> Iterator[str]:
    parts = urlsplit(settings.signalling_public_url)
    public = f"{'https' if parts.scheme == 'wss' else 'http'}://{parts.netloc}"
    address = f"{settings.signalling_internal_url or public}/readyz"
    try:
        with urlopen(address, timeout=PROBE_SECONDS):  # noqa: S310 # http or https, by the line above
            pass
    except (URLError, OSError) as failure:
        yield f"{address} does not answer: {getattr(failure, 'reason', failure)}"


Look = Callable[[Session, Settings], Iterator[str]]
LOOKS: dict[str, Look] = {
    "The database has the tables that this version needs": _migrated,
    "The database is sound": _sound,
    "Slots and holds agree, and nothing is booked twice": _slots_agree,
    "Waiting times agree with what is written down of them": _clocks_agree,
    "The audit trail is whole": _chain_whole,
    "Notices go out": _outbox_moves,
    "The signalling service answers": _signalling_answers,
}
