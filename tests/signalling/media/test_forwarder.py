"""Packets through a real forwarder on real sockets: to whom they go, from when on, and what becomes of lost ones."""

import asyncio
import random
from itertools import pairwise
from typing import Any

from signalling.media import channel
from signalling.robot.packets import Bottleneck, Heard, PacketListener, PacketSender, Picture
from tests.signalling.media.meeting import ROOM, Meeting

SMALL = Picture(160, 120, 15, 150_000)
LARGE = Picture(320, 240, 15, 600_000)


def sender(**chosen: Any) -> PacketSender:
    """Sound, and a large and a small picture."""
    return PacketSender(**{"high": LARGE, "low": SMALL, **chosen})


async def talking(meeting: Meeting, listener: str, about: str, more: int = 50) -> None:
    """Return once that many more packets of sound and picture have come."""
    for kind in ("audio", "video"):
        had = meeting.packets(listener, about, kind)
        await meeting.until(lambda k=kind, h=had: meeting.packets(listener, about, k) >= h + more)  # type: ignore[misc]  # bound now


async def test_each_of_four_hears_and_sees_the_others_from_a_keyframe_on() -> None:
    async with Meeting() as meeting:
        for name in ("anna", "bryn", "carys", "dafydd"):
            await meeting.bring(name, sender())

        for listener in meeting.people:
            for about in meeting.people:
                if listener != about:
                    await talking(meeting, listener, about)

        heard = meeting.listeners["anna"].heard
        assert {about for about, _ in heard} == {"bryn", "carys", "dafydd"}
        assert all(line.began_with_keyframe for (_, kind), line in heard.items() if kind == "video")
        assert meeting.senders["anna"].reports > 5


async def test_who_is_held_gives_and_gets_nothing_from_that_moment_on() -> None:
    async with Meeting() as meeting:
        for name in ("anna", "bryn", "carys"):
            await meeting.bring(name, sender())
        await talking(meeting, "anna", "carys")
        await talking(meeting, "carys", "anna")

        meeting.put_out("carys")
        given, got = (meeting.packets(*pair, "audio") for pair in (("anna", "carys"), ("carys", "anna")))
        await talking(meeting, "anna", "bryn")

        assert meeting.packets("anna", "carys", "audio") == given
        assert meeting.packets("carys", "anna", "audio") <= got + 3  # what was on its way
        assert meeting.forwarder.figures().publishers == 2


async def test_who_is_not_admitted_is_not_answered() -> None:
    async with Meeting() as meeting:
        await meeting.bring("anna", sender())
        stranger = sender()
        meeting.senders["stranger"] = stranger

        meeting.forwarder.obey(channel.Offer(ROOM, "stranger", stranger.session, await stranger.offer()))
        await asyncio.sleep(0.3)

        assert not stranger.is_connected
        assert meeting.forwarder.figures().publishers == 1


async def test_a_late_subscriber_starts_on_a_keyframe_that_was_asked_for() -> None:
    async with Meeting() as meeting:
        await meeting.bring("anna", sender())
        await meeting.bring("bryn")
        await talking(meeting, "bryn", "anna")
        asked = [stream.keyframes_asked for stream in meeting.senders["anna"].pictures]

        await meeting.bring("carys")
        await talking(meeting, "carys", "anna")

        assert meeting.listeners["carys"].heard["anna", "video"].began_with_keyframe
        assert sum(stream.keyframes_asked for stream in meeting.senders["anna"].pictures) > sum(asked)


async def test_a_publisher_who_comes_by_a_new_connection_goes_on_in_the_same_lines_without_a_gap() -> None:
    async with Meeting() as meeting:
        await meeting.bring("anna", sender())
        await meeting.bring("bryn")
        await talking(meeting, "bryn", "anna")
        before = meeting.senders["anna"]

        await meeting.publish("anna", sender())
        await meeting.until(lambda: meeting.senders["anna"].is_connected)
        await talking(meeting, "bryn", "anna", 100)
        await meeting.until(lambda: not before.is_connected)

        for kind in ("audio", "video"):
            numbers = list(meeting.listeners["bryn"].heard["anna", kind].numbers)
            assert all((later - earlier) % 65536 == 1 for earlier, later in pairwise(numbers))
        await before.close()


