"""The whole clinic at one end of a link, a patient's browser at the other, and what both see and hear."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Playwright

from tests.browser import steps
from tests.browser.conftest import DESK, PHONE
from tests.browser.stack import Clinic, running_clinic
from tests.browser.watching import record_connections, sees_and_hears
from tests.line.doors import door
from tests.line.link import Link
from tests.line.namespaces import Namespace, namespace
from tests.programs import coturn
from tests.programs.chromium import launch_options

SERVER = "10.99.0.1"  # where the clinic is for whoever is beyond the link
PLAIN_CAMERA = "--use-fake-device-for-media-stream"
MEASURE = """async () => {
  const sum = { at: performance.now(), frames: 0, frozen: 0, samples: 0, concealed: 0, packets: 0, path: "" };
  for (const connection of (window.connections ?? []).filter((each) => each.connectionState !== "closed")) {
    const stats = await connection.getStats();
    for (const row of stats.values()) {
      if (row.type === "inbound-rtp" && row.kind === "video") {
        sum.frames += row.framesDecoded ?? 0;
        sum.frozen += row.totalFreezesDuration ?? 0;
      }
      if (row.type === "inbound-rtp" && row.kind === "audio") {
        sum.samples += row.totalSamplesReceived ?? 0;
        sum.concealed += (row.concealedSamples ?? 0) - (row.silentConcealedSamples ?? 0);
        sum.packets += row.packetsReceived ?? 0;
      }
      if (row.type === "transport" && row.selectedCandidatePairId) {
        const pair = stats.get(row.selectedCandidatePairId);
        const local = stats.get(pair?.localCandidateId);
        sum.path = [local?.candidateType, local?.relayProtocol].filter(Boolean).join("/");
      }
    }
  }
  return sum;
}"""
RELAYED = """
const Given = window.RTCPeerConnection;
const narrow = (server) => ({ ...server, urls: [server.urls].flat().filter((url) => %s.test(url)) });
const only = ({ iceServers, ...others }) =>
  ({ ...others, iceTransportPolicy: "relay", iceServers: iceServers.map(narrow) });
window.RTCPeerConnection = class extends Given {
  constructor(configuration) { super(only(configuration)); }
  setConfiguration(configuration) { super.setConfiguration(only(configuration)); }
};
"""


@dataclass
class Ends:
    """The running clinic, the browser of each end, the link between them and another, which is not plugged in."""

    clinic: Clinic
    link: Link
    other: Link
    browsers: dict[str, Browser]

    @contextmanager
    def visit(self, *, relayed: str | None = None) -> Iterator[tuple[Page, Page]]:
        """Hand out clinician and patient of the visit that is due, talking; `relayed` picks her TURN addresses."""
        due = self.clinic.due
        with ExitStack() as contexts:
            clinician = contexts.enter_context(self._page("surgery", DESK))
            patient = contexts.enter_context(self._page("home", PHONE, relayed))
            steps.sign_in(clinician, self.clinic, "clinician")
            steps.open_link(patient, due["link"], date.fromisoformat(due["date_of_birth"]))
            patient.locator("main a[href$='/room']").first.click()
            patient.locator("[data-ready]").click()
            clinician.goto(f"{self.clinic.web}/consultation/{due['id']}?let-in")
            for page in (clinician, patient):
                sees_and_hears(page, 60)
            yield clinician, patient
            self.link.repair()

    @contextmanager
    def _page(self, where: str, device: dict[str, Any], relayed: str | None = None) -> Iterator[Page]:
        context = self.browsers[where].new_context(**device, locale="en-GB", permissions=["camera", "microphone"])
        try:
            page = record_connections(context.new_page())
            if relayed:
                page.add_init_script(RELAYED % relayed)
            page.set_default_timeout(60_000)
            yield page
        finally:
            context.close()


@contextmanager
def ends(playwright: Playwright) -> Iterator[Ends]:
    """Run a clinic, a TURN server and two browsers with a link between them; raise NotAllowed where none may be."""
    with ExitStack() as parts:
        surgery, home = (parts.enter_context(namespace()) for _ in range(2))
        link, other = (parts.enter_context(Link(surgery, home, number)) for number in range(2))
        other.unplug()
        surgery.ip("address", "add", f"{SERVER}/32", "dev", "lo")
        link.plug(route=SERVER)
        folder = Path(parts.enter_context(TemporaryDirectory(prefix="cartref-line-")))
        with surgery.entered():
            turn = parts.enter_context(_turn_server())
            clinic = parts.enter_context(running_clinic(folder / "clinic", **_turn_settings(turn)))
        _doors(parts, clinic, surgery, home)
        browsers = {
            name: parts.enter_context(_browser(playwright, network, folder))
            for name, network in (("surgery", surgery), ("home", home))
        }
        yield Ends(clinic, link, other, browsers)


def measured(page: Page) -> dict[str, Any]:
    """Return what a page's connections have sent and received so far."""
    return dict(page.evaluate(MEASURE))


def over(page: Page, seconds: float) -> dict[str, float]:
    """Return {fps, concealed (share of 1), frozen (s), heard (packets)} of what a page receives in some seconds."""
    before = measured(page)
    page.wait_for_timeout(seconds * 1000)
    after = measured(page)
    gained = {name: after[name] - before[name] for name in before if name != "path"}
    return {
        "fps": gained["frames"] / (gained["at"] / 1000),
        "concealed": gained["concealed"] / max(1, gained["samples"]),
        "frozen": gained["frozen"],
        "heard": gained["packets"],
    }


def _turn_server() -> Any:
    return coturn.running(
        *coturn.NEIGHBOURS, "--allowed-peer-ip=10.77.0.0-10.99.255.255",
        CARTREF_TURN_ADDRESSES=f"{coturn.HOST} ::1 {SERVER}",
    )  # fmt: skip


def _turn_settings(turn: coturn.TurnServer) -> dict[str, str]:
    urls = ",".join(url.replace(turn.host, SERVER) for url in turn.urls)
    return {"CARTREF_TURN_SECRET": turn.secret, "CARTREF_TURN_URLS": urls}


def _doors(parts: ExitStack, clinic: Clinic, surgery: Namespace, home: Namespace) -> None:
    """Let the loopback addresses that both ends know, which browsers trust, lead to the one clinic."""
    signalling = clinic.environ["CARTREF_SIGNALLING_PUBLIC_URL"]
    for address in (clinic.web, signalling):
        port = urlsplit(address).port or 0
        parts.enter_context(door(surgery, (SERVER, port), ("127.0.0.1", port)))
        parts.enter_context(door(home, ("127.0.0.1", port), (SERVER, port)))


@contextmanager
def _browser(playwright: Playwright, network: Namespace, folder: Path) -> Iterator[Browser]:
    options = launch_options()
    flags = [f"{flag}=fps=30" if flag == PLAIN_CAMERA else flag for flag in options["args"]]
    started = playwright.chromium.launch(
        **options
        | {
            "executable_path": str(network.wrapper(options["executable_path"], folder)),
            "args": [*flags, "--ignore-certificate-errors"],
        }
    )
    try:
        yield started
    finally:
        started.close()
