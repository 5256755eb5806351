"""Taking notices out of the outbox and sending them: at least once each, and once per reference where the way allows.

A notice is claimed in a transaction of its own, rendered and sent outside any, and marked in another. Whoever dies in
between leaves it `sending`; after LEASE its way is asked whether it went. It is sent again only when it did not, or
when the reader sees that both are one. Where nobody can tell, a person rings.
"""

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CursorResult, and_, or_, select, update
from sqlalchemy.orm import Session

from cartref import clock
from cartref.notifications import calls, quiet
from cartref.notifications.channels import NotSent, Receipt, Sender
from cartref.notifications.message import Message
from cartref.notifications.models import Channel, Notice, NoticeState
from cartref.notifications.service import QUIET

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
RECEIPTS_FOR = timedelta(days=7)  # how long a provider remembers
RECEIPT_PAUSES = (  # how old a message is, and how long until it is asked after again
    (timedelta(minutes=10), timedelta(minutes=1)),
    (timedelta(hours=2), timedelta(minutes=10)),
    (RECEIPTS_FOR, timedelta(hours=2)),
)

IN_DOUBT = "in-doubt"
PEOPLE = frozenset({"patient", "carer"})  # whom somebody rings when a notice fails; staff see it in their own lists
REASONS = {Channel.EMAIL: "bounced", Channel.TEXT: "text-failed", Channel.LETTER: "letter-failed"}

Render = Callable[[Session, Notice], Message | None]
MakeSession = Callable[[], Session]


@dataclass(frozen=True)
class Claim:
    """A notice taken to be sent; `doubtful` when it may have gone already."""

    notice: Notice
    doubtful: bool


