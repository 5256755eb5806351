"""Two people changed the same thing: what the one typed beside what the other saved, and which of the two is kept.

A page begins with `begun`; when the service says StaleVersion, `merged` gives the form and what to show beside it.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar

from werkzeug.datastructures import MultiDict
from wtforms import Field

from cartref.web.forms import Form

CHOICE = "keep-"  # before a field's name: "saved" takes what the other saved, anything else what was typed
UNSEEN = {"CSRFTokenField", "HiddenField"}
F = TypeVar("F", bound=Form)


@dataclass(frozen=True)
class Difference:
    """One field of a form: its label, what was typed, and what is saved by now, both as the form shows them.

    `theirs` says that who types had not touched it, so that what the other saved is taken over.
    """

    label: str
    typed: str
    saved: str
    name: str = ""
    theirs: bool = False


def begun(make: Callable[..., F], saved: object, version: int, typed: "MultiDict[str, str]") -> F:
    """Return the form over what is saved, or as it was sent, with theirs in the fields for which that was chosen.

    `make` takes WTForms' own arguments and offers every choice; the form has hidden fields `version` and `seen`.
    """
    form = make(obj=saved, data={"version": version})
    if form.is_submitted():
        return make(formdata=taking(form, saved, typed, chosen(typed)), obj=saved)
    form["seen"].data = marks(form)
    return form


def merged(
    make: Callable[..., F], form: F, saved: object, version: int, typed: "MultiDict[str, str]"
) -> tuple[F, list[Difference]]:
    """Return the form after somebody else saved, and what differs.

    Its fields are as typed, those that she had not touched as they are `saved` by now, of which `version` counts.
    """
    found = differences(form, saved, form["seen"].data or "")
    untouched = {one.name for one in found if one.theirs}
    after = make(formdata=taking(form, saved, typed, untouched | chosen(typed)), obj=saved)
    after.errors_shown = form.errors_shown
    after["version"].data, after["seen"].data = version, marks(make(formdata=None, obj=saved))
    return after, found


def differences(form: Form, saved: object, seen: str = "") -> list[Difference]:
    """Return the fields in which what was typed is not what `saved` has by now.

    `seen` is what `marks` gave when the page was made; without it every field counts as touched.
    """
    untouched = _untouched(form, seen)
    return [
        Difference(field.label.text, shown(field), shown(now), field.short_name, field.short_name in untouched)
        for field, now in _pairs(form, saved)
        if shown(field) != shown(now)
    ]


def marks(form: Form) -> str:
    """Return a mark of each field as the form shows it, for a hidden field: so that it is known what was touched."""
    return json.dumps({field.short_name: _mark(field) for field in form if field.type not in UNSEEN})


def taking(form: Form, saved: object, typed: "MultiDict[str, str]", names: Collection[str]) -> "MultiDict[str, str]":
    """Return what was sent with these fields as they are saved by now, ready to make the form from again."""
    merged = typed.copy()
    for field, now in _pairs(form, saved):
        if field.short_name in names:
            for name in [name for name in merged if name == field.name or name.startswith(f"{field.name}-")]:
                merged.poplist(name)
            for name, value in _sent(now):
                merged.add(name, value)
    return merged


def chosen(typed: "MultiDict[str, str]") -> set[str]:
    """Return the fields for which what the other saved was chosen."""
    return {name.removeprefix(CHOICE) for name, value in typed.items() if name.startswith(CHOICE) and value == "saved"}


def shown(field: Field) -> str:
    """Return a field's value in words: the label of a choice, a tick for yes, the three parts of a date."""
    if field.type in {"SelectField", "RadioField"}:
        return next((str(choice.label) for choice in field.iter_choices() if choice.selected), "")
    if field.type == "BooleanField":
        return "✓" if field.data else "–"
    if field.type == "DatePartsField":
        return f"{field.day} {field.month} {field.year}".strip()
    if hasattr(field, "in_words"):
        return str(field.in_words())
    value: Any = field.data
    return "" if value is None else str(value).replace("\r\n", "\n")


def _pairs(form: Form, saved: object) -> Iterator[tuple[Field, Field]]:
    """Yield each field of the form beside the same field as it would show what is saved."""
    clean = type(form)(formdata=None, obj=saved)
    for field in form:
        if hasattr(field, "choices"):  # some are offered only once the form is made
            clean[field.short_name].choices = field.choices
        if hasattr(saved, field.short_name) and field.type not in UNSEEN:
            yield field, clean[field.short_name]


def _untouched(form: Form, seen: str) -> set[str]:
    try:
        before = json.loads(seen)
    except ValueError:
        return set()
    if not isinstance(before, dict):
        return set()
    return {field.short_name for field in form if before.get(field.short_name) == _mark(field)}


def _mark(field: Field) -> str:
    return sha256(shown(field).encode()).hexdigest()[:8]


def _sent(field: Field) -> Iterable[tuple[str, str]]:
    """Return the names and values that a browser would send of a field."""
    if field.type == "DatePartsField":
        return [(f"{field.name}-{part}", getattr(field, part)) for part in ("day", "month", "year")]
    if field.type == "BooleanField":
        return [(field.name, "y")] if field.data else []
    if hasattr(field, "in_words"):
        return [(field.name, field.in_words())]
    return [(field.name, "" if field.data is None else str(field.data))]
