"""How long somebody needs, by frailty."""

import pytest

from cartref.clinics.lengths import BANDS, minutes_needed, usual_minutes, why


@pytest.mark.parametrize(
    ("level", "minutes"), [(None, 20), (1, 20), (4, 20), (5, 30), (6, 30), (7, 40), (8, 40), (9, 40)]
)
def test_the_frailer_the_longer(level: int | None, minutes: int) -> None:
    assert minutes_needed(20, {}, level) == minutes


def test_a_longer_time_is_rounded_up_to_five_minutes_and_a_slot_is_left_as_it_is() -> None:
    assert minutes_needed(25, {}, 6) == 40
    assert minutes_needed(12, {}, 3) == 12


def test_a_clinic_can_say_otherwise() -> None:
    own = {"1-4": 20, "5-6": 45, "7-9": 60}
    assert [minutes_needed(20, own, level) for level in (2, 5, 9, None)] == [20, 45, 60, 20]


def test_nothing_is_longer_than_an_appointment_may_be() -> None:
    assert usual_minutes(200, BANDS[-1]) == 240


def test_it_is_said_why() -> None:
    assert why(6) == "Frailty level 5 to 6"
    assert why(None) == "The frailty level is not known"
