"""The real service on real sockets: the handshake, the first message, limits and closes."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from signalling import connection
from signalling.connection import is_origin_allowed
from tests.signalling.clients import CLINICIAN, PATIENT, PRESENTER, ROOM, Client, ticket
from tests.signalling.conftest import Enter

Serve = Callable[..., Awaitable[str]]


async def first_close(url: str, text: str | bytes) -> tuple[int, str]:
    """How a socket is closed after this first frame."""
    async with await Client.open(url) as client:
        await (client.ws.send_str(text) if isinstance(text, str) else client.ws.send_bytes(text))
        return await client.closed()


async def status_of_handshake(url: str, **options: Any) -> int:
    """The HTTP status of a handshake that fails."""
    with pytest.raises(aiohttp.WSServerHandshakeError) as failure:
        await Client.open(url, **options)
    return failure.value.status


@pytest.mark.parametrize(
    ("origin", "host", "allowed", "good"),
    [
        (None, "clinic.example", "", True),
        ("https://clinic.example", "clinic.example", "", True),
        ("https://CLINIC.example:443", "clinic.example", "", True),
        ("http://clinic.example:8001", "clinic.example:8001", "", True),
        ("http://clinic.example:8000", "clinic.example:8001", "", False),
        ("http://clinic.example", "clinic.example:443", "", False),
        ("https://evil.example", "clinic.example", "", False),
        ("null", "clinic.example", "", False),
        ("", "clinic.example", "", False),
        ("file://clinic.example", "clinic.example", "", False),
        ("http://[::1]:8001", "[::1]:8001", "", True),
        ("https://clinic.example", "elsewhere", "https://clinic.example", True),
        ("https://Clinic.Example", "elsewhere", "https://clinic.example", True),
        ("https://elsewhere", "elsewhere", "https://clinic.example", False),
        ("https://clinic.example.evil.example", "elsewhere", "https://clinic.example", False),
    ],
)
def test_a_handshake_comes_from_a_known_origin_or_from_no_browser(
    origin: str | None, host: str, allowed: str, good: bool
) -> None:
    origins = frozenset([allowed]) if allowed else frozenset[str]()

    assert is_origin_allowed(origin, host, origins) is good


async def test_a_foreign_origin_is_answered_403(serve: Serve) -> None:
    url = await serve(CARTREF_ORIGINS="https://clinic.example, https://other.example/")

    assert await status_of_handshake(url, origin="https://evil.example") == 403
    async with await Client.open(url, origin="https://other.example") as client:
        assert client.ws.protocol == "cartref.v1"


@pytest.mark.parametrize("protocols", [(), ("cartref.v2",)])
async def test_a_handshake_without_the_subprotocol_is_answered_400(url: str, protocols: tuple[str, ...]) -> None:
    assert await status_of_handshake(url, protocols=protocols) == 400


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        "{}",
        '{"type":"ping"}',
        '{"type":"hello"}',
        '{"type":"hello","ticket":"t","resume":"r","received":1}',
        '{"type":"hello","resume":"r"}',
        '{"type":"hello","resume":"r","received":-1}',
        '{"type":"hello","resume":"r","received":1.5}',
        '{"type":"hello","resume":"r","received":NaN}',
        b'{"type":"hello","ticket":"t"}',
    ],
)
async def test_a_first_frame_that_is_no_hello_is_closed_4400(url: str, text: str | bytes) -> None:
    assert (await first_close(url, text))[0] == 4400


async def test_a_client_that_says_nothing_is_closed_4400(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HELLO_SECONDS", 0.2)

    async with await Client.open(url) as client:
        assert await client.closed() == (4400, "no-hello")


@pytest.mark.parametrize(
    ("fields", "closed"),
    [
        ({"ticket": "no-token"}, (4401, "ticket-refused")),
        ({"resume": "no-token", "received": 0}, (4401, "resume-unknown")),
        ({"resume": "W10.é", "received": 0}, (4401, "resume-unknown")),
    ],
)
async def test_what_admits_nobody_is_closed_4401(url: str, fields: dict[str, Any], closed: tuple[int, str]) -> None:
    assert await first_close(url, json.dumps({"type": "hello", **fields})) == closed


async def test_a_ticket_admits_once(url: str) -> None:
    used = ticket(PATIENT, "patient")
    async with await Client.hello(url, ticket=used):
        closed = await first_close(url, json.dumps({"type": "hello", "ticket": used}))

    assert closed == (4401, "ticket-used")


async def test_a_full_room_does_not_spend_the_ticket(url: str, enter: Enter) -> None:
    seated = [await enter(url, f"participant-{number:04d}", "patient") for number in range(8)]
    kept = ticket(PATIENT, "patient")

    closed = await first_close(url, json.dumps({"type": "hello", "ticket": kept}))
    await seated[0].send("leave")
    left = await seated[0].closed()
    async with await Client.hello(url, ticket=kept) as client:
        welcome = client.welcome

    assert closed == (4413, "room-full")
    assert left == (1000, "left")
    assert welcome["participant"] == PATIENT


async def test_a_second_socket_for_a_seat_replaces_the_first(url: str, enter: Enter) -> None:
    first = await enter(url, PATIENT, "patient")

    second = await enter(url, PATIENT, "patient")

    assert await first.closed() == (4409, "replaced")
    assert second.welcome["epoch"] == 2


async def test_a_frame_of_64_kib_passes_and_a_longer_one_is_closed_1009(url: str, enter: Enter) -> None:
    patient = await enter(url, PATIENT, "patient")
    whole = json.dumps({"type": "ping", "t": ""})
    fill = 65_536 - len(whole)

    await patient.ws.send_str(json.dumps({"type": "ping", "t": "x" * fill}))
    pong = await patient.next("pong")
    await patient.ws.send_str(json.dumps({"type": "ping", "t": "x" * (fill + 1)}))

    assert len(pong["t"]) == fill
    assert (await patient.closed())[0] == 1009


async def test_a_binary_frame_is_closed_4400_and_the_seat_is_away(url: str, enter: Enter) -> None:
    clinician = await enter(url, CLINICIAN, "clinician")
    patient = await enter(url, PATIENT, "patient")

    await patient.ws.send_bytes(b"{}")

    assert await patient.closed() == (4400, "bad-frame")
    assert (await clinician.next("peer-updated"))["peer"]["status"] == "away"


async def test_a_flood_is_closed_4429_while_the_others_are_served(url: str, enter: Enter) -> None:
    clinician = await enter(url, CLINICIAN, "clinician")
    patient = await enter(url, PATIENT, "patient")

    for _ in range(400):
        await patient.send("ping", t=1)

    assert await patient.closed() == (4429, "flooding")
    assert await clinician.after_ping() is not None


async def test_three_hundred_messages_at_once_are_allowed(url: str, enter: Enter) -> None:
    patient = await enter(url, PATIENT, "patient")

    for number in range(300):
        await patient.send("ping", t=number)
    for number in range(300):
        assert (await patient.next("pong"))["t"] == number


async def test_silence_counts_as_lost(url: str, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "SILENCE_SECONDS", 0.5)
    clinician = await enter(url, CLINICIAN, "clinician")
    patient = await enter(url, PATIENT, "patient")

    async def keep_talking() -> None:
        while True:
            await asyncio.sleep(0.1)
            await clinician.send("ping")

    talking = asyncio.create_task(keep_talking())
    away = await clinician.next("peer-updated")
    talking.cancel()

    assert away["peer"] == {**away["peer"], "participant": PATIENT, "status": "away"}
    assert (await patient.closed())[0] == 1001


async def test_a_clean_close_without_leave_is_away_and_resumes(url: str, enter: Enter) -> None:
    clinician = await enter(url, CLINICIAN, "clinician")
    patient = await enter(url, PATIENT, "patient")

    await patient.close()
    away = await clinician.next("peer-updated")
    async with await Client.hello(url, resume=patient.welcome["resume"], received=1) as back:
        welcome = back.welcome

    assert away["peer"]["status"] == "away"
    assert (welcome["resumed"], welcome["status"]) == (True, "waiting")


async def test_a_slow_reader_is_closed_4429_and_resumes_at_once(url: str, enter: Enter) -> None:
    senders = [await enter(url, CLINICIAN, "clinician"), await enter(url, PRESENTER, "presenter")]
    patient = await enter(url, PATIENT, "patient")

    # The patient reads nothing: her client's buffers fill, then the kernel's, then the service keeps 256.
    for sender in senders:
        for _ in range(290):
            await sender.send("offer", to=PATIENT, session="s", sdp="v" * 48_000)
    async with asyncio.timeout(20):
        while (await senders[0].next("peer-updated"))["peer"]["status"] != "away":
            pass
    async with await Client.hello(url, resume=patient.welcome["resume"], received=1) as back:
        welcome = back.welcome

    assert (welcome["resumed"], welcome["room"]) == (False, ROOM)
    assert await patient.closed() == (4429, "slow")


async def test_a_burst_to_a_reader_that_keeps_up_is_not_slow(url: str, enter: Enter) -> None:
    clinician = await enter(url, CLINICIAN, "clinician")
    patient = await enter(url, PATIENT, "patient")

    for number in range(299):
        await clinician.send("chat", to=PATIENT, text=str(number))

    assert [(await patient.next("chat"))["text"] for _ in range(299)] == [str(number) for number in range(299)]
