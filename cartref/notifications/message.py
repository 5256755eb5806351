"""What a notice becomes when it goes: the words, made at that moment by the concept that wrote the notice."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A message in one language: what a letter is printed from. A paragraph's lines are divided by line feeds.

    `link` is the address that one of the lines consists of, None where there is none to follow.
    """

    language: str
    subject: str
    paragraphs: tuple[str, ...]
    link: str | None = None


@dataclass(frozen=True)
class Message:
    """One message for its reader: `text` is whole, and `html` says the same again.

    `to` is what the channel needs: an e-mail address, a telephone number, or the lines of a postal address. `calendar`
    is an iCalendar object (RFC 5545) with the `method` that it holds. `parts` are its languages, the reader's first.
    """

    to: str
    subject: str
    text: str
    html: str | None = None
    calendar: bytes | None = None
    method: str | None = None
    parts: tuple[Part, ...] = ()
