"""Whether her blood pressure falls as she stands.

A fall of 20 mmHg of the upper number or of 10 mmHg of the lower one within 3 minutes of standing is orthostatic
hypotension (Freeman et al., Clinical Autonomic Research 21:69, 2011); an upper number that falls below 90 mmHg counts
too (Royal College of Physicians, Measurement of lying and standing blood pressure, 2017).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cartref.consultations.encounters.observing.kinds import Kind, Posture
from cartref.consultations.models import Observation

UPPER_FALL, LOWER_FALL, TOO_LOW = 20, 10, 90


@dataclass(frozen=True)
class Fall:
    """How far the pressure fell from lying to standing, in mmHg, negative where it rose."""

    minutes: int
    upper: int
    lower: int
    lowest: int

    @property
    def is_drop(self) -> bool:
        """Tell whether this is a postural drop."""
        return self.upper >= UPPER_FALL or self.lower >= LOWER_FALL or (self.upper > 0 and self.lowest < TOO_LOW)


def falls(values: Sequence[Observation]) -> list[Fall]:
    """Return the falls from the last pressure lying to the last after each time of standing; `values` by time."""
    pressures = [value for value in values if value.kind == Kind.BLOOD_PRESSURE]
    lying = next((value for value in reversed(pressures) if value.posture == Posture.LYING), None)
    standing = {
        value.minutes_standing: value
        for value in pressures
        if value.posture == Posture.STANDING and value.minutes_standing is not None
    }
    if lying is None:
        return []
    return [_fall(lying, standing[minutes], minutes) for minutes in sorted(m for m in standing if m is not None)]


def _fall(lying: Observation, standing: Observation, minutes: int) -> Fall:
    return Fall(
        minutes, int(lying.value - standing.value), int((lying.second or 0) - (standing.second or 0)),
        int(standing.value),
    )  # fmt: skip
