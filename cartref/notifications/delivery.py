"""Taking notices out of the outbox and sending them: at least once each, and once per reference where the way allows.

A notice is claimed in a transaction of its own, rendered and sent outside any, and marked in another. Whoever dies in
between leaves it `sending`; after LEASE it is tried again under the same reference.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cartref import clock
from cartref.notifications.channels import NotSent, Sender
from cartref.notifications.message import Message
from cartref.notifications.models import Channel, Notice, NoticeState

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))

Render = Callable[[Session, Notice], Message | None]
MakeSession = Callable[[], Session]


@dataclass(frozen=True)
class Post:
    """What delivering needs: sessions, the words for each kind of notice, and a way out for each channel."""

    make_session: MakeSession
    renderers: Mapping[str, Render]
    senders: Mapping[Channel, Sender]

    def deliver_due(self, *, most: int = 200) -> int:
        """Send what is due, at most `most` notices, and return how many went."""
        self._take_back()
        sent = 0
        for _turn in range(most):
            notice_id = self._claim()
            if notice_id is None:
                break
            sent += self._deliver(notice_id)
        return sent

    def _claim(self) -> str | None:
        with self.make_session() as session, session.begin():
            now = clock.now()
            notice = session.scalar(
                select(Notice)
                .where(Notice.state == NoticeState.PENDING, Notice.due_at <= now)
                .order_by(Notice.due_at, Notice.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if notice is None:
                return None
            notice.state, notice.taken_at = NoticeState.SENDING, now
            notice.attempts += 1
            return notice.id

    def _deliver(self, notice_id: str) -> bool:
        message, notice = self._render(notice_id)
        if message is None:
            self._mark(notice_id, state=NoticeState.WITHDRAWN)
            return False
        try:
            self.senders[notice.channel].send(message, reference=notice.id)
        except NotSent as failure:
            self._put_back(notice, failure)
            return False
        self._mark(notice_id, state=NoticeState.SENT, sent_at=clock.now(), failure=None)
        return True

    def _render(self, notice_id: str) -> tuple[Message | None, Notice]:
        with self.make_session() as session:
            notice = session.get_one(Notice, notice_id)
            message = self.renderers[notice.kind](session, notice)
            session.expunge_all()
            return message, notice

    def _put_back(self, notice: Notice, failure: NotSent) -> None:
        log.warning("notice not sent", extra={"notice": notice.id, "code": failure.code, "attempt": notice.attempts})
        if failure.lasting or notice.attempts > len(PAUSES):
            self._mark(notice.id, state=NoticeState.FAILED, failure=failure.code)
        else:
            due_at = clock.now() + PAUSES[notice.attempts - 1]
            self._mark(notice.id, state=NoticeState.PENDING, due_at=due_at, failure=failure.code)

    def _mark(self, notice_id: str, **values: NoticeState | datetime | str | None) -> None:
        with self.make_session() as session, session.begin():
            session.execute(
                update(Notice).where(Notice.id == notice_id, Notice.state == NoticeState.SENDING).values(**values)
            )

    def _take_back(self) -> None:
        with self.make_session() as session, session.begin():
            session.execute(
                update(Notice)
                .where(Notice.state == NoticeState.SENDING, Notice.taken_at < clock.now() - LEASE)
                .values(state=NoticeState.PENDING)
            )
