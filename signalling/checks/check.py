"""One check, and what it may use up; pure."""

from dataclasses import dataclass, field
from typing import Final

SECONDS: Final = 60
AT_ONCE: Final = 20
OFFERS: Final = 3
RENEWALS: Final = 2
BYTES_AT_ONCE: Final = 256 * 1024
BYTES_DOWN: Final = 2 * 1024 * 1024
BYTES_UP: Final = 1024 * 1024

ALLOWED: Final = {"offers": OFFERS, "renewals": RENEWALS, "down": BYTES_DOWN, "up": BYTES_UP}


class UsedUp(Exception):
    """The check has had all that it may have of something."""


@dataclass
class Check:
    """An open check; `left` is what it may still use of each thing that `ALLOWED` names."""

    id: str
    participant: str
    left: dict[str, int] = field(default_factory=lambda: dict(ALLOWED))

    def use(self, what: str, amount: int = 1) -> None:
        """Take an amount off what is left, or raise UsedUp and leave nothing."""
        self.left[what] -= amount
        if self.left[what] < 0:
            self.left[what] = 0
            raise UsedUp(what)
