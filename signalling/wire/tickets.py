"""Tickets: a JWT (RFC 7519) that admits one person once to one room, or opens a board."""

import secrets
from typing import Annotated, Final

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, OKPKey
from msgspec import Meta, Struct, field

from signalling.wire.names import LEEWAY_SECONDS, STAFF, TICKET_SECONDS, OpaqueId, Role

Topics = Annotated[tuple[OpaqueId, ...], Meta(max_length=32)]
SEAT_TOPICS: Final = 8


class TicketRefused(Exception):
    """The ticket is not good: close code 4401, reason `ticket-refused`."""


class TicketClaims(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The claims of section 2; times are epoch seconds."""

    iss: str
    aud: str
    iat: float
    exp: float
    jti: Annotated[str, Meta(min_length=1, max_length=128)]
    participant: OpaqueId
    role: Role
    room: OpaqueId | None = None
    with_: Annotated[tuple[OpaqueId, ...], Meta(max_length=8)] = field(name="with", default=())
    topics: Topics = ()
    until: float | None = None
    relay: bool = False

    @property
    def is_board(self) -> bool:
        """Whether it opens a board rather than a seat."""
        return self.role == "board"

    @property
    def is_staff(self) -> bool:
        """Whether its holder is admitted as he arrives."""
        return self.role in STAFF


class TicketKeys(Struct, frozen=True):
    """What tickets are checked with: a shared secret of 32 bytes or more, an Ed25519 public key as PEM, or both."""

    secret: bytes | None = None
    public_pem: str | None = None


def check_claims(payload: bytes, now: float) -> TicketClaims:
    """The claims in a JWT's payload, or TicketRefused."""
    try:
        claims = msgspec.json.decode(payload, type=TicketClaims)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as fault:
        raise TicketRefused(str(fault)) from fault
    for holds, complaint in (*_times(claims, now), *_shape(claims)):
        if not holds:
            raise TicketRefused(complaint)
    return claims


def _times(claims: TicketClaims, now: float) -> tuple[tuple[bool, str], ...]:
    return (
        (claims.iat <= now + LEEWAY_SECONDS, "issued in the future"),
        (now < claims.exp + LEEWAY_SECONDS, "expired"),
        (0 <= claims.exp - claims.iat <= TICKET_SECONDS, "good for longer than a minute"),
    )


def _shape(claims: TicketClaims) -> tuple[tuple[bool, str], ...]:
    return (
        (claims.iss == "cartref", "another issuer"),
        (claims.aud == "signalling", "another audience"),
        (claims.is_board or claims.room is not None, "no room"),
        (claims.is_board or claims.until is not None, "no end"),
        (not claims.is_board or claims.room is None, "a board has no room"),
        (not claims.is_board or len(claims.topics) >= 1, "a board without topics"),
        (claims.is_board or len(claims.topics) <= SEAT_TOPICS, "too many topics"),
    )


def read_ticket(token: str, keys: TicketKeys, now: float) -> TicketClaims:
    """The claims of a ticket whose signature, times and shape are good, or TicketRefused."""
    return check_claims(_payload(token, keys), now)


def _payload(token: str, keys: TicketKeys) -> bytes:
    try:
        # joserfc warns that RFC 9864 retires the name EdDSA; the contract has it, and the signature is Ed25519's.
        algorithm = jws.extract_compact(token.encode()).headers().get("alg")
        key = _key(algorithm, keys)
        return jws.deserialize_compact(token, key, algorithms=[str(algorithm)]).payload
    # joserfc lets a header that is no object, and text that is no base64, out as ordinary errors
    except (JoseError, ValueError, TypeError, AttributeError, KeyError, RecursionError) as fault:
        raise TicketRefused("not a token signed with a known key") from fault


def _key(algorithm: object, keys: TicketKeys) -> OctKey | OKPKey:
    # The key is chosen by the algorithm, never tried against it, so that a public key is no shared secret.
    if algorithm == "HS256" and keys.secret is not None:
        return OctKey.import_key(keys.secret)
    if algorithm == "EdDSA" and keys.public_pem is not None:
        return OKPKey.import_key(keys.public_pem)
    raise TicketRefused("algorithm not allowed")


def mint_ticket(
    secret: bytes,
    now: float,
    *,
    participant: str,
    role: Role,
    room: str | None = None,
    until: float | None = None,
    topics: tuple[str, ...] = (),
    beside: tuple[str, ...] = (),
    relay: bool = False,
) -> str:
    """A fresh HS256 ticket, good for a minute and once; raises TicketRefused for claims that no one would accept."""
    claims = TicketClaims(
        iss="cartref",
        aud="signalling",
        iat=int(now),
        exp=int(now) + int(TICKET_SECONDS),
        jti=secrets.token_urlsafe(16),
        participant=participant,
        role=role,
        room=room,
        with_=beside,
        topics=topics,
        until=until,
        relay=relay,
    )
    payload = msgspec.json.encode(claims)
    check_claims(payload, now)
    return jws.serialize_compact({"typ": "JWT", "alg": "HS256"}, payload, OctKey.import_key(secret), ["HS256"])
