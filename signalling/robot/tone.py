"""A tone whose pitch can be measured after it has been through a codec."""

import array
import math
import sys
from collections import deque
from typing import Final

from av import AudioFrame

RATE: Final = 48_000
FRAME_SAMPLES: Final = RATE // 50
LOUDNESS: Final = 8_000
# Every eighth sample is enough for pitches below 2 kHz, and a tenth of a second of them for a tenth of a semitone.
STEP: Final = 8
WINDOW: Final = RATE // 10 // STEP
LOWEST: Final = 150
HIGHEST: Final = 2_000
SPACING: Final = 5
# A tone is heard where one pitch holds this much of all that is heard, and silence has none.
SHARE: Final = 0.5
QUIETEST: Final = 200.0


def second_of(pitch: int) -> bytes:
    """One second of a sine of a whole number of hertz, 16 bit, mono; it joins itself without a click."""
    wave = (int(LOUDNESS * math.sin(2 * math.pi * pitch * n / RATE)) for n in range(RATE))
    return array.array("h", wave).tobytes()


class Ear:
    """Remembers the last tenth of a second heard and measures its pitch."""

    def __init__(self) -> None:
        self._heard: deque[int] = deque(maxlen=WINDOW)
        self._skip = 0

    def hear(self, frame: AudioFrame) -> None:
        """Take in decoded sound: 16 bit, interleaved, any number of channels; the first is listened to."""
        samples = array.array("h", bytes(frame.planes[0])[: frame.samples * len(frame.layout.channels) * 2])
        if sys.byteorder == "big":
            samples.byteswap()
        channel = samples[:: len(frame.layout.channels)]
        step = max(1, STEP * frame.sample_rate // RATE)
        self._heard.extend(channel[self._skip :: step])
        self._skip = (self._skip - len(channel)) % step

    def pitch(self) -> float | None:
        """The pitch in hertz, or None for silence and noise."""
        samples = list(self._heard)
        if len(samples) < WINDOW:
            return None
        energy = sum(sample * sample for sample in samples)
        if math.sqrt(energy / WINDOW) < QUIETEST:
            return None
        best = max(range(LOWEST, HIGHEST, SPACING), key=lambda pitch: _power(samples, pitch))
        # By Parseval a pure tone holds half of WINDOW times its energy.
        if _power(samples, best) < SHARE * energy * WINDOW / 2:
            return None
        return best + SPACING * _peak_offset([_power(samples, best + SPACING * side) for side in (-1, 0, 1)])


def _power(samples: list[int], pitch: float) -> float:
    """The power of one pitch (Goertzel)."""
    coefficient = 2 * math.cos(2 * math.pi * pitch * STEP / RATE)
    last = before = 0.0
    for sample in samples:
        last, before = sample + coefficient * last - before, last
    return last * last + before * before - coefficient * last * before


def _peak_offset(powers: list[float]) -> float:
    """Where between three equally spaced powers the peak lies, by a parabola through them."""
    left, middle, right = powers
    curve = left - 2 * middle + right
    return 0.0 if curve == 0 else max(-0.5, min(0.5, 0.5 * (left - right) / curve))
