"""Where answers to invitations come to: a mailbox over IMAP (RFC 9051), or a folder that a mail server drops files in.

Each e-mail is judged in a transaction of its own, with no connection to the database while the mail server is waited
for. What is no answer stays where a person sees it: unread in the mailbox, in `left` beside the folder.
"""

import imaplib
import logging
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Lock
from urllib.parse import SplitResult, unquote, urlsplit

from sqlalchemy.orm import Session

from cartref import clock
from cartref.calendars import letters, replies
from cartref.calendars.letters import Letter
from cartref.calendars.replies import Taken

log = logging.getLogger(__name__)
MakeSession = Callable[[], Session]

PORT = 993
SECONDS = 30
MOST = 200  # e-mails at one look, the newest first
LOOKS_BACK = timedelta(days=14)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # RFC 9051's, no locale's
HEADER = "(RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")

_reading = Lock()


class MailboxAway(Exception):
    """The mailbox can't be read at present."""


def read(make_session: MakeSession, url: str) -> int:
    """Read what has come to `imaps://user:password@host[:port]/folder` or `file:///folder`; return how many answers.

    A mailbox that can't be reached is tried again at the next look.
    """
    if not _reading.acquire(blocking=False):  # a slow mail server: the look before is not over
        return 0
    try:
        parts = urlsplit(url)
        return (
            _read_folder(make_session, Path(unquote(parts.path)))
            if parts.scheme == "file"
            else _read_imap(make_session, parts)
        )
    except (OSError, imaplib.IMAP4.error, MailboxAway) as failure:
        log.warning("answers to invitations can't be read", extra={"code": type(failure).__name__})
        return 0
    finally:
        _reading.release()


def _read_folder(make_session: MakeSession, folder: Path) -> int:
    answers = 0
    for path in sorted(folder.glob("*.eml"))[:MOST]:
        taken = _take(make_session, letters.read(_content(path)))
        place = folder / ("done" if taken.is_answer else "left")
        place.mkdir(exist_ok=True)
        path.replace(place / path.name)
        answers += taken.is_answer
    return answers


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(letters.BIGGEST + 1)


def _read_imap(make_session: MakeSession, parts: SplitResult) -> int:
    answers = 0
    with _opened(parts) as box:
        for number in _unread(box):
            taken = _take_from(box, number, make_session)
            if taken.is_answer:
                _ask(box, "STORE", number, "+FLAGS.SILENT", r"(\Seen)")
                answers += 1
    return answers


@contextmanager
def _opened(parts: SplitResult) -> Iterator[imaplib.IMAP4_SSL]:
    """Give the opened folder; the server's certificate is checked, which the library by itself does not do."""
    with imaplib.IMAP4_SSL(
        parts.hostname or "", parts.port or PORT, ssl_context=ssl.create_default_context(),
        timeout=SECONDS,
    ) as box:  # fmt: skip
        box.login(unquote(parts.username or ""), unquote(parts.password or ""))
        folder = unquote(parts.path.strip("/")) or "INBOX"
        quoted = folder.replace("\\", "\\\\").replace('"', '\\"')
        if box.select(f'"{quoted}"')[0] != "OK":
            raise MailboxAway
        yield box


def _unread(box: imaplib.IMAP4) -> list[str]:
    since = (clock.now() - LOOKS_BACK).date()
    found = _ask(box, "SEARCH", "UNSEEN", "SINCE", f"{since.day}-{MONTHS[since.month - 1]}-{since.year}")
    numbers = b" ".join(part for part in found if isinstance(part, bytes)).decode("ascii").split()
    return numbers[::-1][:MOST]


def _take_from(box: imaplib.IMAP4, number: str, make_session: MakeSession) -> Taken:
    """Judge one e-mail of the mailbox; one that was read before, or is too big, is not fetched."""
    told = _ask(box, "FETCH", number, HEADER)
    message_id = letters.message_id(_literal(told).decode("ascii", "replace").partition(":")[2])
    if message_id is not None:
        with make_session() as session:
            before = replies.known(session, message_id)
        if before is not None:
            return before
    if _size(told) > letters.BIGGEST:
        return _take(make_session, Letter(message_id or letters.made_id(number.encode()), fault=Taken.TOO_BIG))
    return _take(make_session, letters.read(_literal(_ask(box, "FETCH", number, "(BODY.PEEK[])"))))


def _take(make_session: MakeSession, letter: Letter) -> Taken:
    with make_session() as session, session.begin():
        return replies.take(session, letter)


def _ask(box: imaplib.IMAP4, command: str, *arguments: str) -> list[object]:
    status, told = box.uid(command, *arguments)
    if status != "OK":
        raise MailboxAway
    return list(told)


def _literal(told: list[object]) -> bytes:
    """Return the text that an answer carries; empty when the e-mail is there no more."""
    return next((part[1] for part in told if isinstance(part, tuple)), b"")


def _size(told: list[object]) -> int:
    """Return the size an answer names, before the text that it carries or after it."""
    words = b" ".join(part[0] if isinstance(part, tuple) else part for part in told if part)  # type: ignore[misc] # bytes
    found = SIZE.search(words)
    return int(found[1]) if found else 0
