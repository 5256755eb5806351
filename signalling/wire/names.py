"""The fixed words and numbers of the protocol: roles, statuses, codes and limits."""

from enum import IntEnum
from typing import Annotated, Final, Literal

from msgspec import Meta

SUBPROTOCOL: Final = "cartref.v1"
VERSION: Final = 1

Role = Literal["clinician", "presenter", "patient", "carer", "interpreter", "observer", "board"]
Status = Literal["waiting", "admitted", "away", "gone"]
Rung = Literal["video", "voice", "phone"]
Level = Literal["good", "fair", "poor"]
Path = Literal["host", "srflx", "relay"]
Picture = Literal["camera", "second", "screen"]
MediaEvent = Literal["connected", "lost", "restored"]
NoticeCode = Literal["running-late", "with-you-soon", "please-stay"]
RefusalCode = Literal["unknown-type", "invalid", "not-permitted", "no-such-peer", "too-long"]

STAFF: Final = frozenset({"clinician", "presenter"})

FRAME_BYTES: Final = 65_536
SDP_BYTES: Final = 48 * 1024
CHAT_CHARACTERS: Final = 1_000
SEATS: Final = 8
BURST: Final = 300
SUSTAINED: Final = 20.0
REPLAY: Final = 256
HELLO_SECONDS: Final = 10.0
HEARTBEAT_SECONDS: Final = 10
SILENCE_SECONDS: Final = 25.0
AWAY_SECONDS: Final = 60.0
TOKEN_GRACE_SECONDS: Final = 60.0
BOARD_SECONDS: Final = 12 * 3600.0
ORDER_SECONDS: Final = 24 * 3600.0
TICKET_SECONDS: Final = 60.0
LEEWAY_SECONDS: Final = 5.0
SIGNATURE_SECONDS: Final = 300.0
# Whole numbers beyond this are not exact in JavaScript (ECMA-262, Number.MAX_SAFE_INTEGER).
GREATEST_INTEGER: Final = 2**53 - 1

OpaqueId = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{16,64}\Z")]
ReasonCode = Annotated[str, Meta(pattern=r"\A[a-z0-9-]{1,40}\Z")]
PeerName = Annotated[str, Meta(min_length=1, max_length=64)]
Ordinal = Annotated[int, Meta(ge=1, le=GREATEST_INTEGER)]
Measure = Annotated[float, Meta(ge=0, le=1e12)]


class Close(IntEnum):
    """Close codes of section 5."""

    LEFT = 1000
    SILENT = 1001  # not the client's doing: it comes back with its token, as after any code not listed
    FRAME_TOO_BIG = 1009
    RESTARTING = 1012
    BAD_FRAME = 4400
    REFUSED = 4401
    REMOVED = 4403
    REPLACED = 4409
    ENDED = 4410
    ROOM_FULL = 4413
    TOO_MUCH = 4429


CLOSE_REASONS: Final[dict[Close, tuple[str, ...]]] = {
    Close.LEFT: ("left",),
    Close.SILENT: ("silent",),
    Close.FRAME_TOO_BIG: ("frame-too-big",),
    Close.RESTARTING: ("restarting",),
    Close.BAD_FRAME: ("bad-frame", "no-hello"),
    Close.REFUSED: ("ticket-refused", "ticket-used", "resume-unknown"),
    Close.REMOVED: ("removed",),
    Close.REPLACED: ("replaced",),
    Close.ENDED: ("ended", "until"),
    Close.ROOM_FULL: ("room-full",),
    Close.TOO_MUCH: ("slow", "flooding"),
}
