"""A picture that says its own number in black and white blocks large enough to come through VP8 and scaling."""

from typing import Final

from av import VideoFrame

WIDTH: Final = 320
HEIGHT: Final = 240
COLUMNS: Final = 8
ROWS: Final = 6
# ITU-R BT.601 studio range: black and white of the Y plane, and no colour
BLACK: Final = b"\x10"
WHITE: Final = b"\xeb"
NEUTRAL: Final = b"\x80"
NUMBER_BITS: Final = 16
CHECK_BITS: Final = 8


def draw(number: int) -> VideoFrame:
    """The picture of a number below 65,536: number and check in the upper half, their complement in the lower."""
    frame = VideoFrame(WIDTH, HEIGHT, "yuv420p")
    luma, *chroma = frame.planes
    bits = _bits(number % (1 << NUMBER_BITS))
    rows = [bits[start : start + COLUMNS] for start in range(0, len(bits), COLUMNS)]
    rows += [[1 - bit for bit in row] for row in rows]
    luma.update(b"".join(_stripe(row, luma.line_size) for row in rows))
    for plane in chroma:
        plane.update(NEUTRAL * plane.buffer_size)
    return frame


def read(frame: VideoFrame) -> int | None:
    """The number in a picture of any size, or None where it can't be made out."""
    if frame.format.name not in ("yuv420p", "yuvj420p"):
        frame = frame.reformat(format="yuv420p")
    means = _block_means(frame)
    half = len(means) // 2
    bits = [int(above > below) for above, below in zip(means[:half], means[half:], strict=True)]
    number = _value(bits[:NUMBER_BITS])
    return number if bits == _bits(number) else None


def _bits(number: int) -> list[int]:
    check = (number ^ (number >> CHECK_BITS) ^ 0xA5) & 0xFF
    word = (number << CHECK_BITS) | check
    return [(word >> shift) & 1 for shift in range(NUMBER_BITS + CHECK_BITS - 1, -1, -1)]


def _value(bits: list[int]) -> int:
    return int("".join(map(str, bits)), 2)


def _stripe(row: list[int], line_size: int) -> bytes:
    line = b"".join((WHITE if bit else BLACK) * (WIDTH // COLUMNS) for bit in row)
    return line.ljust(line_size, BLACK) * (HEIGHT // ROWS)


def _block_means(frame: VideoFrame) -> list[float]:
    """The brightness in the middle of each block, row by row."""
    luma = frame.planes[0]
    octets = memoryview(luma).cast("B")
    return [
        _mean(octets, luma.line_size, frame.width * column // COLUMNS, frame.height * row // ROWS, frame)
        for row in range(ROWS)
        for column in range(COLUMNS)
    ]


def _mean(octets: memoryview, line_size: int, left: int, top: int, frame: VideoFrame) -> float:
    wide, high = frame.width // COLUMNS, frame.height // ROWS
    total = count = 0
    for y in range(top + high // 4, top + max(high * 3 // 4, high // 4 + 1)):
        start = y * line_size + left
        middle = octets[start + wide // 4 : start + max(wide * 3 // 4, wide // 4 + 1)]
        total += sum(middle)
        count += len(middle)
    return total / count
