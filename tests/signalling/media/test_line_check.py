"""The check of a line over real HTTP and with a real WebRTC peer: its tickets, its limits, and what is sent back."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack
from aiortc.mediastreams import AudioStreamTrack

from signalling.checks.check import AT_ONCE, BYTES_AT_ONCE, BYTES_DOWN, BYTES_UP, OFFERS, Check, UsedUp
from signalling.checks.echo import EchoProcess, NotUnderstood
from signalling.turn import credential
from signalling.wire import mint_check_ticket
from tests.signalling.clients import PATIENT, TICKET_KEY, Client, ticket
from tests.signalling.processes import Process

# What Chromium 156 offers for sound and a picture.
CHROMIUM_OFFER = (Path(__file__).parent / "chromium_offer.sdp").read_text(encoding="utf-8").replace("\n", "\r\n")
# aiortc loads its decoders with itself: that none is made is seen by what their maker was asked for.
LOADED = """
import aiortc.codecs, aiortc.rtcrtpreceiver
asked = []
aiortc.codecs.get_decoder = aiortc.rtcrtpreceiver.get_decoder = asked.append
from signalling.media.line_check import Echoed
from signalling.media.describing import UpLine
from signalling.media import rtp
line = Echoed(UpLine("audio", "0", 111))
packet = rtp.read(line.take(rtp.read(rtp.write(111, 1, 7, 960, 5, b"", b"not Opus at all")), 0.0))
print("sent back" if packet.payload == b"not Opus at all" and packet.ssrc == line.ssrc else packet, asked)
"""
Serve = Callable[..., Awaitable[str]]
TIMEOUT = 20
ORIGIN = "https://clinic.example"


class Browser:
    """A page that checks its line: requests to one service, and the id of its check."""

    def __init__(self, session: aiohttp.ClientSession, socket_url: str) -> None:
        self._session = session
        self._base = socket_url.replace("ws://", "http://").replace("/v1/socket", "/v1/check")
        self.check = ""
        self.headers: dict[str, str] = {}

    async def ask(self, path: str = "", method: str = "POST", **options: Any) -> tuple[int, Any]:
        """Status and JSON (or length) of an answer."""
        async with self._session.request(method, self._base + path, **options) as response:
            self.headers = dict(response.headers)
            if response.content_type == "application/json":
                return response.status, await response.json()
            return response.status, len(await response.read())

    async def begin(self, token: str | None = None, **options: Any) -> tuple[int, Any]:
        """Open a check."""
        status, answer = await self.ask(json={"ticket": token or check_ticket()}, **options)
        self.check = answer.get("check", "")
        return status, answer

    async def step(self, name: str, method: str = "POST", **options: Any) -> tuple[int, Any]:
        """One step of the check that is open."""
        return await self.ask(f"/{self.check}/{name}", method, **options)


def check_ticket(participant: str = PATIENT) -> str:
    return mint_check_ticket(TICKET_KEY, time.time(), participant)


@pytest.fixture
async def open_page() -> AsyncIterator[Callable[[str], Browser]]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(TIMEOUT)) as session:
        yield lambda url: Browser(session, url)


@pytest.fixture
def browser(url: str, open_page: Callable[[str], Browser]) -> Browser:
    return open_page(url)


@asynccontextmanager
async def peer(*tracks: MediaStreamTrack) -> AsyncIterator[RTCPeerConnection]:
    """A real peer that sends these tracks."""
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    for track in tracks:
        connection.addTrack(track)
    await connection.setLocalDescription(await connection.createOffer())
    yield connection
    await connection.close()


async def connect(browser: Browser, connection: RTCPeerConnection) -> None:
    status, answer = await browser.step("offer", json={"sdp": connection.localDescription.sdp})
    assert status == 200, answer
    await connection.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))


async def received(connection: RTCPeerConnection, kind: str) -> dict[str, float]:
    """What one line of a connection has received, and how much of what it sent arrived."""
    figures = {"received": 0.0, "reported": 0.0}
    for row in (await connection.getStats()).values():
        if getattr(row, "kind", "") == kind and row.type == "inbound-rtp":
            figures["received"] += row.packetsReceived
        if getattr(row, "kind", "") == kind and row.type == "remote-inbound-rtp":
            figures["reported"] += row.packetsReceived
    return figures


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(TIMEOUT):
        while not await condition():
            await asyncio.sleep(0.1)


async def test_sound_and_picture_come_back_and_are_reported_as_received(browser: Browser) -> None:
    await browser.begin()
    async with peer(AudioStreamTrack(), VideoStreamTrack()) as connection:
        await connect(browser, connection)

        async def both_ways() -> bool:
            sound, picture = [await received(connection, kind) for kind in ("audio", "video")]
            return min(sound["received"], sound["reported"]) > 20 and min(picture.values()) > 5

        await until(both_ways)


async def test_the_picture_that_comes_back_is_the_one_that_was_sent(browser: Browser) -> None:
    await browser.begin()
    async with peer(VideoStreamTrack()) as connection:
        tracks: list[MediaStreamTrack] = []
        connection.on("track", tracks.append)
        await connect(browser, connection)

        async with asyncio.timeout(TIMEOUT):
            frame: Any = await tracks[0].recv()

        assert (frame.width, frame.height) == (640, 480)


def test_what_comes_back_is_what_was_heard_and_nothing_of_it_was_decoded() -> None:
    said = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, timeout=TIMEOUT
    ).stdout

    assert said.split() == ["sent", "back", "[]"]


async def test_the_answer_asks_for_nothing_but_opus_and_vp8_and_reports_for_congestion_control(
    browser: Browser,
) -> None:
    await browser.begin()
    offer = CHROMIUM_OFFER

    status, answer = await browser.step("offer", json={"sdp": offer})

    assert status == 200, answer
    names = {line.split(" ")[1].split("/")[0].lower() for line in answer["sdp"].splitlines() if "a=rtpmap:" in line}
    assert names == {"opus", "vp8", "rtx"}
    assert answer["sdp"].count("transport-wide-cc-extensions-01") == 2
    assert answer["sdp"].count(" transport-cc") == 2
    assert "goog-remb" not in answer["sdp"]
    assert "a=candidate:" in answer["sdp"]


async def test_credentials_are_made_for_the_check_alone_and_can_be_had_anew(
    serve: Serve, open_page: Callable[[str], Browser]
) -> None:
    urls = "turn:turn.example:3478?transport=udp,turns:turn.example:443?transport=tcp"
    browser = open_page(await serve(CARTREF_TURN_SECRET="secret", CARTREF_TURN_URLS=urls))

    _, answer = await browser.begin()
    _, renewed = await browser.step("ice-servers")

    for [server] in (answer["iceServers"], renewed["iceServers"]):
        expiry, _, name = server["username"].partition(":")
        assert server["urls"] == urls.split(",")
        assert name == PATIENT
        assert 60 < int(expiry) - time.time() <= 300
        assert server["credential"] == credential("secret", server["username"])


async def test_a_ticket_opens_one_check_and_no_second(browser: Browser) -> None:
    token = check_ticket()

    first = await browser.begin(token)
    second = await browser.begin(token)

    assert first[0] == 200
    assert second == (401, {"error": "ticket-used"})


@pytest.mark.parametrize(
    "token",
    [
        ticket(PATIENT, "patient"),
        ticket("board-90ab12cd34ef56", "board", topics=("session-0123456789ab",)),
        mint_check_ticket(b"x" * 32, time.time(), PATIENT),
        mint_check_ticket(TICKET_KEY, time.time() - 120, PATIENT),
        "no ticket at all",
    ],
    ids=["for a seat", "for a board", "another key", "old", "none"],
)
async def test_any_other_ticket_is_refused(browser: Browser, token: str) -> None:
    assert await browser.begin(token) == (401, {"error": "ticket-refused"})


async def test_a_socket_refuses_the_ticket_of_a_check_and_does_not_spend_it(url: str, browser: Browser) -> None:
    token = check_ticket()
    async with await Client.open(url) as client:
        await client.send("hello", ticket=token)

        assert await client.closed() == (4401, "ticket-refused")

    assert (await browser.begin(token))[0] == 200


async def test_bytes_are_sent_and_taken_within_bounds_and_are_not_to_be_kept(browser: Browser) -> None:
    await browser.begin()

    down = await browser.step("bytes?count=100000", "GET")
    assert browser.headers["Cache-Control"] == "no-store"
    up = await browser.step("bytes", data=b"x" * 70_000)

    assert (down, up) == ((200, 100_000), (200, {"count": 70_000}))
    for count in ("0", "-1", "many", str(BYTES_AT_ONCE + 1), "9" * 400, ""):
        assert await browser.step(f"bytes?count={count}", "GET") == (422, {"error": "invalid"})
    assert (await browser.step("bytes", data=b"x" * (BYTES_AT_ONCE + 1)))[0] == 413


async def test_a_check_has_only_so_many_bytes(browser: Browser) -> None:
    await browser.begin()

    down = [(await browser.step(f"bytes?count={BYTES_AT_ONCE}", "GET"))[0] for _ in range(9)]
    up = [(await browser.step("bytes", data=b"x" * BYTES_AT_ONCE))[0] for _ in range(5)]

    assert down == [200] * (BYTES_DOWN // BYTES_AT_ONCE) + [429]
    assert up == [200] * (BYTES_UP // BYTES_AT_ONCE) + [429]


async def test_only_so_many_checks_are_open_at_once_and_one_of_each_person(browser: Browser) -> None:
    people = [f"patient-{number:016}" for number in range(AT_ONCE + 1)]

    opened = [(await browser.begin(check_ticket(person)))[0] for person in people[:AT_ONCE]]
    waiting = check_ticket(people[AT_ONCE])
    refused = await browser.begin(waiting)

    assert opened == [200] * AT_ONCE
    assert refused == (503, {"error": "busy"})


async def test_a_second_check_of_a_person_closes_her_first(browser: Browser) -> None:
    await browser.begin()
    first = browser.check
    await browser.begin()

    assert (await browser.ask(f"/{first}/ice-servers"))[0] == 404
    assert (await browser.step("ice-servers"))[0] == 200


async def test_what_is_done_is_closed_and_its_echo_falls_silent(browser: Browser) -> None:
    await browser.begin()
    async with peer(AudioStreamTrack()) as connection:
        await connect(browser, connection)

        async def is_heard() -> bool:
            return (await received(connection, "audio"))["received"] > 5

        await until(is_heard)
        assert (await browser.step("done"))[0] == 204

        async def is_closed() -> bool:
            return connection.connectionState in {"closed", "failed"}

        await until(is_closed)
    assert await browser.step("offer", json={"sdp": ""}) == (404, {"error": "no-such-check"})


async def test_a_check_that_is_over_time_is_closed(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signalling.checks.doors.SECONDS", 0.3)

    _, answer = await browser.begin()
    await asyncio.sleep(0.6)

    assert answer["check"]
    assert (await browser.step("ice-servers"))[0] == 404


@pytest.mark.parametrize(
    "sdp", ["", "v=0", "v=0\r\nm=audio x y z\r\n", "\x00" * 100, "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"]
)
async def test_an_offer_that_says_nothing_is_refused_and_ends_nothing(browser: Browser, sdp: str) -> None:
    await browser.begin()

    assert await browser.step("offer", json={"sdp": sdp}) == (422, {"error": "invalid"})
    assert (await browser.step("offer", json={"sdp": CHROMIUM_OFFER}))[0] == 200


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"nonsense", b'{"sdp": 7}', b"[" * 90_000])
async def test_a_body_of_another_shape_is_refused(browser: Browser, body: bytes) -> None:
    await browser.begin()

    assert await browser.step("offer", data=body) == (422, {"error": "invalid"})


async def test_a_body_that_is_too_long_is_refused(browser: Browser) -> None:
    await browser.begin()

    assert await browser.step("offer", data=b"x" * 200_000) == (413, {"error": "too-long"})
    assert await browser.ask(data=b"x" * 200_000) == (413, {"error": "too-long"})


async def test_only_so_many_offers_are_answered(browser: Browser) -> None:
    await browser.begin()

    statuses = [(await browser.step("offer", json={"sdp": CHROMIUM_OFFER}))[0] for _ in range(OFFERS + 1)]

    assert statuses == [200] * OFFERS + [429]


async def test_pages_of_an_allowed_origin_may_read_the_answers_and_no_others_may(
    serve: Serve, open_page: Callable[[str], Browser]
) -> None:
    browser = open_page(await serve(CARTREF_ORIGINS=ORIGIN))

    allowed = await browser.begin(headers={"Origin": ORIGIN})
    assert browser.headers["Access-Control-Allow-Origin"] == ORIGIN
    foreign = await browser.begin(headers={"Origin": "https://elsewhere.example"})
    assert "Access-Control-Allow-Origin" not in browser.headers

    assert (allowed[0], foreign) == (200, (403, {"error": "origin"}))


async def test_a_service_that_was_killed_knows_the_tickets_that_were_spent(
    process: Process, open_page: Callable[[str], Browser]
) -> None:
    token = check_ticket()
    before = await open_page(process.url).begin(token)
    await process.kill()
    await process.start()

    after = await open_page(process.url).begin(token)

    assert (before[0], after) == (200, (401, {"error": "ticket-used"}))


async def test_the_answer_names_the_address_that_the_world_knows() -> None:
    echo = EchoProcess("203.0.113.7")
    try:
        answer = await echo.answer("check", CHROMIUM_OFFER)
    finally:
        await echo.stop()

    hosts = {line.split(" ")[4] for line in answer.splitlines() if line.startswith("a=candidate:")}
    assert "203.0.113.7" in hosts
    assert [host for host in hosts if "." in host] == ["203.0.113.7"]


async def test_an_echo_that_died_is_started_again() -> None:
    echo = EchoProcess()
    try:
        await echo.answer("first", CHROMIUM_OFFER)
        assert echo._process is not None
        echo._process.kill()
        await echo._process.wait()

        assert "a=candidate:" in await echo.answer("second", CHROMIUM_OFFER)
        with pytest.raises(NotUnderstood):
            await echo.answer("third", "nonsense")
    finally:
        await echo.stop()


def test_a_check_uses_up_what_it_may_have() -> None:
    check = Check("id", PATIENT)

    check.use("up", BYTES_UP)

    with pytest.raises(UsedUp):
        check.use("up", 1)
