"""Descriptions, orders and packets of every malformed kind: none of them ends a forwarder, or anybody else's call.

`python -m tests.signalling.media.test_fuzz 100000` tries so many of each.
"""

import asyncio
import contextlib
import random
import sys

import pylibsrtp

from signalling.media import channel, rtcp, rtp
from signalling.robot.packets import PacketListener, PacketSender, Picture
from tests.signalling.media.meeting import ROOM, Meeting

SMALL = Picture(160, 120, 15, 150_000)
JUNK = ("", "\0", "a=", "999999999999999999999", "-1", "é", "mid:", "a=mid:", "m=video 0 x 0", "candidate:" * 20)
AT_ONCE = 50


def spoil(dice: random.Random, octets: bytes) -> bytes:
    """The octets with some changed, cut out, doubled or put in."""
    spoiled = bytearray(octets)
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(spoiled) + 1)
        action = dice.randrange(4)
        if action == 0 and at < len(spoiled):
            spoiled[at] = dice.randrange(256)
        elif action == 1:
            del spoiled[at : at + dice.randint(1, 12)]
        elif action == 2:
            spoiled[at:at] = dice.randbytes(dice.randint(1, 12))
        else:
            spoiled[at:at] = spoiled[at : at + dice.randint(1, 40)]
    return bytes(spoiled)


def spoil_text(dice: random.Random, text: str) -> str:
    """A description with lines changed, lost, doubled or swapped."""
    lines = text.splitlines()
    for _ in range(dice.randint(1, 4)):
        at, other = dice.randrange(len(lines)), dice.randrange(len(lines))
        lines[at] = dice.choice([dice.choice(JUNK), lines[other], lines[at][: dice.randint(0, 12)], lines[at] * 2])
    return "\r\n".join(lines) + "\r\n"


async def try_descriptions(meeting: Meeting, dice: random.Random, count: int) -> None:
    """Send that many spoiled offers and answers."""
    probe = PacketSender(high=None, low=None)
    offer = await probe.offer()
    for number in range(count):
        kind = channel.Offer if number % 2 else channel.Answer
        session = f"up.{number}" if number % 2 else meeting.listeners["mallory"].session
        meeting.forwarder.obey(kind(ROOM, "mallory", session, spoil_text(dice, offer)))
        if number % AT_ONCE == 0:
            await asyncio.sleep(0.05)
    await probe.close()


async def try_packets(meeting: Meeting, dice: random.Random, count: int) -> None:
    """Send that many spoiled RTP and RTCP packets over connections that are open."""
    up, down = meeting.senders["mallory"], meeting.listeners["mallory"]
    assert down._transport is not None
    rtp_seed, rtcp_seeds = seeds(up, down)
    for number in range(count):
        with contextlib.suppress(pylibsrtp.Error):  # what the sender's own encryption does not take
            if number % 2:
                spoiled = spoil(dice, rtp_seed)
                up._transport.send(rtp_seed[:2] + spoiled[2:] if number % 4 == 1 else spoiled)
            else:
                spoiled = spoil(dice, dice.choice(rtcp_seeds))
                way = dice.choice([up._transport, down._transport])
                way.send_rtcp(spoiled[:1] + bytes([200 + dice.randrange(8)]) + spoiled[2:].ljust(8, b"\0"))
        if number % AT_ONCE == 0:
            await asyncio.sleep(0.002)


def seeds(up: PacketSender, down: PacketListener) -> tuple[bytes, list[bytes]]:
    """Packets that were good before they were spoiled."""
    ssrc = next(iter(down._by_ssrc))
    block = rtcp.block(ssrc, 0.5, 3, 70_000, 9, 1, 2)
    again = [rtcp.nack(1, ssrc, list(range(40))), rtcp.picture_lost(1, ssrc), rtcp.receiver_report(1, [block] * 3)]
    feedback = b"\x8f\xcd\x00\x06" + bytes(8) + b"\x00\x01\x00\x09\x00\x00\x01\x00\x20\x09\x04\x04\x04\x04\x04\x04"
    report = rtcp.sender_report(up.sound.line.ssrc, 5 << 32, 6, 7, 8)
    payload = bytes(range(80))
    elements = rtp.element(5, b"\1\2") + rtp.element(1, b"0")
    return rtp.write(96, 1, 77, 5, up.pictures[0].line.ssrc, elements, payload), [*again, feedback, report]


async def attack(count: int) -> int:
    """Try everything beside two people who talk, and return how much of their talk came through."""
    dice = random.Random(7)
    async with Meeting() as meeting:
        for name in ("anna", "bryn", "mallory"):
            await meeting.bring(name, PacketSender(high=SMALL, low=None))
        await meeting.until(lambda: meeting.packets("anna", "bryn", "audio") > 20)
        await meeting.until(lambda: meeting.packets("mallory", "bryn", "audio") > 20)

        await try_packets(meeting, dice, count)
        await try_descriptions(meeting, dice, count)
        before = meeting.packets("anna", "bryn", "audio")
        await meeting.until(lambda: meeting.packets("anna", "bryn", "audio") > before + 50)

        assert not meeting._beat.done()
        return meeting.packets("anna", "bryn", "audio")


async def test_nothing_malformed_ends_the_forwarder_or_the_call_of_others() -> None:
    assert await attack(600) > 70


if __name__ == "__main__":
    print(asyncio.run(attack(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)))
