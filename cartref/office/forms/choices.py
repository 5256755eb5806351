"""Choices in the reader's language, from the tables of words."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from wtforms.fields.choices import SelectChoice

from cartref.web.locale import gettext

NONE = ""
Code = TypeVar("Code", bound=str)


def worded(table: Mapping[Code, str], *, none: str | None = None) -> Callable[[], list[SelectChoice]]:
    """Return the choices of a table of codes and English words, asked for anew at each request; `none` stands first."""

    def choices() -> list[SelectChoice]:
        first = [] if none is None else [SelectChoice(NONE, gettext(none))]
        return first + [SelectChoice(str(code), gettext(words)) for code, words in table.items()]

    return choices


def version(text: object) -> int:
    """Return the version that a page carried; 0, which no row ever has, when it is no number."""
    typed = str(text or "")
    return int(typed) if typed.isdecimal() else 0


def whole(text: object) -> int | None:
    """Return the whole number chosen, None for the empty choice."""
    return int(str(text)) if str(text or "") else None
