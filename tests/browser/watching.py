"""What a browser really decodes and plays, asked of its own peer connections."""

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

RECORD = """
window.connections = [];
const Plain = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Plain {
  constructor(...given) { super(...given); window.connections.push(this); }
};
"""
HEARD_AND_SEEN = """async () => {
  let frames = 0, energy = 0, sent = 0;
  for (const connection of window.connections ?? []) {
    for (const report of (await connection.getStats()).values()) {
      if (report.type === 'inbound-rtp' && report.kind === 'video') frames += report.framesDecoded ?? 0;
      if (report.type === 'inbound-rtp' && report.kind === 'audio') energy += report.totalAudioEnergy ?? 0;
      if (report.type === 'outbound-rtp') sent += report.bytesSent ?? 0;
    }
  }
  const playing = [...document.querySelectorAll('video, audio')]
    .filter((element) => element.srcObject && !['own', 'preview'].includes(element.id))
    .filter((element) => element.srcObject.getTracks().some((track) => track.readyState === 'live'));
  return {frames, energy, sent, playing: playing.length};
}"""
ATTACH_EVERYTHING = """async () => {
  const stream = await navigator.mediaDevices.getUserMedia({audio: true, video: true});
  let attached = 0;
  for (const connection of window.connections ?? []) {
    for (const transceiver of connection.getTransceivers()) {
      const kind = transceiver.receiver.track.kind;
      await transceiver.sender.replaceTrack(stream.getTracks().find((track) => track.kind === kind));
      attached += 1;
    }
  }
  return attached;
}"""


def record_connections(page: Page) -> Page:
    """Let the page keep every peer connection it makes where a test can ask it; call before it opens."""
    page.add_init_script(RECORD)
    return page


def heard_and_seen(page: Page) -> dict[str, Any]:
    """Return {frames decoded, audio energy received, bytes sent, elements playing somebody else}, so far."""
    return dict(page.evaluate(HEARD_AND_SEEN))


def attach_everything(page: Page) -> int:
    """Put this page's camera and microphone on every line it has, as a tampered page would; return on how many."""
    return int(page.evaluate(ATTACH_EVERYTHING))


def until(page: Page, claim: Callable[[], object], seconds: float = 30) -> None:
    """Wait until `claim` is true; fail with its last answer."""
    end = time.monotonic() + seconds
    while not (answer := claim()):
        assert time.monotonic() < end, f"still {answer!r} after {seconds} s"
        page.wait_for_timeout(200)


def sees_and_hears(page: Page, seconds: float = 30) -> None:
    """Wait until new frames are decoded and new sound is heard from the other side."""
    before = heard_and_seen(page)

    def more() -> bool:
        now = heard_and_seen(page)
        return now["frames"] > before["frames"] + 5 and now["energy"] > before["energy"] and now["playing"] > 0

    until(page, more, seconds)
