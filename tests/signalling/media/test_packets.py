"""RTP, RTCP and VP8 octets are read as they are written, and nothing malformed gets through or ends anything."""

import contextlib

import pytest
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.rtp import HeaderExtensionsMap, RtcpPacket, RtpPacket
from hypothesis import given
from hypothesis import strategies as st

from signalling.media import rtcp, rtp, vp8
from signalling.media.line import read_arrivals
from signalling.media.numbers import Unwrapper
from signalling.media.transport_cc import Arrivals
from signalling.robot import picture

octets = st.binary(max_size=200)


@given(
    st.integers(0, 127),
    st.integers(0, 1),
    st.integers(0, 65535),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.dictionaries(st.integers(1, 14), st.binary(min_size=1, max_size=16), max_size=4),
    octets,
)
def test_a_packet_is_read_as_it_was_written_here_and_by_aiortc(
    kind: int, marker: int, sequence: int, timestamp: int, ssrc: int, extensions: dict[int, bytes], payload: bytes
) -> None:
    elements = b"".join(rtp.element(name, value) for name, value in extensions.items())

    written = rtp.write(kind, marker, sequence, timestamp, ssrc, elements, payload)

    assert rtp.read(written) == (kind, marker, sequence, timestamp, ssrc, extensions, payload)
    known = RtpPacket.parse(written, HeaderExtensionsMap())
    assert (known.sequence_number, known.timestamp, known.ssrc, known.payload) == (sequence, timestamp, ssrc, payload)


def test_padding_is_taken_off() -> None:
    packet = RtpPacket(payload_type=96, payload=b"picture")
    packet.padding_size = 20
    probe = RtpPacket(payload_type=96)
    probe.padding_size = 255

    assert rtp.read(packet.serialize()).payload == b"picture"
    assert rtp.read(probe.serialize()).payload == b""


@given(octets)
def test_whatever_octets_come_they_are_a_packet_or_malformed(found: bytes) -> None:
    for read in (rtp.read, rtcp.read):
        with contextlib.suppress(rtp.Malformed):
            read(found)
    vp8.read(found)
    read_arrivals(found, 0, Unwrapper())


@given(st.lists(st.integers(0, 65535), min_size=1, max_size=60))
def test_a_nack_names_what_was_asked_for(numbers: list[int]) -> None:
    (read,) = rtcp.read(rtcp.nack(1, 2, numbers))

    assert isinstance(read, rtcp.Nack)
    assert read.ssrc == 2
    assert set(read.lost) == set(numbers)


def test_reports_are_read_by_aiortc() -> None:
    block = rtcp.block(7, 0.25, 12, 70_000, 9, 1, 2)
    packets = RtcpPacket.parse(
        rtcp.receiver_report(1, [block]) + rtcp.sender_report(3, 5 << 32, 6, 7, 8) + rtcp.picture_lost(1, 7)
    )

    report = packets[0].reports[0]
    assert (report.ssrc, report.fraction_lost, report.packets_lost, report.highest_sequence) == (7, 64, 12, 70_000)
    assert (packets[1].sender_info.rtp_timestamp, packets[2].media_ssrc) == (6, 7)
    parts = rtcp.read(rtcp.receiver_report(1, [block]) + rtcp.sender_report(3, 5 << 32, 6, 7, 8))
    assert parts == [rtcp.Block(7, 0.25, 1, 2), rtcp.SenderReport(3, 5 << 32, 6)]


def test_a_keyframe_is_told_from_what_follows_it() -> None:
    encoder = Vp8Encoder()
    starts = []
    for number in range(4):
        frame = picture.draw(number)
        frame.pts = number * 6_000
        payloads, _ = encoder.encode(frame, force_keyframe=number in (0, 2))
        starts.append([vp8.read(payload).is_keyframe_start for payload in payloads])

    assert [any(frame) for frame in starts] == [True, False, True, False]
    assert all(not any(frame[1:]) for frame in starts)


@pytest.mark.parametrize(
    ("payload", "moved"),
    [
        (b"\x90\x80\x05\x00", b"\x90\x80\x08\x00"),
        (b"\x90\x80\xff\xfe\x00", b"\x90\x80\x80\x01\x00"),
        (b"\x90\xc0\x7f\xff\x00", b"\x90\xc0\x02\x01\x00"),
        (b"\x10\x00", b"\x10\x00"),
    ],
)
def test_picture_and_layer_numbers_move_on_and_wrap(payload: bytes, moved: bytes) -> None:
    assert vp8.renumber(payload, vp8.read(payload), 3, 2) == moved


@given(st.integers(0, 65535), st.lists(st.integers(0, 40), min_size=1, max_size=300))
def test_transport_cc_reports_are_read_as_they_were_made(start: int, gaps: list[int]) -> None:
    arrivals, sent = Arrivals(), {}
    number, at = start, 1_000.0
    for gap in gaps:
        number, at = number + 1 + gap // 20, at + gap / 4
        arrivals.add(number % 65536, at)
        sent[number] = at / 1000

    found: dict[int, float] = {}
    clock = Unwrapper()
    while (report := arrivals.report(1, 2)) is not None:
        (part,) = rtcp.read(report)
        assert isinstance(part, rtcp.Arrived)
        read = read_arrivals(part.body, number, clock)
        found |= {place: moment for place, moment in read if moment is not None}

    assert set(found) == set(sent)
    assert all(abs(found[place] - sent[place]) < 0.001 for place in sent)
