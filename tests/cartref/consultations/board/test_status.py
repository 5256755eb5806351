"""Where a visit stands on the board."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cartref.consultations.board.status import Facts, Line, Standing, Status, line_kind, standing

DUE = datetime(2026, 12, 8, 10, 20, tzinfo=UTC)
EARLIER, LATER = DUE - timedelta(minutes=5), DUE + timedelta(minutes=12)


@pytest.mark.parametrize(
    ("facts", "now", "stands"),
    [
        ({}, EARLIER, Standing(Status.EXPECTED)),
        ({"by_telephone": True}, EARLIER, Standing(Status.TELEPHONE)),
        ({"trouble": True, "by_telephone": True}, EARLIER, Standing(Status.FAILED)),
        ({"here_since": EARLIER}, EARLIER, Standing(Status.EARLY, EARLIER)),
        ({"here_since": EARLIER}, LATER, Standing(Status.WAITING, DUE)),
        ({"here_since": LATER}, LATER, Standing(Status.WAITING, LATER)),
        ({"here_since": EARLIER, "trouble": True}, LATER, Standing(Status.WAITING, DUE)),
        ({"seen_since": LATER}, LATER, Standing(Status.IN_VISIT, LATER)),
        ({"seen_since": DUE, "here_since": LATER}, LATER, Standing(Status.WAITING, LATER)),
        ({"finished": True, "seen_since": DUE}, LATER, Standing(Status.DONE)),
        ({"missed": True}, LATER, Standing(Status.MISSED)),
        ({"cancelled": True, "here_since": DUE}, LATER, Standing(Status.CANCELLED)),
    ],
)
def test_a_visit_stands_where_its_facts_put_it(facts: dict[str, Any], now: datetime, stands: Standing) -> None:
    assert standing(Facts(starts_at=DUE, **facts), now) == stands


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({}, Line.UNKNOWN),
        ({"camera": True, "microphone": True, "rtt": 40}, Line.GOOD),
        ({"camera": True, "microphone": True, "rtt": 400}, Line.WEAK),
        ({"camera": True, "microphone": True, "rtt": None}, Line.GOOD),
        ({"camera": False, "microphone": True}, Line.NO_PICTURE),
        ({"camera": False, "microphone": False}, Line.NO_SOUND),
        ({"microphone": True, "level": "poor"}, Line.WEAK),
        ({"level": "good"}, Line.GOOD),
        ({"level": "good", "lost": True}, Line.LOST),
    ],
)
def test_a_line_is_called_by_its_worst(told: dict[str, Any], kind: Line) -> None:
    assert line_kind(told) is kind
