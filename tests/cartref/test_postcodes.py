"""Where Welsh postcodes are; those used here are public buildings."""

import pytest

from cartref.postcodes import kilometres, place


def test_a_postcode_has_its_place_on_the_national_grid() -> None:
    assert place("CF14 4XW") == place("cf144xw")
    assert place("SY23 1ER") is not None


@pytest.mark.parametrize(("one", "other", "far"), [("CF14 4XW", "LL57 2PW", 200.5), ("SY23 1ER", "SA31 2AF", 62.8)])
def test_it_is_so_far_as_the_crow_flies(one: str, other: str, far: float) -> None:
    assert kilometres(one, other) == pytest.approx(far, abs=0.1)
    assert kilometres(other, one) == kilometres(one, other)
    assert kilometres(one, one) == 0


@pytest.mark.parametrize("unknown", ["", "x", "LL99 9ZZ", "SW1A 1AA", "BT1 1AA", "ŵ" * 9, "CF14 4XW CF14 4XW"])
def test_what_is_not_in_wales_has_no_place(unknown: str) -> None:
    assert place(unknown) is None
    assert kilometres(unknown, "CF14 4XW") is None


def test_the_first_and_the_last_are_found() -> None:
    assert place("CF1 1AA") == (317600, 175200)
    assert place("SY9 5JW") == (329118, 290371)
