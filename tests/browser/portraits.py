"""Drawn people for a fake camera: Chromium shows a film from a file (YUV4MPEG2) in place of its own test pattern."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, FRAMES_A_SECOND = 640, 480, 10
SMOOTH = 3  # each dot is the mean of so many by so many, so that edges are soft
Colour = tuple[int, int, int]
Picture = NDArray[np.float64]


@dataclass(frozen=True)
class Portrait:
    """The colours of one person and of the room behind; `long_hair` falls to the shoulders, else it is a grey bun."""

    wall: Colour
    window: Colour
    skin: Colour
    hair: Colour
    coat: Colour
    collar: Colour
    long_hair: bool


CLINICIAN = Portrait(
    (222, 230, 226), (244, 249, 250), (228, 184, 152), (74, 48, 36), (32, 82, 128), (240, 244, 246), long_hair=True
)
PATIENT = Portrait(
    (231, 221, 202), (214, 232, 244), (240, 205, 180), (214, 214, 212), (126, 62, 92), (250, 240, 228), long_hair=False
)


def write(portrait: Portrait, path: Path) -> Path:
    """Write a portrait as a film of two seconds, which a fake camera repeats, and return its path."""
    planes = b"".join(plane.tobytes() for plane in _planes(draw(portrait)))
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_A_SECOND}:1 Ip A1:1 C420mpeg2\n".encode()
    path.write_bytes(head + (b"FRAME\n" + planes) * (2 * FRAMES_A_SECOND))
    return path


def draw(portrait: Portrait) -> Picture:
    """Return the picture, HEIGHT by WIDTH by red, green and blue, 0 to 255."""
    big = np.empty((HEIGHT * SMOOTH, WIDTH * SMOOTH, 3))
    big[:] = portrait.wall
    for colour, shape in _shapes(portrait):
        big[shape] = colour
    smooth: Picture = big.reshape(HEIGHT, SMOOTH, WIDTH, SMOOTH, 3).mean(axis=(1, 3))
    return smooth


def _shapes(who: Portrait) -> Iterable[tuple[Colour, NDArray[np.bool_]]]:
    """The shapes from back to front, with their colours."""
    yield who.window, _box(420, 40, 600, 230)
    yield who.wall, _box(506, 40, 514, 230)
    yield who.wall, _box(420, 130, 600, 138)
    if who.long_hair:
        yield who.hair, _oval(320, 225, 118, 165)
    else:
        yield who.hair, _oval(320, 88, 42, 36)
    yield who.coat, _oval(320, 520, 220, 170)
    yield who.collar, _oval(320, 372, 74, 52)
    yield who.skin, _box(286, 290, 354, 368) | _oval(320, 368, 34, 26)
    yield who.hair, _oval(320, 190, 104, 112)
    yield who.skin, _oval(320, 218, 88, 108)
    yield from _face(who)


def _face(who: Portrait) -> Iterable[tuple[Colour, NDArray[np.bool_]]]:
    fringe = _oval(320, 132, 92, 46) & ~_oval(320, 190, 80, 60)
    yield who.hair, fringe
    for x in (286, 354):
        yield (60, 48, 44), _oval(x, 208, 7, 8)
        yield who.hair, _oval(x, 184, 18, 4)
    yield (190, 120, 108), _oval(320, 266, 30, 16) & ~_oval(320, 258, 36, 16)
    yield (214, 160, 138), _oval(320, 238, 7, 5)


def _grid() -> tuple[Picture, Picture]:
    rows, columns = np.mgrid[0 : HEIGHT * SMOOTH, 0 : WIDTH * SMOOTH]
    return columns / SMOOTH, rows / SMOOTH


def _oval(x: float, y: float, across: float, down: float) -> NDArray[np.bool_]:
    columns, rows = _grid()
    inside: NDArray[np.bool_] = ((columns - x) / across) ** 2 + ((rows - y) / down) ** 2 <= 1
    return inside


def _box(left: float, top: float, right: float, bottom: float) -> NDArray[np.bool_]:
    columns, rows = _grid()
    inside: NDArray[np.bool_] = (columns >= left) & (columns < right) & (rows >= top) & (rows < bottom)
    return inside


def _planes(picture: Picture) -> tuple[NDArray[np.uint8], ...]:
    """Return luma, and chroma at half the size, in the narrow range of video (ITU-R BT.601)."""
    red, green, blue = np.moveaxis(picture / 255, 2, 0)
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    chroma = (128 + 224 * 0.564 * (blue - luma), 128 + 224 * 0.713 * (red - luma))
    halves = [plane.reshape(HEIGHT // 2, 2, WIDTH // 2, 2).mean(axis=(1, 3)) for plane in chroma]
    return tuple(plane.round().astype(np.uint8) for plane in (16 + 219 * luma, *halves))
