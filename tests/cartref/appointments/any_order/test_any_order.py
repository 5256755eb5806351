"""Booking, offering, closing and re-planning in any order, on both databases: never twice, never lost, always told."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, run_state_machine_as_test
from sqlalchemy import Engine

from tests.cartref.appointments.any_order.booking import Booking
from tests.cartref.appointments.any_order.closing import Closing
from tests.cartref.appointments.any_order.model import Time
from tests.cartref.appointments.any_order.offering import Offering

BOOKED = (
    Time(0, 1, 40, 4, at_site=False), Time(0, 4, 30, 5, at_site=True), Time(1, 1, 20, 3, at_site=False, listed=True),
    Time(0, 3, 20, 1, at_site=False), Time(2, 0, 40, 2, at_site=False),
)  # fmt: skip


class Clinic(Booking, Offering, Closing):
    """All that is done in a clinic's office, from a morning on which some people are booked already."""

    @initialize(asked=st.booleans(), planned=st.booleans())
    def begin(self, asked: bool, planned: bool) -> None:
        for time in BOOKED:
            self.model.take(self.book_time(time, minutes=time.minutes).id, time, None)
        if asked:
            self.free_the_first_time()
            self.the_worker_looks()
        if planned:
            self.close_a_sitting(0, plan=True)


@pytest.mark.slow
@pytest.mark.timeout(600)  # a failure is shortened before it is told
def test_whatever_is_done_in_whichever_order_nothing_is_ever_in_two_places(engine: Engine) -> None:
    run_state_machine_as_test(
        type("OfOneDatabase", (Clinic,), {"engine": engine}),
        settings=settings(
            max_examples=30, stateful_step_count=50, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink), report_multiple_bugs=False,
        ),
    )  # fmt: skip
