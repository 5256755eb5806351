"""Tickets: a JWT (RFC 7519) that admits one person once to one room, opens a board, or opens a check of a line."""

import secrets
from collections.abc import Iterable
from typing import Annotated, Final, TypeVar

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, OKPKey
from msgspec import Meta, Struct, field

from signalling.wire.names import LEEWAY_SECONDS, STAFF, TICKET_SECONDS, OpaqueId, Role

Topics = Annotated[tuple[OpaqueId, ...], Meta(max_length=32)]
SEAT_TOPICS: Final = 8
SEAT_AUDIENCE: Final = "signalling"
CHECK_AUDIENCE: Final = "signalling-check"


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


class CheckClaims(Struct, frozen=True, kw_only=True):
    """The claims of a ticket for a check of one person's line (section 9): it opens no room and no board."""

    iss: str
    aud: str
    iat: float
    exp: float
    jti: Annotated[str, Meta(min_length=1, max_length=128)]
    participant: OpaqueId


Claims = TypeVar("Claims", TicketClaims, CheckClaims)


class TicketKeys(Struct, frozen=True):
    """What tickets are checked with: a shared secret of 32 bytes or more, an Ed25519 public key as PEM, or both."""

    secret: bytes | None = None
    public_pem: str | None = None


def check_claims(payload: bytes, now: float) -> TicketClaims:
    """The claims in a JWT's payload, or TicketRefused."""
    claims = _decoded(payload, TicketClaims)
    return _held(claims, (*_times(claims, now), *_origin(claims, SEAT_AUDIENCE), *_shape(claims)))


def _decoded(payload: bytes, kind: type[Claims]) -> Claims:
    try:
        return msgspec.json.decode(payload, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as fault:
        raise TicketRefused(str(fault)) from fault


def _held(claims: Claims, rules: Iterable[tuple[bool, str]]) -> Claims:
    for holds, complaint in rules:
        if not holds:
            raise TicketRefused(complaint)
    return claims


def _times(claims: TicketClaims | CheckClaims, now: float) -> tuple[tuple[bool, str], ...]:
    return (
        (claims.iat <= now + LEEWAY_SECONDS, "issued in the future"),
        (now < claims.exp + LEEWAY_SECONDS, "expired"),
        (0 <= claims.exp - claims.iat <= TICKET_SECONDS, "good for longer than a minute"),
    )


def _origin(claims: TicketClaims | CheckClaims, audience: str) -> tuple[tuple[bool, str], ...]:
    return ((claims.iss == "cartref", "another issuer"), (claims.aud == audience, "another audience"))


def _shape(claims: TicketClaims) -> tuple[tuple[bool, str], ...]:
    return (
        (claims.is_board or claims.room is not None, "no room"),
        (claims.is_board or claims.until is not None, "no end"),
        (not claims.is_board or claims.room is None, "a board has no room"),
        (not claims.is_board or len(claims.topics) >= 1, "a board without topics"),
        (claims.is_board or len(claims.topics) <= SEAT_TOPICS, "too many topics"),
    )


def read_ticket(token: str, keys: TicketKeys, now: float) -> TicketClaims:
    """The claims of a ticket whose signature, times and shape are good, or TicketRefused."""
    return check_claims(_payload(token, keys), now)


def read_check_ticket(token: str, keys: TicketKeys, now: float) -> CheckClaims:
    """The claims of a ticket for a check of a line, or TicketRefused; one for a seat or a board is refused."""
    claims = _decoded(_payload(token, keys), CheckClaims)
    return _held(claims, (*_times(claims, now), *_origin(claims, CHECK_AUDIENCE)))


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
        aud=SEAT_AUDIENCE,
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
    return _signed(payload, secret)


def mint_check_ticket(secret: bytes, now: float, participant: str) -> str:
    """A fresh HS256 ticket for one check of a line, good for a minute and once."""
    claims = CheckClaims(
        iss="cartref",
        aud=CHECK_AUDIENCE,
        iat=int(now),
        exp=int(now) + int(TICKET_SECONDS),
        jti=secrets.token_urlsafe(16),
        participant=participant,
    )
    payload = msgspec.json.encode(claims)
    _decoded(payload, CheckClaims)  # a participant that no one would accept is the caller's fault, now
    return _signed(payload, secret)


def _signed(payload: bytes, secret: bytes) -> str:
    return jws.serialize_compact({"typ": "JWT", "alg": "HS256"}, payload, OctKey.import_key(secret), ["HS256"])
