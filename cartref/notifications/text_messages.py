"""How long a text message is: in the letters of GSM 03.38, or in those of UCS-2 once it holds another. Pure."""

from typing import NamedTuple

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_LONG = frozenset("^{}\\[~]|€")  # each takes the room of two
MOST_PARTS = 2


class Size(NamedTuple):
    """The length of a text: `units` of its alphabet, and the `parts` that it is cut into and paid for."""

    units: int
    parts: int


def size(text: str) -> Size:
    """Return the length of a text: one part holds 160 letters, of several each 153; with a ŵ or ŷ, 70 and 67."""
    if set(text) <= GSM | GSM_LONG:
        return _size(sum(1 + (letter in GSM_LONG) for letter in text), whole=160, piece=153)
    return _size(len(text.encode("utf-16-be")) // 2, whole=70, piece=67)


def _size(units: int, *, whole: int, piece: int) -> Size:
    return Size(units, 1 if units <= whole else -(-units // piece))
