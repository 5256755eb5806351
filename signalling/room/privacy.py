"""Hides the address of somebody whose ticket says `relay`: only relay candidates leave, without what is behind them."""

import re
from typing import Any, Final

_CANDIDATE_KEYS: Final = ("candidate", "sdpMid", "sdpMLineIndex", "usernameFragment")
_LINE_ENDS: Final = re.compile(r"\r\n|\n|\r")
_MEDIA_PORT: Final = re.compile(r"(m=\S+ )(\d+)(.*)", re.DOTALL)


def relay_candidate(candidate: dict[str, Any]) -> dict[str, Any] | None:
    """The W3C candidate dictionary without its related address, or None if it is none of a relay."""
    text = str(candidate.get("candidate", ""))
    kept = _relay_attribute(text) if text.strip() else ""
    if kept is None:
        return None
    return {key: kept if key == "candidate" else candidate[key] for key in _CANDIDATE_KEYS if key in candidate}


def relay_description(sdp: str) -> str:
    """The description with relay candidates only, and with no address in its origin, connection, port or rtcp lines."""
    lines = (_relay_line(line) for line in _LINE_ENDS.split(sdp))
    return "\r\n".join(line for line in lines if line is not None)


def _relay_line(line: str) -> str | None:
    bare = line.strip()
    for start, rewrite in _REWRITES:
        if bare.lower().startswith(start):
            return rewrite(bare)
    return line


def _candidate_line(line: str) -> str | None:
    kept = _relay_attribute(line[2:])
    return None if kept is None else f"a={kept}"


def _origin_line(line: str) -> str:
    # RFC 4566 5.2: o=<username> <session id> <version> <network> <address type> <address>
    return " ".join([*line.split()[:3], "IN", "IP4", "0.0.0.0"])  # noqa: S104  # the address that names none


def _media_line(line: str) -> str:
    # Port 9 and address 0.0.0.0 stand for "to be trickled" (RFC 8840 4.1.1); port 0 refuses the line, and stays.
    return _MEDIA_PORT.sub(lambda m: m[1] + (m[2] if int(m[2]) == 0 else "9") + m[3], line)


_REWRITES: Final = (
    ("a=candidate:", _candidate_line),
    ("a=remote-candidates:", lambda _: None),
    ("a=rtcp:", lambda _: "a=rtcp:9 IN IP4 0.0.0.0"),
    ("c=", lambda _: "c=IN IP4 0.0.0.0"),
    ("o=", _origin_line),
    ("m=", _media_line),
)


def _relay_attribute(text: str) -> str | None:
    """The candidate attribute (RFC 8839 5.1) of a relay with `raddr` and `rport` zeroed, or None for any other kind."""
    words = text.split()
    if len(words) < 8 or words[6].lower() != "typ" or words[7].lower() != "relay":
        return None
    for position in range(8, len(words) - 1):
        if words[position].lower() == "raddr":
            words[position + 1] = "0.0.0.0"  # noqa: S104  # the address that names none
        elif words[position].lower() == "rport":
            words[position + 1] = "0"
    return " ".join(words)
