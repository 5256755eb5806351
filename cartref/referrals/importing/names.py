"""A whole name in one cell split into title, first names and last name, where its signs say which is which. Pure.

A comma, capitals, or there being two words alone tell the last name; anything else is for a person to decide, since the
wrong half of a name can mean another patient. What is written stays as it is written.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

TITLES = frozenset(
    {
        "mr", "mrs", "miss", "ms", "mx", "dr", "prof", "professor", "rev", "revd", "reverend", "canon", "sir", "dame",
        "lady", "lord", "sister", "father", "parch", "parchedig", "parchg", "syr", "y parch", "y parchedig", "bns",
    }
)  # fmt: skip
# Words that begin a last name of several: Huw ap Rhys, Anna van der Berg.
JOINING = frozenset({"ap", "ab", "ferch", "verch", "van", "von", "der", "den", "de", "du", "la", "le", "di", "da"})
STRANGE = re.compile(r"[^\w\s,.'’-]|[\d_]")  # a name known by, a number, two people in one cell


class Name(NamedTuple):
    """A name in its parts; no title is an empty one."""

    title: str
    given: str
    family: str


def split(text: str) -> Name | None:
    """Return the parts of "JONES, Mair", "Mair Jones", "Mrs Mair JONES" or "Jones, Mair, Mrs"; None if unsure."""
    pieces = [piece.split() for piece in text.split(",")]
    if not all(pieces) or len(pieces) > 3 or STRANGE.search(text):
        return None
    if len(pieces) == 1:
        title, words = _untitled(pieces[0])
        return _named(title, *_by_signs(words))
    if len(pieces) == 3 and not _is_title(pieces[2]):
        return None
    said = " ".join(pieces[2]) if len(pieces) == 3 else ""
    before, family = _untitled(pieces[0])
    title, given = _untitled(pieces[1])
    return _named(said or title or before, given, family)


def _named(title: str, given: Sequence[str], family: Sequence[str]) -> Name | None:
    return Name(title, " ".join(given), " ".join(family)) if given and family else None


def _untitled(words: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Return the title before the words ("" for none), and the words without it."""
    for length in (2, 1):
        if len(words) > length and _is_title(words[:length]):
            return " ".join(words[:length]), words[length:]
    return "", words


def _is_title(words: Sequence[str]) -> bool:
    return " ".join(words).replace(".", "").casefold() in TITLES


def _by_signs(words: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Return first names and last name of words without a comma; both empty where nothing tells them apart."""
    loud = [_is_loud(word) for word in words]
    if any(loud) and not all(loud):
        return _by_capitals(words, loud)
    joined = next((place for place, word in enumerate(words) if place and word.casefold() in JOINING), len(words))
    if joined < len(words) - 1:
        return words[:joined], words[joined:]
    return (words[:1], words[1:]) if len(words) == 2 else ((), ())


def _by_capitals(words: Sequence[str], loud: Sequence[bool]) -> tuple[Sequence[str], Sequence[str]]:
    """Return the words in capitals as the last name where they stand together, first or last."""
    first, count = loud.index(True), sum(loud)
    if not all(loud[first : first + count]):
        return (), ()
    if first == 0:
        return words[count:], words[:count]
    return (words[:first], words[first:]) if first + count == len(words) else ((), ())


def _is_loud(word: str) -> bool:
    """Tell whether a word is written in capitals: an initial is not."""
    letters = [letter for letter in word if letter.isalpha()]
    return len(letters) > 1 and all(letter.isupper() for letter in letters)
