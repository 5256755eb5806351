"""What a notice becomes when it goes: the words, made at that moment by the concept that wrote the notice."""

from dataclasses import dataclass


class NoLongerMeant(Exception):
    """The notice has lost its meaning since it was written: it is to be withdrawn, and nothing sent."""


@dataclass(frozen=True)
class Message:
    """One message in its reader's language, with `text` always whole; `html` says the same for programs that show it."""

    to: str
    subject: str
    text: str
    html: str | None = None