async def test_what_is_lost_on_the_way_down_is_sent_again() -> None:
    dice = random.Random(4)
    async with Meeting() as meeting:
        await meeting.bring("anna", sender(low=None))
        await meeting.bring("bryn", listener=PacketListener(loss=lambda: dice.random() < 0.05))

        await talking(meeting, "bryn", "anna", 600)
        await asyncio.sleep(0.5)

        heard = meeting.listeners["bryn"].heard["anna", "video"]
        expected = heard.missing.highest - min(heard.numbers) + 1
        assert heard.again > 10
        assert heard.packets > 0.985 * expected
        assert meeting.forwarder.carried.sent_again >= heard.again


async def test_what_is_lost_on_the_way_up_is_asked_for_and_passed_on() -> None:
    dice = random.Random(5)
    async with Meeting() as meeting:
        await meeting.bring("anna", sender(low=None, loss=lambda: dice.random() < 0.05))
        await meeting.bring("bryn")

        await talking(meeting, "bryn", "anna", 600)
        await asyncio.sleep(0.5)

        heard = meeting.listeners["bryn"].heard["anna", "video"]
        assert meeting.senders["anna"].pictures[0].repeated > 10
        assert heard.packets > 0.985 * (heard.missing.highest - min(heard.numbers) + 1)


async def test_sequence_numbers_that_wrap_are_passed_on_without_a_gap() -> None:
    async with Meeting() as meeting:
        wrapping = sender()
        for stream in (wrapping.sound, *wrapping.pictures):
            stream.sequence = 65_500
        await meeting.bring("anna", wrapping)
        await meeting.bring("bryn")

        await talking(meeting, "bryn", "anna", 200)

        numbers = list(meeting.listeners["bryn"].heard["anna", "audio"].numbers)
        assert wrapping.sound.sequence < 65_000
        assert all((later - earlier) % 65536 == 1 for earlier, later in pairwise(numbers))


async def test_a_good_line_gets_the_large_picture_and_a_thin_one_the_small() -> None:
    async with Meeting() as meeting:
        await meeting.bring("anna", PacketSender(high=Picture(640, 480, 15, 1_500_000), low=SMALL))
        await meeting.bring("bryn")
        await meeting.bring("carys", listener=PacketListener(link=Bottleneck(600_000)))

        await meeting.until(lambda: rate(meeting, "bryn") > 1_000_000, 30)
        good, thin = (meeting.listeners[name].heard["anna", "video"] for name in ("bryn", "carys"))
        await meeting.until(lambda: steady(thin, 14), 40)

        assert good.octets > 2 * thin.octets


async def test_a_line_that_carries_no_picture_gets_sound_alone_and_is_told() -> None:
    async with Meeting() as meeting:
        await meeting.bring("anna", sender())
        await meeting.bring("bryn", listener=PacketListener(link=Bottleneck(200_000)))

        await meeting.until(lambda: ("bryn", "anna", False) in meeting.thinned)
        heard = meeting.packets("bryn", "anna", "audio")
        await asyncio.sleep(4)

        assert meeting.packets("bryn", "anna", "audio") > heard + 150


async def test_a_picture_that_the_publisher_pauses_gives_way_to_the_one_that_goes_on() -> None:
    async with Meeting() as meeting:
        await meeting.bring("anna", sender())
        await meeting.bring("bryn")
        await meeting.until(lambda: rate(meeting, "bryn") > 400_000, 30)

        meeting.senders["anna"].pictures[0].is_paused = True
        await asyncio.sleep(1.5)
        await talking(meeting, "bryn", "anna", 20)

        assert rate(meeting, "bryn") < 400_000


async def test_who_asks_for_a_new_connection_down_is_offered_one() -> None:
    async with Meeting() as meeting:
        await meeting.bring("anna", sender())
        await meeting.bring("bryn")
        await talking(meeting, "bryn", "anna")
        first = meeting.listeners["bryn"].session

        meeting.forwarder.obey(channel.OfferWanted(ROOM, "bryn"))
        await meeting.until(lambda: meeting.listeners["bryn"].session != first)
        await talking(meeting, "bryn", "anna")

        assert meeting.listeners["bryn"].session.startswith("down.")


def steady(heard: Heard, frames: int, seconds: int = 4) -> bool:
    """Whether there were so many whole pictures in each of that many seconds on end."""
    last = max(heard.frames_by_second, default=0) - 1
    return all(heard.frames_by_second[second] >= frames for second in range(last - seconds, last))


def rate(meeting: Meeting, listener: str) -> float:
    """Bits of picture in the last whole second."""
    heard = meeting.listeners[listener].heard.get(("anna", "video"))
    if heard is None or len(heard.octets_by_second) < 2:
        return 0.0
    return heard.octets_by_second[sorted(heard.octets_by_second)[-2]] * 8
