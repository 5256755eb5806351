"""What one running forwarder has carried since it began; each figure only ever rises."""

from msgspec import Struct


class Carried(Struct):
    """Counts for `/metrics`."""

    packets_heard: int = 0
    octets_heard: int = 0
    packets_sent: int = 0
    octets_sent: int = 0
    nacks_heard: int = 0
    sent_again: int = 0
    nacks_sent: int = 0
    keyframes_asked: int = 0
    switches: int = 0


class Rate:
    """Bits a second over about the last second."""

    def __init__(self, now: float) -> None:
        self.octets = 0
        self.bits = 0.0
        self._at = now
        self.heard_at = float("-inf")

    def measure(self, now: float) -> None:
        """Take stock; to be called every 50 ms or so."""
        if now - self._at < 0.25:
            return
        latest = self.octets * 8 / (now - self._at)
        self.bits = latest if self.bits == 0 else 0.6 * self.bits + 0.4 * latest
        self.octets, self._at = 0, now
