"""Resume tokens: signed, so that a restarted server knows its own, and rotated with every welcome."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field

import msgspec
from msgspec import Struct

from signalling.wire.names import TOKEN_GRACE_SECONDS


class Token(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a resume token says: whose seat, in which epoch, the how-manieth token, and when the seat closes."""

    room: str
    participant: str
    epoch: int
    serial: int
    until: float


def write_token(token: Token, secret: bytes) -> str:
    """The token as text, `payload.signature` in base64url."""
    payload = _text(msgspec.json.encode(token))
    return f"{payload}.{_signature(payload, secret)}"


def read_token(text: str, secret: bytes) -> Token | None:
    """The token in a text, or None where nobody here wrote it."""
    payload, _, signature = text.partition(".")
    try:
        if not hmac.compare_digest(signature.encode(), _signature(payload, secret).encode()):
            return None
    except UnicodeEncodeError:
        return None
    return msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=Token)


def _signature(payload: str, secret: bytes) -> str:
    return _text(hmac.new(secret, payload.encode(), hashlib.sha256).digest())


def _text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


@dataclass(slots=True)
class Rotation:
    """Which of a seat's tokens are good: each until 60 seconds after a later one was first used."""

    issued: int = 0
    dead_below: int = 0
    used: list[tuple[int, float]] = field(default_factory=list)

    def issue(self) -> int:
        """The number of a fresh token."""
        self.issued += 1
        return self.issued

    def is_good(self, serial: int, now: float) -> bool:
        """Whether a token may still be used."""
        if serial < self.dead_below or serial > self.issued:
            return False
        return all(later <= serial or now <= at + TOKEN_GRACE_SECONDS for later, at in self.used)

    def use(self, serial: int, now: float) -> None:
        """Note a use; the first use of a token is what starts the end of the earlier ones."""
        for later, at in self.used:
            if now > at + TOKEN_GRACE_SECONDS:
                self.dead_below = max(self.dead_below, later)
        self.used = [use for use in self.used if use[0] > self.dead_below]
        if not any(later >= serial for later, _ in self.used):
            self.used.append((serial, now))

    def kill(self) -> None:
        """No token given so far is good any more."""
        self.dead_below = self.issued + 1
        self.used.clear()
