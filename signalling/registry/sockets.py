"""What the registry knows of a connection: that it can be written to and closed."""

from typing import Protocol

from signalling.wire.names import Close


class Socket(Protocol):
    """One connection of a client; both methods return at once."""

    def send(self, frame: bytes, *, replay: bool = False) -> None:
        """Send a text frame, in order."""

    def shut(self, code: Close, reason: str) -> None:
        """Close after what was sent before."""
