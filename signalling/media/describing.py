"""Session descriptions (RFC 8866, 8829) as the forwarder reads and writes them: Opus and VP8, one transport. Pure."""

from dataclasses import dataclass, field
from typing import Final

from signalling.media import transport_cc
from signalling.media.adapter import Address, Remote

MID: Final = "urn:ietf:params:rtp-hdrext:sdes:mid"
SEND_TIME: Final = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
CODECS: Final = {"audio": "opus/48000/2", "video": "vp8/90000"}
RTX: Final = "rtx/90000"
# What a line down is sent as; the far end takes the offerer's numbers.
DOWN_TYPES: Final = {"audio": (111, 0), "video": (96, 97)}
DOWN_EXTENSIONS: Final = {1: MID, 3: SEND_TIME, 5: transport_cc.URI}
FEEDBACK: Final = ("nack", "nack pli", "ccm fir", "transport-cc")
OPUS: Final = "minptime=10;useinbandfec=1"
LINES_AT_MOST: Final = 32
NOWHERE: Final = "0.0.0.0"  # noqa: S104  # the address that names none
NUMBERS: Final = frozenset("0123456789")


class NotUnderstood(ValueError):
    """A description that lacks what a transport or a line needs."""


@dataclass
class Section:
    """One media section: its kind, its port, and its attributes in order."""

    kind: str
    port: int = 9
    attributes: list[tuple[str, str]] = field(default_factory=list)

    def first(self, name: str) -> str | None:
        """The first attribute of a name."""
        return next((value for found, value in self.attributes if found == name), None)

    def every(self, name: str) -> list[str]:
        """All attributes of a name."""
        return [value for found, value in self.attributes if found == name]


@dataclass(frozen=True)
class UpLine:
    """A line that a publisher sends, as far as it is taken; `payload_type` is None where it is refused."""

    kind: str
    mid: str
    payload_type: int | None = None
    rtx_payload_type: int | None = None
    ssrc: int | None = None
    rtx_ssrc: int | None = None
    extensions: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DownLine:
    """A line that a subscriber is sent; whose it is, or None while it is nobody's."""

    kind: str
    mid: str
    participant: str | None
    ssrc: int
    rtx_ssrc: int


@dataclass(frozen=True)
class Taken:
    """What an answer took of an offer: the far end, and the header extensions that it wants."""

    remote: Remote
    extensions: frozenset[int]


@dataclass(frozen=True)
class Here:
    """This end of a transport, as descriptions name it."""

    user: str
    password: str
    fingerprints: list[tuple[str, str]]
    addresses: list[Address]
    public_address: str | None = None


def read_up(sdp: str) -> tuple[Remote, list[UpLine]]:
    """Who offers, and its lines; raises NotUnderstood."""
    session, sections = _sections(sdp)
    return _remote(session, sections), [_up_line(section) for section in sections]


def read_answer(sdp: str) -> Taken:
    """What an answer says; raises NotUnderstood."""
    session, sections = _sections(sdp)
    names = {name for section in sections for name in _extensions(section)}
    return Taken(_remote(session, sections), frozenset(names))


def read_here(sdp: str) -> list[Address]:
    """The host candidates in a forwarder's own description, for a robot that dials them."""
    _, sections = _sections(sdp)
    words = [line.split() for section in sections[:1] for line in section.every("candidate")]
    return [Address(found[0], int(found[3]), found[4], int(found[5])) for found in words if len(found) > 7]


def write_answer(here: Here, lines: list[UpLine]) -> str:
    """The answer to a publisher: each line received, or refused with port 0."""
    return _write(here, "passive", [_answered(line) for line in lines], [line.mid for line in lines if _is_taken(line)])


def write_echo(here: Here, lines: list[tuple[UpLine, int]]) -> str:
    """The answer of one who sends back what it hears: each line both ways, under an SSRC of its own."""
    sections = [_echoed(line, ssrc) for line, ssrc in lines]
    return _write(here, "passive", sections, [line.mid for line, _ in lines if _is_taken(line)])


def write_offer(here: Here, lines: list[DownLine], version: int) -> str:
    """The offer to a subscriber."""
    return _write(here, "actpass", [_offered(line) for line in lines], [line.mid for line in lines], version)


