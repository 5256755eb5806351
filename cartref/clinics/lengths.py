"""How many minutes somebody needs with a clinic, by frailty (Clinical Frailty Scale, 1 to 9): pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from cartref.i18n import N_

STEP = 5  # minutes: a longer time is rounded up to what a clinic's clock shows
LONGEST = 240  # minutes: an appointment is no longer


@dataclass(frozen=True)
class Band:
    """Levels of frailty that need the same time: `code` names them in `Clinic.minutes_by_frailty`."""

    code: str
    first: int
    last: int
    factor: float
    words: str


BANDS = (
    Band("1-4", 1, 4, 1, N_("Frailty level 1 to 4")),
    Band("5-6", 5, 6, 1.5, N_("Frailty level 5 to 6")),
    Band("7-9", 7, 9, 2, N_("Frailty level 7 to 9")),
)
UNKNOWN = N_("The frailty level is not known")


def band_of(level: int | None) -> Band | None:
    """Return the band of a level of frailty, None while nobody judged it."""
    return next((band for band in BANDS if level is not None and band.first <= level <= band.last), None)


def usual_minutes(slot_minutes: int, band: Band | None) -> int:
    """Return the minutes that the band needs where the clinic says nothing else: its slot, longer the frailer."""
    if band is None or band.factor == 1:
        return slot_minutes
    return min(ceil(slot_minutes * band.factor / STEP) * STEP, LONGEST)


def minutes_needed(slot_minutes: int, by_frailty: Mapping[str, Any], level: int | None) -> int:
    """Return the minutes that somebody of that frailty needs; unknown frailty needs one slot, as a fit person does."""
    band = band_of(level)
    return int(by_frailty.get(band.code) or usual_minutes(slot_minutes, band)) if band else slot_minutes


def why(level: int | None) -> str:
    """Return the English words for why it is so long."""
    band = band_of(level)
    return band.words if band else UNKNOWN
