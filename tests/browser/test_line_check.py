"""The check of a line in real Chromium, with the real service and a real TURN server, and all that can go wrong."""

import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, Page

from tests.browser.call_stand import Stand, call_stand, new_id
from tests.programs.coturn import NEIGHBOURS, TurnServer, running

pytestmark = pytest.mark.browser

LONGEST = 60_000  # ms
SELF_SIGNED = "--ignore-certificate-errors"
NOBODY = "turn:127.0.0.1:9"  # the discard port, where nothing listens

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory, turn_server: TurnServer) -> Iterator[Stand]:
    settings = {"CARTREF_TURN_SECRET": turn_server.secret, "CARTREF_TURN_URLS": ",".join(turn_server.urls)}
    with call_stand(tmp_path_factory.mktemp("signalling"), **settings) as running:
        yield running


@pytest.fixture
def open_page(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[OpenPage]:
    """Return a function that opens the check's page in a browser of its own, started with further flags."""
    browsers: list[Browser] = []

    def start(stand: Stand, *flags: str) -> Page:
        arguments = [*browser_type_launch_args["args"], SELF_SIGNED, *flags]
        browser = browser_type.launch(**{**browser_type_launch_args, "args": arguments})
        browsers.append(browser)
        page = browser.new_context(permissions=["camera", "microphone"]).new_page()
        page.set_default_timeout(LONGEST)
        page.goto(address(stand))
        page.wait_for_function("window.check !== undefined")
        return page

    yield start
    for browser in browsers:
        browser.close()


def address(stand: Stand) -> str:
    socket = stand.address("check.html", new_id("room"), new_id("patient"), "patient")
    return f"{socket}&check={stand.check}"


def checked(page: Page) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a whole check came to, and the verdict."""
    done = page.evaluate("check()")
    return done["result"], done["verdict"]


def test_where_all_is_well_every_way_is_proved_and_measured(stand: Stand, open_page: OpenPage) -> None:
    result, verdict = checked(open_page(stand))

    line = result["line"]
    assert verdict == {"readiness": "ready", "reasons": [], "notes": []}
    assert (result["camera"]["code"], result["microphone"]["code"]) == ("works", "works")
    assert [line[way] for way in ("socket", "udp", "tcp", "tls", "direct")] == [True] * 5
    assert (line["path"], line["fault"]) == ("host", None)
    assert line["loss"] < 0.05
    assert line["rtt"] is not None
    assert line["jitter"] is not None


def test_the_browser_learns_from_the_echo_what_its_way_up_carries(stand: Stand, open_page: OpenPage) -> None:
    page = open_page(stand)

    figures = page.evaluate(ECHO_ALONE)

    # Without the echo's reports it would stay below the 300 kbit/s that every browser begins with.
    assert figures["estimate"] > 600_000


def test_with_turn_stopped_the_direct_way_is_still_measured_and_the_relay_noted(
    tmp_path: Path, open_page: OpenPage
) -> None:
    settings = {"CARTREF_TURN_SECRET": "s" * 32, "CARTREF_TURN_URLS": f"{NOBODY}?transport=udp,{NOBODY}?transport=tcp"}
    with call_stand(tmp_path / "signalling", **settings) as stand:
        result, verdict = checked(open_page(stand))

    line = result["line"]
    assert [line[way] for way in ("udp", "tcp", "tls", "direct")] == [False, False, None, True]
    assert verdict == {"readiness": "ready", "reasons": [], "notes": ["no-relay"]}
    assert line["up"] > 250_000


def test_with_credentials_that_are_refused_no_relay_is_claimed(
    tmp_path: Path, open_page: OpenPage, turn_server: TurnServer
) -> None:
    settings = {"CARTREF_TURN_SECRET": "another-secret-" * 3, "CARTREF_TURN_URLS": ",".join(turn_server.urls)}
    with call_stand(tmp_path / "signalling", **settings) as stand:
        result, verdict = checked(open_page(stand))

    assert [result["line"][way] for way in ("udp", "tcp", "tls")] == [False] * 3
    assert verdict["notes"] == ["no-relay"]


def test_without_udp_the_relay_carries_the_echo_and_the_verdict_is_useful(stand: Stand, open_page: OpenPage) -> None:
    result, verdict = checked(open_page(stand, "--webrtc-ip-handling-policy=disable_non_proxied_udp"))

    line = result["line"]
    assert [line[way] for way in ("udp", "tcp", "tls", "direct")] == [False, True, True, False]
    assert line["path"] == "relay"
    assert line["loss"] is not None
    assert verdict == {"readiness": "ready", "reasons": [], "notes": ["no-udp", "relayed"]}


def test_a_way_that_carries_little_is_measured_as_little(tmp_path: Path, open_page: OpenPage) -> None:
    with running(*NEIGHBOURS, "--max-bps=15000") as narrow:  # bytes: 120 kbit/s
        settings = {"CARTREF_TURN_SECRET": narrow.secret, "CARTREF_TURN_URLS": narrow.urls[0]}
        with call_stand(tmp_path / "signalling", **settings) as stand:
            page = open_page(stand)
            page.evaluate(RELAYS_ONLY)
            result, verdict = checked(page)

    assert result["line"]["path"] == "relay"
    assert result["line"]["up"] < 300_000
    assert verdict["readiness"] != "ready"


def test_a_silent_microphone_is_noticed(stand: Stand, open_page: OpenPage, tmp_path: Path) -> None:
    silence = tmp_path / "silence.wav"
    with wave.open(str(silence), "wb") as sound:
        sound.setparams((1, 2, 48_000, 0, "NONE", ""))
        sound.writeframes(bytes(2 * 48_000))

    result, verdict = checked(open_page(stand, f"--use-file-for-fake-audio-capture={silence}"))

    assert result["microphone"] == {"code": "silent", "level": 0}
    assert verdict["readiness"] == "needs-help"
    assert verdict["reasons"] == ["microphone-silent"]
    assert result["line"]["loss"] is not None, "the line is measured all the same"


def test_a_camera_that_is_taken_is_told_and_the_line_is_measured_by_sound(stand: Stand, open_page: OpenPage) -> None:
    page = open_page(stand)
    # Chromium's fake devices are never taken: the page is given the refusal that a real one gives then.
    page.evaluate(CAMERA_TAKEN)

    result, verdict = checked(page)

    assert result["camera"] == {"code": "busy"}
    assert result["microphone"]["code"] == "works"
    assert verdict["reasons"] == ["camera-busy"]
    assert result["line"]["direct"] is True
    assert result["line"]["up"] > 0, "told by bytes alone: a browser that sends no picture does not look for more"


@pytest.mark.parametrize(
    ("frames", "code"),
    [(b"FRAME\n", "no-picture"), ((b"FRAME\n" + b"\x10" * 64 * 48 + b"\x80" * 64 * 24) * 3, "dark")],
    ids=["a device that fails as it starts", "a covered lens"],
)
def test_a_camera_that_opens_and_shows_nothing_is_noticed(
    stand: Stand, open_page: OpenPage, tmp_path: Path, frames: bytes, code: str
) -> None:
    film = tmp_path / "film.y4m"
    film.write_bytes(b"YUV4MPEG2 W64 H48 F10:1 Ip A1:1 C420jpeg\n" + frames)
    page = open_page(stand, f"--use-file-for-fake-video-capture={film}")

    assert page.evaluate(CAMERA_ALONE) == {"code": code}


def test_where_the_service_is_stopped_the_check_says_so_and_ends(tmp_path: Path, open_page: OpenPage) -> None:
    with call_stand(tmp_path / "signalling") as stand:
        page = open_page(stand)
        stand.kill()

        result, verdict = checked(page)

    assert result["line"]["fault"] == "no-service"
    assert result["line"]["socket"] is False
    assert verdict["reasons"] == ["line-none"]


def test_a_check_that_is_stopped_ends_at_once_and_closes_all_it_opened(stand: Stand, open_page: OpenPage) -> None:
    page = open_page(stand)

    line = page.evaluate(STOPPED)

    assert line["fault"] == "stopped"
    assert line["loss"] is None


ECHO_ALONE = """async () => {
  const { Echo } = await import("/js/call/line_check/echo.js");
  const { Limits } = await import("/js/call/line_check/limits.js");
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 480 } });
  const asked = Object.fromEntries(new URLSearchParams(location.search));
  const ticket = await (await fetch(`/check-ticket${location.search}`, { method: "POST" })).text();
  const post = async (path, body) =>
    (await fetch(asked.check + path, { method: "POST", body: JSON.stringify(body) })).json();
  const { check } = await post("", { ticket });
  const echo = new Echo(RTCPeerConnection, new Limits(window.clock), []);
  await echo.connect(async (sdp) => (await post(`/${check}/offer`, { sdp })).sdp);
  const [audio, video] = [stream.getAudioTracks()[0], stream.getVideoTracks()[0]];
  const figures = await echo.measure({ audio, video }, () => {});
  echo.close();
  return figures;
}"""

RELAYS_ONLY = """() => {
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration) {
      super({ ...configuration, iceTransportPolicy: "relay" });
    }
  };
}"""

CAMERA_TAKEN = """() => {
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (wanted) => {
    if (wanted.video) throw new DOMException("Could not start video source", "NotReadableError");
    return open(wanted);
  };
}"""

CAMERA_ALONE = """async () => {
  const { grabberOf } = await import("/js/call/line_check.js");
  const preview = document.querySelector("#preview");
  preview.srcObject = await navigator.mediaDevices.getUserMedia({ video: true });
  return make().camera({ grab: grabberOf(preview, document.createElement("canvas")) });
}"""

STOPPED = """async () => {
  const check = make();
  const measuring = new Promise((resolve) => check.on("step", (name) => name === "echo" && resolve()));
  const line = check.line({});
  await measuring;
  check.stop();
  return line;
}"""