def _sections(sdp: str) -> tuple[Section, list[Section]]:
    session = Section("session")
    sections = [session]
    for line in sdp.splitlines():
        if line.startswith("m="):
            words = line[2:].split()
            if len(words) < 4 or not set(words[1]) <= NUMBERS or len(sections) > LINES_AT_MOST:
                raise NotUnderstood("a media line")
            sections.append(Section(words[0], int(words[1][:6])))
        elif line.startswith("a="):
            name, _, value = line[2:].strip().partition(":")
            sections[-1].attributes.append((name, value.strip()))
    if len(sections) == 1:
        raise NotUnderstood("no media line")
    return session, sections[1:]


def _remote(session: Section, sections: list[Section]) -> Remote:
    """The transport, which the first line that lives describes for all (BUNDLE, RFC 9143)."""
    living = next((section for section in sections if section.port), None)
    if living is None:
        raise NotUnderstood("no line lives")
    user, password = (living.first(name) or session.first(name) for name in ("ice-ufrag", "ice-pwd"))
    prints = [tuple(line.split()) for line in living.every("fingerprint") or session.every("fingerprint")]
    fingerprints = tuple((words[0], words[1]) for words in prints if len(words) == 2)
    setup = living.first("setup") or session.first("setup")
    if not user or not password or not fingerprints:
        raise NotUnderstood("no ICE user, password or fingerprint")
    return Remote(
        user[:256], password[:256], fingerprints[:4], session.first("ice-lite") is not None, setup == "active"
    )


def _up_line(section: Section) -> UpLine:
    mid = section.first("mid")
    if mid is None or not 0 < len(mid) <= 16:
        raise NotUnderstood("a line without a mid")
    codec = CODECS.get(section.kind)
    sends = section.port and section.first("recvonly") is None and section.first("inactive") is None
    found = _payload_types(section, codec) if codec and sends else None
    if found is None:
        return UpLine(section.kind, mid)
    ssrc, rtx_ssrc = _ssrcs(section)
    return UpLine(section.kind, mid, found[0], found[1], ssrc, rtx_ssrc, _extensions(section))


def _payload_types(section: Section, codec: str) -> tuple[int, int | None] | None:
    """The payload type of the codec and that of its RTX."""
    named = [line.partition(" ") for line in section.every("rtpmap")]
    types = {number: name.lower() for number, _, name in named if _is_payload_type(number)}
    wanted = next((number for number, name in types.items() if name == codec), None)
    if wanted is None:
        return None
    for line in section.every("fmtp"):
        number, _, parameters = line.partition(" ")
        if types.get(number) == RTX and parameters.replace(" ", "").split(";")[0] == f"apt={wanted}":
            return int(wanted), int(number)
    return int(wanted), None


def _is_payload_type(text: str) -> bool:
    # 64 to 95 look like RTCP on a muxed transport (RFC 5761, section 4)
    return 0 < len(text) <= 3 and set(text) <= NUMBERS and int(text) <= 127 and not 64 <= int(text) <= 95


def _ssrcs(section: Section) -> tuple[int | None, int | None]:
    for line in section.every("ssrc-group"):
        words = line.split()
        if len(words) == 3 and words[0] == "FID" and all(_is_ssrc(word) for word in words[1:]):
            return int(words[1]), int(words[2])
    first = next((line.split()[0] for line in section.every("ssrc") if line), "")
    return (int(first), None) if _is_ssrc(first) else (None, None)


def _is_ssrc(text: str) -> bool:
    return 0 < len(text) <= 10 and set(text) <= NUMBERS and int(text) < 1 << 32


def _extensions(section: Section) -> dict[int, str]:
    """The header extensions that the forwarder knows, by id; ids above 14 need two bytes, which it does not write."""
    found: dict[int, str] = {}
    for line in section.every("extmap"):
        name, _, uri = line.partition(" ")
        number = name.partition("/")[0]
        if set(number) <= NUMBERS and 0 < len(number) <= 2 and 1 <= int(number) <= 14:
            found[int(number)] = uri.strip().split(" ")[0]
    return {number: uri for number, uri in found.items() if uri in DOWN_EXTENSIONS.values()}


def _is_taken(line: UpLine) -> bool:
    return line.payload_type is not None


