"""What tests of referrals can ask for: a day on which it is known how long everybody has waited."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from cartref.referrals.models import Referral
from cartref.referrals.waiting_time import Waited, waited

TODAY = date(2026, 11, 30)
RECEIVED = date(2026, 6, 1)  # 26 weeks before


@pytest.fixture(autouse=True)
def today() -> Iterator[time_machine.Traveller]:
    """Let it be ten o'clock on a Monday, each question a second later than the one before."""
    with time_machine.travel(datetime(2026, 11, 30, 10, tzinfo=UTC), tick=True) as clock:
        yield clock


def wait_of(referral: Referral) -> Waited:
    """Return how long has been waited for a referral by today."""
    return waited(referral.ticks, TODAY)


def weeks_ago(weeks: int) -> date:
    """Return the day that many weeks before today."""
    return TODAY - timedelta(weeks=weeks)
