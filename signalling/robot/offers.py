"""The descriptions of a bridge's client without codecs: its offer of a connection up, its answer to one down."""

from dataclasses import dataclass, field
from secrets import randbits

from signalling.media import transport_cc
from signalling.media.adapter import Address, Remote, Transport
from signalling.media.describing import read_answer, read_here

EXTENSION = 5
CODECS = {
    "audio": ("111", ["a=rtpmap:111 opus/48000/2", "a=fmtp:111 minptime=10;useinbandfec=1"]),
    "video": ("96 97", ["a=rtpmap:96 VP8/90000", "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96"]),
}


@dataclass
class Line:
    """A line by its kind, its mid, whose it is, and its SSRCs."""

    kind: str
    mid: str
    participant: str = ""
    ssrc: int = field(default_factory=lambda: randbits(32))
    rtx_ssrc: int = field(default_factory=lambda: randbits(32))


def write_up(transport: Transport, lines: list[Line]) -> str:
    """The offer of lines that are sent."""
    return _write(transport, [(line, "sendonly", _sources(line)) for line in lines], "actpass", reports=True)


def write_down(transport: Transport, lines: list[Line], *, reports: bool) -> str:
    """The answer to lines that are received; without `reports` it wants no transport-cc."""
    directions = [(line, "recvonly" if line.participant else "inactive", [""][:0]) for line in lines]
    return _write(transport, directions, "active", reports=reports)


def far_end(sdp: str) -> tuple[Remote, list[Address]]:
    """Whom a description leads to, and where."""
    return read_answer(sdp).remote, read_here(sdp)


def read_lines(sdp: str) -> list[Line]:
    """The lines of a bridge's offer."""
    return [_line(part.splitlines()) for part in sdp.split("m=")[1:]]


def _line(lines: list[str]) -> Line:
    kind = lines[0].split()[0]
    values = dict(line[2:].partition(":")[::2] for line in lines[1:] if line.startswith("a="))
    ssrcs = [line.split(":")[1].split()[0] for line in lines if line.startswith("a=ssrc:") and "cname" in line]
    participant = values["msid"].split()[0] if "msid" in values else ""
    numbers = [int(ssrc) for ssrc in ssrcs] or [0]
    return Line(kind, values["mid"], participant, numbers[0], numbers[-1] if len(numbers) > 1 else 0)


def _sources(line: Line) -> list[str]:
    if line.kind == "audio":
        return [f"a=ssrc:{line.ssrc} cname:robot"]
    names = [f"a=ssrc:{ssrc} cname:robot" for ssrc in (line.ssrc, line.rtx_ssrc)]
    return [f"a=ssrc-group:FID {line.ssrc} {line.rtx_ssrc}", *names]


def _write(transport: Transport, lines: list[tuple[Line, str, list[str]]], setup: str, *, reports: bool) -> str:
    text = ["v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0"]
    text += [f"a=group:BUNDLE {' '.join(line.mid for line, _, _ in lines)}"]
    for line, direction, sources in lines:
        types, codec = CODECS[line.kind]
        text += [f"m={line.kind} 9 UDP/TLS/RTP/SAVPF {types}", "c=IN IP4 0.0.0.0", f"a=mid:{line.mid}", "a=rtcp-mux"]
        text += [f"a=ice-ufrag:{transport.user}", f"a=ice-pwd:{transport.password}", f"a=setup:{setup}"]
        text += [f"a=fingerprint:{algorithm} {value}" for algorithm, value in transport.fingerprints]
        text += [f"a=extmap:{EXTENSION} {transport_cc.URI}"] if reports else []
        text += [*codec, f"a={direction}", *sources]
    return "\r\n".join(text) + "\r\n"
