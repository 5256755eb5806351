"""Sheets of patients and referrals: read, checked row by row, and taken over as a whole or not at all."""

from collections.abc import Mapping

from cartref.config import Settings
from cartref.jobs.running import Work
from cartref.referrals.importing.applying import apply
from cartref.referrals.importing.checking import check
from cartref.referrals.importing.service import APPLY, CHECK


def works(_settings: Settings) -> Mapping[str, Work]:
    """Return what the worker does with sheets."""
    return {CHECK: check, APPLY: apply}
