"""What operators are shown, and what starting needs."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest

from signalling.config import DEVELOPMENT_KEYS, SettingsError, read_settings
from signalling.turn import credential
from tests.signalling.clients import PATIENT, ROOM
from tests.signalling.conftest import Enter
from tests.signalling.disk import file_size_limit

Serve = Callable[..., Awaitable[str]]
GOOD = {
    "CARTREF_ENVIRONMENT": "production",
    "CARTREF_TICKET_KEY": "t" * 32,
    "CARTREF_EVENTS_KEY": "e" * 32,
    "CARTREF_APP_URL": "https://clinic.example/",
    "CARTREF_SIGNALLING_DATA": "/var/lib/cartref",
}


async def get(url: str, path: str) -> tuple[int, str]:
    """Status and body of a page beside the socket."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(url.replace("ws://", "http://").replace("/v1/socket", path)) as response,
    ):
        return response.status, await response.text()


async def test_the_process_answers_and_says_that_it_is_ready(url: str) -> None:
    assert await get(url, "/healthz") == (200, '{"status": "ok"}')
    status, body = await get(url, "/readyz")
    assert (status, json.loads(body)) == (200, {"journal": True, "spool": True, "bus": True})


async def test_a_disk_that_takes_no_more_is_not_ready_and_is_again_when_it_does(url: str) -> None:
    with file_size_limit(1024):
        refused = await get(url, "/readyz")
        alive = await get(url, "/healthz")

    assert (refused[0], json.loads(refused[1])["journal"], alive[0]) == (503, False, 200)
    assert (await get(url, "/readyz"))[0] == 200


async def test_figures_count_and_name_nobody(url: str, enter: Enter) -> None:
    await enter(url, PATIENT, "patient")

    _, figures = await get(url, "/metrics")

    assert 'cartref_signalling_welcomes_total{how="ticket"} 1.0' in figures
    assert "cartref_signalling_sockets 1.0" in figures
    assert PATIENT not in figures
    assert ROOM not in figures


async def test_a_socket_needs_an_upgrade(url: str) -> None:
    status, _ = await get(url, "/v1/socket")

    assert status == 400


async def test_without_turn_no_ice_server_is_named(url: str, enter: Enter) -> None:
    patient = await enter(url, PATIENT, "patient")

    assert patient.welcome["iceServers"] == []


async def test_turn_credentials_are_made_for_one_person_and_a_limited_time(serve: Serve, enter: Enter) -> None:
    urls = "turn:turn.example:3478?transport=udp,turns:turn.example:443?transport=tcp"
    url = await serve(CARTREF_TURN_SECRET="secret", CARTREF_TURN_URLS=urls)

    patient = await enter(url, PATIENT, "patient", relay=True)

    [server] = patient.welcome["iceServers"]
    expiry, _, name = server["username"].partition(":")
    assert server["urls"] == urls.split(",")
    assert name == PATIENT
    assert 0 < int(expiry) - patient.welcome["now"] <= 4 * 3600
    assert server["credential"] == credential("secret", server["username"])
    assert patient.welcome["icePolicy"] == "relay"


def test_a_known_turn_credential_is_what_coturn_expects() -> None:
    # printf '1767240000:patient' | openssl dgst -sha1 -hmac secret -binary | base64
    assert credential("secret", "1767240000:patient") == "0B/u36p5oki4UinKgVAzKFQvL2U="


def test_production_starts_with_all_it_needs() -> None:
    settings = read_settings({**GOOD, "CARTREF_ORIGINS": "https://A.example/, https://b.example"})

    assert settings.app_url == "https://clinic.example"
    assert settings.origins == {"https://a.example", "https://b.example"}
    assert (settings.host, settings.port, settings.turn_urls) == ("127.0.0.1", 8001, ())


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        (
            {"CARTREF_ENVIRONMENT": "production"},
            ["CARTREF_TICKET_KEY", "CARTREF_EVENTS_KEY", "CARTREF_APP_URL", "CARTREF_SIGNALLING_DATA"],
        ),
        ({**GOOD, **DEVELOPMENT_KEYS}, ["CARTREF_TICKET_KEY", "CARTREF_EVENTS_KEY"]),
        ({"CARTREF_TICKET_KEY": "short", "CARTREF_EVENTS_KEY": "short"}, ["CARTREF_TICKET_KEY", "CARTREF_EVENTS_KEY"]),
        ({"CARTREF_SIGNALLING_PORT": "many"}, ["CARTREF_SIGNALLING_PORT"]),
        ({"CARTREF_ENVIRONMENT": "holiday"}, ["CARTREF_ENVIRONMENT"]),
        ({"CARTREF_APP_URL": "clinic.example"}, ["CARTREF_APP_URL"]),
        ({"CARTREF_TURN_URLS": "turn:turn.example"}, ["CARTREF_TURN_SECRET"]),
        ({"CARTREF_TURN_SECRET": "secret"}, ["CARTREF_TURN_URLS"]),
        ({"CARTREF_TURN_URLS": "https://turn.example"}, ["CARTREF_TURN_URLS"]),
        ({"CARTREF_TICKET_PUBLIC_KEY": "no key"}, ["CARTREF_TICKET_PUBLIC_KEY"]),
    ],
)
def test_everything_missing_or_wrong_is_named_at_once(environ: dict[str, str], named: list[str]) -> None:
    with pytest.raises(SettingsError) as failure:
        read_settings(environ)

    assert all(name in str(failure.value) for name in named)
    assert len(failure.value.faults) == len(named) or "TURN" in named[0]


def test_the_service_does_not_load_what_carries_media() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, signalling.__main__; print('aiortc' in sys.modules, 'av' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert loaded.stdout.split() == ["False", "False"]


async def test_settings_that_can_not_be_used_are_said_and_end_the_process(tmp_path: Path) -> None:
    started = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "signalling"),
        env={"CARTREF_ENVIRONMENT": "production"},
        cwd=Path(__file__).parents[2],
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await started.communicate()

    assert started.returncode == 2
    assert b"CARTREF_EVENTS_KEY is missing" in said
