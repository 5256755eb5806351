"""The first octets of a VP8 payload (RFC 7741): whether a keyframe begins, and numbers that must run on. Pure.

A decoder takes a picture whose number jumps for one that it missed, or already has. Where the source of a line changes,
the numbers of the new one are therefore moved so that they follow the old one's. Nothing else of a payload is touched.
"""

from typing import NamedTuple

EXTENDED = 0x80
BEGINS = 0x10
PARTITION = 0x07
HAS_PICTURE = 0x80
HAS_LAYER = 0x40
LONG = 0x80
NOT_A_KEYFRAME = 0x01


class Descriptor(NamedTuple):
    """Where the numbers stand in a payload (0: nowhere), what they are, and whether a keyframe begins here."""

    is_keyframe_start: bool
    picture_at: int = 0
    picture: int = 0
    picture_bits: int = 0
    layer_at: int = 0
    layer: int = 0


NOTHING = Descriptor(is_keyframe_start=False)


def read(payload: bytes) -> Descriptor:
    """The descriptor of a payload; of one that is cut, nothing."""
    try:
        return _read(payload)
    except IndexError:
        return NOTHING


def _read(payload: bytes) -> Descriptor:
    first, at = payload[0], 1
    picture_at = picture = bits = layer_at = layer = 0
    if first & EXTENDED:
        flags, at = payload[1], 2
        if flags & HAS_PICTURE:
            picture_at, bits = at, 15 if payload[at] & LONG else 7
            picture = (payload[at] & 0x7F) << 8 | payload[at + 1] if bits == 15 else payload[at]
            at += 2 if bits == 15 else 1
        if flags & HAS_LAYER:
            layer_at, layer = at, payload[at]
            at += 1
        at += bool(flags & 0x30)  # temporal layer and key index share an octet
    begins = bool(first & BEGINS) and not first & PARTITION and not payload[at] & NOT_A_KEYFRAME
    return Descriptor(begins, picture_at, picture, bits, layer_at, layer)


def renumber(payload: bytes, found: Descriptor, picture_shift: int, layer_shift: int) -> bytes:
    """The payload with its numbers moved on, each modulo its width."""
    if not (found.picture_at and picture_shift) and not (found.layer_at and layer_shift):
        return payload
    moved = bytearray(payload)
    if found.picture_at:
        picture = (found.picture + picture_shift) % (1 << found.picture_bits)
        if found.picture_bits == 15:
            moved[found.picture_at] = LONG | picture >> 8
            moved[found.picture_at + 1] = picture & 0xFF
        else:
            moved[found.picture_at] = picture
    if found.layer_at:
        moved[found.layer_at] = (found.layer + layer_shift) & 0xFF
    return bytes(moved)
