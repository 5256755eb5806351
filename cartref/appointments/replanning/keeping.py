"""Reasons as they are kept in a row, so that either language can say them later."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

from cartref.appointments.finding.reasons import Reason, said


def kept(reason: Reason) -> dict[str, Any]:
    """Return a reason as JSON; each fact carries its kind."""
    facts = {name: _kept(fact) for name, fact in reason.facts.items()}
    return {"words": reason.words, "facts": facts, "against": reason.against}


def read(row: Mapping[str, Any]) -> Reason:
    """Return the reason that was kept."""
    return Reason(row["words"], {name: _read(*fact) for name, fact in row["facts"].items()}, row["against"])


def said_again(row: Mapping[str, Any], language: str) -> str:
    """Return a kept reason in a language."""
    return said(read(row), language)


def _kept(fact: object) -> tuple[str, Any]:
    if isinstance(fact, timedelta):
        return "seconds", fact.total_seconds()
    if isinstance(fact, date):
        return "date", fact.isoformat()
    if isinstance(fact, time):
        return "time", fact.isoformat()
    return "text", str(fact)


def _read(kind: str, value: Any) -> object:
    if kind == "seconds":
        return timedelta(seconds=value)
    if kind == "date":
        return date.fromisoformat(value)
    return time.fromisoformat(value) if kind == "time" else value
