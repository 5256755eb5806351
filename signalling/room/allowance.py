"""How many messages a seat may send: a burst, then so many a second; not refilled by reconnecting."""

from dataclasses import dataclass

from signalling.wire.names import BURST, SUSTAINED


@dataclass(slots=True)
class Allowance:
    """A token bucket of 300 that gains 20 a second."""

    left: float = float(BURST)
    at: float = 0.0

    def take(self, now: float) -> bool:
        """Whether one more message is allowed, which it then has used up."""
        self.refill(now)
        if self.left < 1:
            return False
        self.left -= 1
        return True

    def refill(self, now: float) -> None:
        """Gain what the time since the last message is worth."""
        self.left = min(float(BURST), self.left + max(0.0, now - self.at) * SUSTAINED)
        self.at = now

    def is_full(self, now: float) -> bool:
        """Whether nothing would be forgotten by forgetting it."""
        self.refill(now)
        return self.left >= BURST