def _write(here: Here, setup: str, sections: list[tuple[str, list[str]]], mids: list[str], version: int = 1) -> str:
    head = [
        "v=0", f"o=- 1 {version} IN IP4 {NOWHERE}", "s=-", "t=0 0", "a=ice-lite",
        f"a=group:BUNDLE {' '.join(mids)}", "a=msid-semantic: WMS *",
    ]  # fmt: skip
    lines = head
    for media, attributes in sections:
        lines += [media, f"c=IN IP4 {NOWHERE}", f"a=rtcp:9 IN IP4 {NOWHERE}"]
        lines += [*_transport(here, setup), "a=rtcp-mux", "a=rtcp-rsize", *attributes]
    return "\r\n".join(lines) + "\r\n"


def _transport(here: Here, setup: str) -> list[str]:
    prints = [f"a=fingerprint:{algorithm} {value}" for algorithm, value in here.fingerprints]
    user = [f"a=ice-ufrag:{here.user}", f"a=ice-pwd:{here.password}", *prints, f"a=setup:{setup}"]
    return [*user, *(_candidate(address, here.public_address) for address in here.addresses), "a=end-of-candidates"]


def _candidate(address: Address, public: str | None) -> str:
    # One address that the world knows stands for all of its own family, where the host's own are translated to it.
    host = public if public and (":" in public) == (":" in address.host) else address.host
    return f"a=candidate:{address.foundation} 1 udp {address.priority} {host} {address.port} typ host"


def _answered(line: UpLine) -> tuple[str, list[str]]:
    if line.payload_type is None:
        return f"m={line.kind} 0 UDP/TLS/RTP/SAVPF 0", [f"a=mid:{line.mid}", "a=inactive"]
    types = [line.payload_type] + ([line.rtx_payload_type] if line.rtx_payload_type is not None else [])
    rtx = line.rtx_payload_type or 0
    wanted = [f"a=extmap:{number} {uri}" for number, uri in line.extensions.items() if uri != SEND_TIME]
    attributes = [f"a=mid:{line.mid}", "a=recvonly", *wanted, *_codec(line.kind, (line.payload_type, rtx))]
    return f"m={line.kind} 9 UDP/TLS/RTP/SAVPF {' '.join(map(str, types))}", attributes


def _echoed(line: UpLine, ssrc: int) -> tuple[str, list[str]]:
    media, attributes = _answered(line)
    if not _is_taken(line):
        return media, attributes
    both = ["a=sendrecv" if attribute == "a=recvonly" else attribute for attribute in attributes]
    return media, [*both, f"a=msid:echo echo-{line.kind}", f"a=ssrc:{ssrc} cname:echo"]


def _offered(line: DownLine) -> tuple[str, list[str]]:
    payload_type, rtx = DOWN_TYPES[line.kind]
    wanted = [f"a=extmap:{number} {uri}" for number, uri in DOWN_EXTENSIONS.items()]
    attributes = [f"a=mid:{line.mid}", *wanted, *_codec(line.kind, (payload_type, rtx))]
    if line.participant is None:
        attributes.append("a=inactive")
    else:
        stream = f"{line.participant} {line.participant}-{line.kind}"
        names = [f"a=ssrc:{ssrc} {what}" for ssrc in _sent(line) for what in ("cname:bridge", f"msid:{stream}")]
        group = [f"a=ssrc-group:FID {line.ssrc} {line.rtx_ssrc}"] if rtx else []
        attributes += ["a=sendonly", f"a=msid:{stream}", *group, *names]
    types = f"{payload_type} {rtx}" if rtx else str(payload_type)
    return f"m={line.kind} 9 UDP/TLS/RTP/SAVPF {types}", attributes


def _sent(line: DownLine) -> list[int]:
    return [line.ssrc, line.rtx_ssrc] if line.kind == "video" else [line.ssrc]


def _codec(kind: str, types: tuple[int, int]) -> list[str]:
    payload_type, rtx = types
    if kind == "audio":
        lines = [f"a=rtpmap:{payload_type} opus/48000/2", f"a=fmtp:{payload_type} {OPUS}"]
        return [*lines, f"a=rtcp-fb:{payload_type} transport-cc"]
    lines = [f"a=rtpmap:{payload_type} VP8/90000", *(f"a=rtcp-fb:{payload_type} {kind}" for kind in FEEDBACK)]
    return lines + ([f"a=rtpmap:{rtx} rtx/90000", f"a=fmtp:{rtx} apt={payload_type}"] if rtx else [])
