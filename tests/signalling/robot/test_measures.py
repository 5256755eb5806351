"""What the robot sends can be read back, and nothing else is taken for it."""

import math
import random

import pytest
from av import AudioFrame, VideoFrame

from signalling.robot import picture
from signalling.robot.tone import FRAME_SAMPLES, RATE, Ear, second_of


def listen(octets: bytes, seconds: float = 0.5) -> float | None:
    """The pitch of 16-bit mono sound."""
    ear = Ear()
    for index in range(int(seconds * 50)):
        frame = AudioFrame(format="s16", layout="mono", samples=FRAME_SAMPLES)
        frame.sample_rate = RATE
        start = index % 50 * FRAME_SAMPLES * 2
        frame.planes[0].update(octets[start : start + FRAME_SAMPLES * 2].ljust(frame.planes[0].buffer_size, b"\0"))
        ear.hear(frame)
    return ear.pitch()


@pytest.mark.parametrize("number", [0, 1, 2, 255, 256, 43_690, 65_535])
def test_a_picture_says_its_number(number: int) -> None:
    assert picture.read(picture.draw(number)) == number


@pytest.mark.parametrize(("width", "height"), [(160, 120), (640, 480), (1280, 720), (100, 90)])
def test_a_picture_says_its_number_at_any_size(width: int, height: int) -> None:
    scaled = picture.draw(12_345).reformat(width=width, height=height)

    assert picture.read(scaled) == 12_345


def test_grey_black_and_noise_say_no_number() -> None:
    frame = VideoFrame(320, 240, "yuv420p")
    dice = random.Random(1)
    for octets in (b"\x80" * 76_800, b"\x10" * 76_800, dice.randbytes(76_800)):
        frame.planes[0].update(octets)
        assert picture.read(frame) is None


@pytest.mark.parametrize("pitch", [200, 440, 443, 880, 1760])
def test_the_pitch_of_a_tone_is_heard(pitch: int) -> None:
    heard = listen(second_of(pitch))

    assert heard == pytest.approx(pitch, abs=3)


def test_silence_and_noise_have_no_pitch() -> None:
    dice = random.Random(1)

    assert listen(b"\0" * RATE * 2) is None
    assert listen(dice.randbytes(RATE * 2)) is None
    assert math.isclose(listen(second_of(440)) or 0, 440, abs_tol=3)
