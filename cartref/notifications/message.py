"""What a notice becomes when it goes: the words, made at that moment by the concept that wrote the notice."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """One message in its reader's language: `text` is whole, and `html` says the same again."""

    to: str
    subject: str
    text: str
    html: str | None = None