@dataclass(frozen=True)
class Post:
    """What delivering needs: sessions, the words for each kind of notice, and a way out for each channel.

    Notices of a channel without a way out stay where they are: letters wait for a print run.
    """

    make_session: MakeSession
    renderers: Mapping[str, Render]
    senders: Mapping[Channel, Sender]

    def deliver_due(self, *, most: int = 200) -> int:
        """Send what is due, at most `most` notices, and return how many went."""
        open_ways, sent = set(self.senders), 0
        for _turn in range(most):
            claim = self._claim(open_ways)
            if claim is None:
                break
            try:
                sent += self._deliver(claim)
            except NotSent as failure:
                self._put_back(claim.notice, failure)
                if failure.away:
                    open_ways.discard(claim.notice.channel)
        return sent

    def follow_up(self, *, most: int = 100) -> int:
        """Ask after messages that a provider took, and return how many of them failed: a person then rings."""
        failed = 0
        for notice in self._unanswered(most):
            try:
                receipt = self.senders[notice.channel].receipt(notice.provider_id or "")
            except NotSent as failure:
                if failure.away:
                    break
                receipt = Receipt.UNDERWAY
            failed += self._answered(notice, receipt)
        return failed

    def _claim(self, ways: Collection[Channel]) -> Claim | None:
        with self.make_session() as session, session.begin():
            now = clock.now()
            is_due = and_(Notice.state == NoticeState.PENDING, Notice.due_at <= now)
            is_left = and_(Notice.state == NoticeState.SENDING, Notice.taken_at < now - LEASE)
            notice = session.scalar(
                select(Notice)
                .where(or_(is_due, is_left), Notice.channel.in_(ways), Notice.print_run_id.is_(None))
                .order_by(Notice.due_at, Notice.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if notice is None:
                return None
            claim = Claim(notice, doubtful=notice.state is NoticeState.SENDING)
            notice.state, notice.taken_at = NoticeState.SENDING, now
            notice.attempts += 1
            session.flush()
            session.expunge(notice)
            return claim

    def _deliver(self, claim: Claim) -> bool:
        notice, sender = claim.notice, self.senders[claim.notice.channel]
        if claim.doubtful and self._went(notice, sender):
            return True
        morning = _morning(notice)
        if morning > clock.now():
            self._mark(notice, state=NoticeState.PENDING, due_at=morning, attempts=notice.attempts - 1)
            return False
        message = self._render(notice)
        if message is None:
            self._mark(notice, state=NoticeState.WITHDRAWN)
            return False
        try:
            self._sent(notice, sender.send(message, reference=notice.id))
        except NotSent:
            raise
        except Exception as fault:  # of our own making; what is sure is that nothing else may wait for it
            log.exception("a way out broke", extra={"notice": notice.id})
            raise NotSent("fault", doubtful=True) from fault
        return True

    def _went(self, notice: Notice, sender: Sender) -> bool:
        """Tell whether a doubtful notice had gone, and mark it then; raise NotSent while nobody can tell."""
        try:
            trace = sender.trace(notice.id)
        except NotSent as failure:
            raise NotSent(failure.code, doubtful=True, away=failure.away) from failure
        if trace.went is None:
            raise NotSent(IN_DOUBT, lasting=True)
        if trace.went:
            self._sent(notice, trace.provider_id)
        return trace.went

    def _render(self, notice: Notice) -> Message | None:
        try:
            with self.make_session() as session:
                return self.renderers[notice.kind](session, session.get_one(Notice, notice.id))
        except Exception as fault:  # one notice that can't be worded must not hold up the others
            log.exception("a notice could not be worded", extra={"notice": notice.id})
            raise NotSent("fault") from fault

    def _sent(self, notice: Notice, provider_id: str | None) -> None:
        now = clock.now()
        asked_at = now + RECEIPT_PAUSES[0][1] if provider_id else None
        self._mark(
            notice, state=NoticeState.SENT, sent_at=now, failure=None, provider_id=provider_id, receipt_due_at=asked_at,
        )  # fmt: skip

    def _put_back(self, notice: Notice, failure: NotSent) -> None:
        log.warning("notice not sent", extra={"notice": notice.id, "code": failure.code, "attempt": notice.attempts})
        if failure.lasting or notice.attempts > len(PAUSES):
            self._give_up(notice, IN_DOUBT if failure.doubtful else failure.code, NoticeState.SENDING)
        elif failure.doubtful:  # it stays `sending`, so that its way is asked first
            self._mark(notice, failure=failure.code)
        else:
            due_at = clock.now() + PAUSES[notice.attempts - 1]
            self._mark(notice, state=NoticeState.PENDING, due_at=due_at, failure=failure.code)

    def _unanswered(self, most: int) -> list[Notice]:
        with self.make_session() as session:
            found = session.scalars(
                select(Notice)
                .where(Notice.receipt_due_at <= clock.now(), Notice.channel.in_(self.senders))
                .order_by(Notice.receipt_due_at)
                .limit(most)
            ).all()
            session.expunge_all()
            return list(found)

    def _answered(self, notice: Notice, receipt: Receipt) -> bool:
        if receipt is Receipt.FAILED:
            return self._give_up(notice, REASONS.get(notice.channel, IN_DOUBT), NoticeState.SENT)
        now = clock.now()
        if receipt is Receipt.DELIVERED:
            self._change(notice, NoticeState.SENT, delivered_at=now, receipt_due_at=None)
        else:
            age = now - (notice.sent_at or now)
            pause = next((pause for until, pause in RECEIPT_PAUSES if age < until), None)
            self._change(notice, NoticeState.SENT, receipt_due_at=now + pause if pause else None)
        return False

    def _give_up(self, notice: Notice, code: str, now_in: NoticeState) -> bool:
        """Mark it as failed, with a line on the call list in the same transaction; tell whether this was the first."""
        with self.make_session() as session, session.begin():
            values = {"state": NoticeState.FAILED, "failure": code, "receipt_due_at": None}
            if not _update(session, notice, now_in, values):
                return False
            if notice.recipient_kind in PEOPLE:
                _ask_to_ring(session, notice, code)
            return True

    def _mark(self, notice: Notice, **values: object) -> None:
        self._change(notice, NoticeState.SENDING, **values)

    def _change(self, notice: Notice, now_in: NoticeState, **values: object) -> None:
        with self.make_session() as session, session.begin():
            _update(session, notice, now_in, values)


def _update(session: Session, notice: Notice, now_in: NoticeState, values: Mapping[str, Any]) -> bool:
    """Change the notice if it is still as it was taken; tell whether it was."""
    query = update(Notice).where(Notice.id == notice.id, Notice.state == now_in, Notice.taken_at == notice.taken_at)
    result: CursorResult[Any] = session.execute(query.values(**values))  # type: ignore[assignment] # an UPDATE's result
    return result.rowcount == 1


def _ask_to_ring(session: Session, notice: Notice, code: str) -> None:
    reason = IN_DOUBT if code == IN_DOUBT else REASONS.get(notice.channel, IN_DOUBT)
    taken = f"{notice.taken_at:%Y%m%d%H%M%S}" if notice.taken_at else ""  # once more when it is tried again in vain
    calls.add(
        session, key=f"notice:{notice.id}:{taken}", service_id=notice.service_id, kind=notice.kind, reason=reason,
        subject_id=notice.subject_id, recipient_kind=notice.recipient_kind, recipient_id=notice.recipient_id,
        notice_id=notice.id, code=code,
    )  # fmt: skip


def _morning(notice: Notice) -> datetime:
    """Return when the notice may go at the earliest: now, or once the night is over where it keeps quiet hours."""
    now, zone = clock.now(), notice.payload.get(QUIET)
    return quiet.until_morning(now, ZoneInfo(zone)) if zone else now
