"""What speaks for a time and what does not, as words with facts, so that either language can say it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from cartref import formatting
from cartref.i18n import words


@dataclass(frozen=True)
class Reason:
    """One thing to be said: `words` in English, marked with N_, and the facts that its placeholders name.

    `against` tells that the time lacks it. A fact is a text, a date, a wall time or a length of time.
    """

    words: str
    facts: Mapping[str, object] = field(default_factory=dict)
    against: bool = False


def said(reason: Reason, language: str) -> str:
    """Return a reason in a language: "Before the due date, 12 January 2027"."""
    facts = {name: _shown(fact, language) for name, fact in reason.facts.items()}
    return words(language).gettext(reason.words, **facts)


def _shown(fact: object, language: str) -> str:
    if isinstance(fact, timedelta):
        return formatting.minutes(round(fact.total_seconds() / 60), language)
    if isinstance(fact, time):
        return formatting.time(fact, language)
    if isinstance(fact, date):
        return formatting.plain_date(fact, language)
    return str(fact)
