"""Making a print run: every letter worded as it is now, laid out, and bound into one file. The worker does it.

It comes to the same when it is done twice. Whatever ends it early lets the letters wait again.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.db import reading
from cartref.documents import PdfUnavailable, bind
from cartref.errors import Unavailable
from cartref.i18n import N_
from cartref.jobs.models import Job
from cartref.jobs.running import MakeSession, Progress, Stopped, Work
from cartref.notifications import calls, printing
from cartref.notifications.letter import Letterhead, Sheet, page, style
from cartref.notifications.message import Message
from cartref.notifications.models import Notice, NoticeState, PrintRunState

log = logging.getLogger(__name__)
Render = Callable[[Session, Notice], Message | None]


class PrintingUnavailable(Unavailable):
    """The libraries that draw letters are not installed."""

    code = "printing.unavailable"


ERROR_WORDS = {
    PrintingUnavailable.code: N_(
        "Letters cannot be drawn here: the Pango library is missing. Ask whoever runs Cartref to install it."
    ),
}


@dataclass(frozen=True)
class Posting:
    """What only the clinic knows of a letter: who writes, whether its reader sees badly, and whether it comes in time.

    `begins_before` tells that what the letter is about begins before the post can bring it.
    """

    head: Letterhead
    large: bool = False
    begins_before: bool = False


@dataclass(frozen=True)
class Letter:
    """A letter as it would be drawn: its page, the lines of its address, and what the clinic knows of it."""

    html: str
    address: tuple[str, ...]
    posting: Posting


@dataclass(frozen=True)
class Press:
    """Makes print runs: with the words for each kind of notice, and what the clinic knows of each letter."""

    renderers: Mapping[str, Render]
    posting: Callable[[Session, Notice], Posting]

    def works(self) -> Mapping[str, Work]:
        """Return the long work that this does."""
        return {printing.RUN: self.print_run, printing.AGAIN: self.print_again}

    def print_run(self, make_session: MakeSession, job: Job, progress: Progress) -> dict[str, Any]:
        """Make a run of every letter that waits; return counts: letters in it, and those that somebody rings about."""
        run_id = job.arguments["print_run_id"]
        with _giving_up(make_session, run_id):
            notice_ids = _claimed(make_session, run_id)
            progress.of(2 * len(notice_ids))
            pages: dict[str, str] = {}
            for notice_id in notice_ids:
                pages |= self._page(make_session, notice_id)
                progress.step()
            progress.check()
            _keep(make_session, run_id, _draw(pages, progress), pages)
        return {"letters": len(pages), "not_printed": len(notice_ids) - len(pages)}

    def print_again(self, make_session: MakeSession, job: Job, progress: Progress) -> dict[str, Any]:
        """Print one letter again, whatever run it was in."""
        run_id, notice_id = job.arguments["print_run_id"], job.arguments["notice_id"]
        with _giving_up(make_session, run_id):
            progress.of(1)
            with reading(), make_session() as session:
                made = self._worded(session, session.get_one(Notice, notice_id))
            pages = {notice_id: made.html} if made else {}
            _keep(make_session, run_id, _draw(pages, progress), pages)
        return {"letters": len(pages), "not_printed": 1 - len(pages)}

    def _page(self, make_session: MakeSession, notice_id: str) -> dict[str, str]:
        """Return the letter's page by its id; none when it does not go by post, as its notice and the call list say."""
        try:
            with reading(), make_session() as session:
                made = self._worded(session, session.get_one(Notice, notice_id))
        except Exception:  # one letter that can't be worded must not hold up the others
            log.exception("a letter could not be worded", extra={"notice": notice_id})
            return _to_call_list(make_session, notice_id, "letter-failed", NoticeState.FAILED)
        if made is None:
            return _take_out(make_session, notice_id, NoticeState.WITHDRAWN)
        if len(made.address) < 2:  # a name, and where she lives
            return _to_call_list(make_session, notice_id, "no-address", NoticeState.WITHDRAWN)
        if made.posting.begins_before:
            return _to_call_list(make_session, notice_id, "too-late-for-letter", NoticeState.WITHDRAWN)
        return {notice_id: made.html}

    def _worded(self, session: Session, notice: Notice) -> Letter | None:
        message = self.renderers[notice.kind](session, notice)
        if message is None:
            return None
        posting = self.posting(session, notice)
        address = tuple(line for line in message.to.split("\n") if line.strip())
        sheet = Sheet(posting.head, address, message.parts, posting.large)
        return Letter(page(sheet), address, posting)


@contextmanager
def _giving_up(make_session: MakeSession, run_id: str) -> Iterator[None]:
    """Let the run's letters wait again when the block raises."""
    try:
        yield
    except BaseException:
        with make_session() as session, session.begin():
            run = printing.hold(session, run_id, PrintRunState.MAKING)
            if run is not None:
                printing.give_up(session, run)
        raise


def _claimed(make_session: MakeSession, run_id: str) -> list[str]:
    with make_session() as session, session.begin():
        run = printing.hold(session, run_id, PrintRunState.MAKING)
        if run is None:
            raise Stopped
        printing.claim(session, run)
        return [notice.id for notice in printing.letters(session, run) if notice.state is NoticeState.PENDING]


def _draw(pages: Mapping[str, str], progress: Progress) -> bytes | None:
    if not pages:
        return None
    try:
        return bind(pages.values(), style(), laid_out=progress.step)
    except PdfUnavailable as fault:
        raise PrintingUnavailable from fault


def _keep(make_session: MakeSession, run_id: str, content: bytes | None, drawn: Collection[str]) -> None:
    """Make the run ready, or end it when it has no letter; raise Stopped when it was discarded meanwhile.

    Letters that were withdrawn before they were drawn leave the run: nobody shall look for them in the pile.
    """
    with make_session() as session, session.begin():
        run = printing.hold(session, run_id, PrintRunState.MAKING)
        if run is None:
            raise Stopped
        printing.leave_out(session, run, but=drawn)
        run.letters, run.content = len(drawn), content
        run.state = PrintRunState.READY if content else PrintRunState.DISCARDED


def _take_out(make_session: MakeSession, notice_id: str, state: NoticeState) -> dict[str, str]:
    with make_session() as session, session.begin():
        _end(session, notice_id, state)
    return {}


def _to_call_list(make_session: MakeSession, notice_id: str, reason: str, state: NoticeState) -> dict[str, str]:
    with make_session() as session, session.begin():
        notice = _end(session, notice_id, state, reason)
        if notice is not None:
            calls.add(
                session, key=f"letter:{notice.id}", service_id=notice.service_id, kind=notice.kind, reason=reason,
                subject_id=notice.subject_id, recipient_kind=notice.recipient_kind, recipient_id=notice.recipient_id,
                notice_id=notice.id, code=reason,
            )  # fmt: skip
    return {}


def _end(session: Session, notice_id: str, state: NoticeState, failure: str | None = None) -> Notice | None:
    """Return the notice, in its last state and out of its run; None when it was withdrawn meanwhile."""
    query = select(Notice).where(Notice.id == notice_id, Notice.state == NoticeState.PENDING).with_for_update()
    notice = session.scalar(query)
    if notice is not None:
        notice.state, notice.failure, notice.print_run_id = state, failure, None
        session.flush()
    return notice
