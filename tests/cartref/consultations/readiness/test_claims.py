"""What a browser says of its check: within bounds, with codes that are known, or not at all."""

import json
from typing import Any

import pytest

from cartref.consultations.readiness import claims
from cartref.consultations.readiness.claims import MOST_BYTES, CheckUnreadable

WELL: dict[str, Any] = {
    "camera": "works", "microphone": "works", "speaker": "yes", "reasons": [], "notes": ["relayed"],
    "line": {
        "socket": True, "udp": True, "tcp": None, "tls": False, "direct": False, "rtt": 84.5, "loss": 0.01,
        "jitter": 6, "up": 640_000, "down": 2_400_000, "path": "relay", "fault": None,
    },
}  # fmt: skip


def read(**changed: Any) -> claims.Claims:
    return claims.read(json.dumps(WELL | changed))


def test_a_check_that_went_well_has_no_reasons_and_keeps_its_figures() -> None:
    kept = claims.kept(read())

    assert kept["reasons"] == []
    assert kept["notes"] == ["relayed"]
    assert kept["line"]["up"] == 640_000


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({"camera": "denied"}, ["camera-denied"]),
        ({"microphone": "silent", "speaker": "no"}, ["microphone-silent", "speaker-no"]),
        ({"reasons": ["slow-up", "slow-up", "camera-denied", "made-up"]}, ["slow-up"]),
        ({"line": None, "reasons": ["slow-up"]}, ["line-skipped"]),
    ],
)
def test_reasons_follow_from_the_parts_and_only_those_of_the_line_are_taken_over(
    changed: dict[str, Any], reasons: list[str]
) -> None:
    assert claims.kept(read(**changed))["reasons"] == reasons


@pytest.mark.parametrize(
    "changed",
    [
        {"camera": "perfect"},
        {"microphone": None},
        {"speaker": True},
        {"line": {"rtt": -1}},
        {"line": {"rtt": 1e9}},
        {"line": {"loss": 1.5}},
        {"line": {"up": "fast"}},
        {"line": {"path": "moon"}},
        {"line": [1, 2]},
        {"reasons": ["slow-up"] * 21},
        {"notes": ["x" * 41]},
    ],
)
def test_what_is_out_of_bounds_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(CheckUnreadable):
        read(**changed)


@pytest.mark.parametrize("posted", ["", "[]", "{}", "not json", "null", '{"camera": "works"}', "\ud800"])
def test_what_is_no_check_is_refused(posted: str) -> None:
    with pytest.raises(CheckUnreadable):
        claims.read(posted)


def test_more_than_a_check_can_be_is_not_even_read() -> None:
    with pytest.raises(CheckUnreadable):
        claims.read(json.dumps(WELL | {"more": "x" * MOST_BYTES}))
