"""Wording: the text of a notice with ((placeholders)), a service's own in place of CARTREF's, and what makes it unfit.

A paragraph stands between empty lines. One in which a placeholder has nothing to say is left out whole, so that one
text serves a visit with a link and one without; of a short text it is the line that is left out.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.errors import StaleVersion
from cartref.notifications.models import NoticeTemplate

MARK = re.compile(r"\(\(\s*([^()]*?)\s*\)\)")
BRACKETS = re.compile(r"\(\(|\)\)")
BLANK_LINE = re.compile(r"\r?\n[ \t]*\r?\n\s*")
LONGEST = {"subject": 200, "body": 6000, "short": 480}


@dataclass(frozen=True)
class Wording:
    """The words of one kind of notice in one language: for a letter or an e-mail, and short for a text message."""

    subject: str
    body: str
    short: str


@dataclass(frozen=True)
class Needs:
    """What a wording may and must hold: `allowed` placeholders, and of each group in `body` and `short` at least one.

    Those that `may_be_empty` take their paragraph with them, so that another one must not depend on it.
    """

    allowed: frozenset[str]
    body: tuple[frozenset[str], ...] = ()
    short: tuple[frozenset[str], ...] = ()
    may_be_empty: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Fault:
    """What is wrong with a field: `code` is empty, too-long, brackets, unknown, missing or together.

    `names` are those of the placeholders that it is about: of "missing", one of them is wanted.
    """

    field: str
    code: str
    names: tuple[str, ...] = ()


def placeholders(text: str) -> list[str]:
    """Return the names of the placeholders in a text, in their order."""
    return MARK.findall(text)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with each placeholder replaced, once: what a value holds is never looked at again."""
    return MARK.sub(lambda mark: values.get(mark[1], ""), text)


def paragraphs(body: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """Return the paragraphs that have something to say, filled in."""
    found = (paragraph.strip() for paragraph in BLANK_LINE.split(body.replace("\r\n", "\n").strip()))
    return tuple(fill(paragraph, values) for paragraph in found if paragraph and _speaks(paragraph, values))


def brief(short: str, values: Mapping[str, str], *, without: Collection[str] = ()) -> str:
    """Return a short text as one line, without the lines that have nothing to say or hold one of `without`."""
    lines = [line.strip() for line in short.splitlines() if line.strip() and _speaks(line, values)]
    return " ".join(fill(line, values) for line in lines if not set(placeholders(line)) & set(without))


def faults(wording: Wording, needs: Needs) -> list[Fault]:
    """Return what keeps a wording from being used; nothing when it is sound."""
    return [
        *_unfit("subject", wording.subject, [wording.subject], needs, ()),
        *_unfit("body", wording.body, BLANK_LINE.split(wording.body), needs, needs.body),
        *_unfit("short", wording.short, wording.short.splitlines(), needs, needs.short),
    ]


def find(session: Session, service_id: str, kind: str, language: str) -> NoticeTemplate | None:
    """Return the service's own wording, None where CARTREF's is used."""
    return session.scalar(
        select(NoticeTemplate).where(
            NoticeTemplate.service_id == service_id, NoticeTemplate.kind == kind, NoticeTemplate.language == language
        )
    )


def all_own(session: Session, service_id: str) -> dict[tuple[str, str], NoticeTemplate]:
    """Return every wording of the service's own, by kind and language."""
    found = session.scalars(select(NoticeTemplate).where(NoticeTemplate.service_id == service_id))
    return {(row.kind, row.language): row for row in found}


def keep(
    session: Session, service_id: str, kind: str, language: str, wording: Wording, *, version: int, by_id: str | None
) -> NoticeTemplate:
    """Return the service's own wording, as it is now; `version` is that of the one it replaces, 0 for CARTREF's.

    Raises StaleVersion when somebody else has changed it since.
    """
    row = find(session, service_id, kind, language)
    if (row.version if row else 0) != version:
        raise StaleVersion(kind=kind, language=language)
    if row is None:
        row = NoticeTemplate(service_id=service_id, kind=kind, language=language)
        session.add(row)
    row.subject, row.body, row.short = wording.subject, wording.body, wording.short
    row.changed_by_id, row.changed_at = by_id, clock.now()
    session.flush()
    return row


def forget(session: Session, row: NoticeTemplate) -> None:
    """Let CARTREF's own words be used again."""
    session.delete(row)
    session.flush()


def _speaks(text: str, values: Mapping[str, str]) -> bool:
    return all(values.get(name) for name in placeholders(text))


def _unfit(
    field: str, text: str, pieces: Sequence[str], needs: Needs, groups: tuple[frozenset[str], ...]
) -> Iterator[Fault]:
    """Yield the faults of one field; `pieces` are what is left out when a placeholder in it is empty."""
    if not text.strip():
        yield Fault(field, "empty")
        return
    if len(text) > LONGEST[field]:
        yield Fault(field, "too-long")
    found = set(placeholders(text))
    if unknown := sorted(found - needs.allowed):
        yield Fault(field, "unknown", tuple(unknown))
    if BRACKETS.search(MARK.sub("", text)):
        yield Fault(field, "brackets")
    for group in groups:
        if not group & found:
            yield Fault(field, "missing", tuple(sorted(group)))
        elif not group & needs.may_be_empty and not _stands_apart(group, pieces, needs.may_be_empty):
            yield Fault(field, "together", tuple(sorted(group & found)))


def _stands_apart(group: frozenset[str], pieces: Sequence[str], may_be_empty: frozenset[str]) -> bool:
    named = [set(placeholders(piece)) for piece in pieces]
    return any(names & group and not names & may_be_empty for names in named)
