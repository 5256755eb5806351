"""What a browser says that its check came to: read within bounds, and never more than a claim."""

from typing import Annotated, Any, Literal

import msgspec

from cartref.consultations.readiness import parts
from cartref.errors import Invalid

MOST_BYTES = 4_096
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Milliseconds = Annotated[float, msgspec.Meta(ge=0, le=120_000)]
BitsASecond = Annotated[float, msgspec.Meta(ge=0, le=1e11)]
Code = Annotated[str, msgspec.Meta(max_length=40)]


class CheckUnreadable(Invalid):
    """What the page posted is not what a check comes to."""

    code = "ready-check.unreadable"
    field = "parts"


class Line(msgspec.Struct, frozen=True):
    """What was measured of a line; None is not tried or not known."""

    socket: bool | None = None
    udp: bool | None = None
    tcp: bool | None = None
    tls: bool | None = None
    direct: bool | None = None
    rtt: Milliseconds | None = None
    loss: Share | None = None
    jitter: Milliseconds | None = None
    up: BitsASecond | None = None
    down: BitsASecond | None = None
    path: Literal[parts.PATHS] | None = None  # type: ignore[valid-type] # the codes stand once, in a table
    fault: Literal[parts.LINE_FAULTS] | None = None  # type: ignore[valid-type] # as above


class Claims(msgspec.Struct, frozen=True):
    """One check as the page tells it: `reasons` and `notes` are of the line, the codes speak for the rest."""

    camera: Literal[parts.CAMERA]  # type: ignore[valid-type] # the codes stand once, in a table
    microphone: Literal[parts.MICROPHONE]  # type: ignore[valid-type] # as above
    speaker: Literal[parts.SPEAKER]  # type: ignore[valid-type] # as above
    line: Line | None = None
    reasons: Annotated[list[Code], msgspec.Meta(max_length=20)] = []
    notes: Annotated[list[Code], msgspec.Meta(max_length=20)] = []


NOTHING = Claims(camera=parts.SKIPPED, microphone=parts.SKIPPED, speaker=parts.SKIPPED)


def read(posted: str) -> Claims:
    """Return the claims in a JSON text; raise CheckUnreadable for one that is too long, or out of its bounds."""
    if len(posted) > MOST_BYTES:
        raise CheckUnreadable()
    try:
        return msgspec.json.decode(posted, type=Claims)
    except (msgspec.DecodeError, UnicodeError) as fault:
        raise CheckUnreadable() from fault


def reasons(claims: Claims) -> list[str]:
    """Return why the check is not wholly well, each once, in the order in which the parts are tried."""
    found = []
    for part, code, good in (
        ("camera", claims.camera, parts.WORKS),
        ("microphone", claims.microphone, parts.WORKS),
        ("speaker", claims.speaker, parts.YES),
    ):
        if code != good:
            found.append(f"{part}-{code}")
    said = [code for code in dict.fromkeys(claims.reasons) if code in parts.LINE_WORDS]
    return found + (said if claims.line else ["line-skipped"])


def kept(claims: Claims) -> dict[str, Any]:
    """Return what is kept of the claims: codes that are known, and figures."""
    return {
        "camera": claims.camera,
        "microphone": claims.microphone,
        "speaker": claims.speaker,
        "line": msgspec.to_builtins(claims.line) if claims.line else {},
        "reasons": reasons(claims),
        "notes": [code for code in dict.fromkeys(claims.notes) if code in parts.NOTE_WORDS],
    }
