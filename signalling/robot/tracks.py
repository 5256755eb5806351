"""What the robot sends, as media tracks that keep real time."""

import asyncio
from fractions import Fraction
from typing import Final

from aiortc import MediaStreamTrack
from av import AudioFrame, VideoFrame

from signalling.robot import picture, tone

VIDEO_RATE: Final = 90_000


class Pace:
    """Waits so that frames come as often as they should, whatever each took to make."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._started_at: float | None = None
        self.count = -1

    async def next(self) -> int:
        """The number of the frame that is due now."""
        loop = asyncio.get_running_loop()
        if self._started_at is None:
            self._started_at = loop.time()
        self.count += 1
        await asyncio.sleep(self._started_at + self.count * self._seconds - loop.time())
        return self.count


class NumberedPictures(MediaStreamTrack):
    """Pictures that say their number, from 1."""

    kind = "video"

    def __init__(self, frames_per_second: int, *, width: int = picture.WIDTH, height: int = picture.HEIGHT) -> None:
        super().__init__()
        self._size = (width, height)
        self._step = VIDEO_RATE // frames_per_second
        self._pace = Pace(1 / frames_per_second)

    async def recv(self) -> VideoFrame:
        """The next picture, when it is due."""
        count = await self._pace.next()
        frame = picture.draw(count + 1)
        if self._size != (picture.WIDTH, picture.HEIGHT):
            frame = frame.reformat(width=self._size[0], height=self._size[1])
        frame.pts, frame.time_base = count * self._step, Fraction(1, VIDEO_RATE)
        return frame


class SteadyTone(MediaStreamTrack):
    """A sine of one pitch, in frames of 20 ms."""

    kind = "audio"

    def __init__(self, pitch: int) -> None:
        super().__init__()
        self._second = tone.second_of(pitch)
        self._pace = Pace(tone.FRAME_SAMPLES / tone.RATE)

    async def recv(self) -> AudioFrame:
        """The next 20 ms, when they are due."""
        count = await self._pace.next()
        frame = AudioFrame(format="s16", layout="mono", samples=tone.FRAME_SAMPLES)
        octets = tone.FRAME_SAMPLES * 2
        start = count % 50 * octets
        frame.planes[0].update(self._second[start : start + octets].ljust(frame.planes[0].buffer_size, b"\0"))
        frame.sample_rate, frame.pts = tone.RATE, count * tone.FRAME_SAMPLES
        frame.time_base = Fraction(1, tone.RATE)
        return frame
