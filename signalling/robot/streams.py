"""Sound and pictures encoded once and sent over and over: load without the cost of encoding, and real to a decoder."""

from fractions import Fraction
from functools import lru_cache
from typing import Final

from aiortc.codecs.opus import OpusEncoder
from aiortc.codecs.vpx import Vp8Encoder
from av import AudioFrame

from signalling.robot import picture, tone
from signalling.robot.tracks import VIDEO_RATE

SECONDS: Final = 2


@lru_cache
def pictures(width: int, height: int, frames_per_second: int, bits: int) -> tuple[tuple[bytes, ...], ...]:
    """Two seconds of numbered pictures as VP8 payloads, frame by frame; the first is a keyframe, and no other."""
    encoder = Vp8Encoder()
    encoder.target_bitrate = bits
    frames = []
    for count in range(SECONDS * frames_per_second):
        frame = picture.draw(count + 1).reformat(width=width, height=height)
        frame.pts, frame.time_base = count * (VIDEO_RATE // frames_per_second), Fraction(1, VIDEO_RATE)
        payloads, _ = encoder.encode(frame, force_keyframe=count == 0)
        frames.append(tuple(payloads))
    return tuple(frames)


@lru_cache
def padded_pictures(width: int, height: int, frames_per_second: int, bits: int) -> tuple[tuple[bytes, ...], ...]:
    """The same, filled up to a bit rate by octets after each frame that no VP8 decoder reads."""
    octets = bits // 8 // frames_per_second
    return tuple(_fill(frame, octets) for frame in pictures(width, height, frames_per_second, bits))


def _fill(frame: tuple[bytes, ...], octets: int) -> tuple[bytes, ...]:
    missing = octets - sum(map(len, frame))
    filled = list(frame)
    while missing > 0:
        room = min(missing, 1100 - len(filled[-1]))
        if room <= 0:
            filled.append(b"\x80\x00")  # a descriptor that continues the picture
            continue
        filled[-1] += bytes(room)
        missing -= room
    return tuple(filled)


@lru_cache
def sound(pitch: int) -> tuple[bytes, ...]:
    """A second of a tone as Opus, 20 ms a packet."""
    encoder = OpusEncoder()
    second = tone.second_of(pitch)
    packets: list[bytes] = []
    octets = tone.FRAME_SAMPLES * 2
    for count in range(51):  # the first come back later than they went in
        frame = AudioFrame(format="s16", layout="mono", samples=tone.FRAME_SAMPLES)
        start = count % 50 * octets
        frame.planes[0].update(second[start : start + octets].ljust(frame.planes[0].buffer_size, b"\0"))
        frame.sample_rate, frame.pts = tone.RATE, count * tone.FRAME_SAMPLES
        frame.time_base = Fraction(1, tone.RATE)
        payloads, _ = encoder.encode(frame)
        packets += payloads
    return tuple(packets[:50])
