"""How long somebody may wait before she and the clinic are told that nobody has come for her: pure."""

from datetime import datetime, timedelta

UNWATCHED = timedelta(minutes=10)
WATCHED = timedelta(minutes=15)


def is_unattended(
    *, starts_at: datetime, here_since: datetime, board_open: bool, late_minutes: int, now: datetime
) -> bool:
    """Tell whether she has waited too long after her time: ten minutes, or fifteen with the board open.

    Lateness that she was told of counts only while somebody is at the board to keep that promise.
    """
    patience = WATCHED + timedelta(minutes=late_minutes) if board_open else UNWATCHED
    return now >= max(starts_at, here_since) + patience
