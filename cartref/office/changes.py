"""Two people changed the same thing: what the one typed beside what the other saved."""

from dataclasses import dataclass
from typing import Any

from wtforms import Field

from cartref.web.forms import Form


@dataclass(frozen=True)
class Difference:
    """One field of a form: its label, what was typed, and what is saved by now, both as the form shows them."""

    label: str
    typed: str
    saved: str


def differences(form: Form, saved: object) -> list[Difference]:
    """Return the fields in which what was typed is not what `saved` has by now."""
    clean = type(form)(formdata=None, obj=saved)
    pairs = [(field, clean[field.short_name]) for field in form if hasattr(saved, field.short_name)]
    return [
        Difference(field.label.text, shown(field), shown(now)) for field, now in pairs if shown(field) != shown(now)
    ]  # fmt: skip


def shown(field: Field) -> str:
    """Return a field's value in words: the label of a choice, a tick for yes, the three parts of a date."""
    if field.type in {"SelectField", "RadioField"}:
        return next((str(choice.label) for choice in field.iter_choices() if choice.selected), "")
    if field.type == "BooleanField":
        return "✓" if field.data else "–"
    if field.type == "DatePartsField":
        return f"{field.day} {field.month} {field.year}".strip()
    value: Any = field.data
    return "" if value is None else str(value)
