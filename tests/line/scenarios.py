"""What a visit is put through on the line, and what it has to come to."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.line.stand import SERVER, Ends, measured, over

PAUSED = re.compile("picture is paused so that you can hear each other|llun wedi'i oedi, er mwyn i chi glywed")
BACK = re.compile("The picture is back|Mae'r llun yn ôl")
SETTLING = 10.0  # s in which the picture finds its size
WATCHED = 15.0
POLL = 100  # ms
SOON = 90_000  # ms for a word on a page


@dataclass(frozen=True)
class Outcome:
    """One row of the table: the line, what was found in words, and whether it is what it has to be."""

    line: str
    found: str
    wanted: str
    holds: bool


Scenario = Callable[[Ends], Outcome]


def slow_and_lossy(ends: Ends) -> Outcome:
    """Talk over 300 ms, 10 % loss and 500 kbit/s up: the clinic sees a moving picture."""
    with ends.visit() as (clinician, _):
        ends.link.set(delay_ms=150, loss=0.1)
        ends.link.up.set(kbit=500)
        clinician.wait_for_timeout(SETTLING * 1000)
        got = over(clinician, WATCHED)
    found = f"{got['fps']:.0f} frames a second, {_share(got['concealed'])} of the sound filled in"
    return Outcome("300 ms there and back, 10 % loss, 500 kbit/s up", found, "20 frames a second", got["fps"] >= 20)


def thin(ends: Ends) -> Outcome:
    """Talk over 150 kbit/s up: the sound is whole, the picture is paused, and both sides are told so."""
    with ends.visit() as (clinician, patient):
        ends.link.set(delay_ms=50)
        ends.link.up.set(kbit=150)
        for page in (clinician, patient):
            expect(page.locator("[data-paused]")).to_contain_text(PAUSED, timeout=SOON)
        got = over(clinician, WATCHED)
        ends.link.repair()
        back = _told_again(clinician)
    found = f"paused and said on both sides; {_share(got['concealed'])} of the sound filled in; {back}"
    holds = got["concealed"] < 0.08 and got["heard"] > WATCHED * 20
    return Outcome("100 ms, 150 kbit/s up", found, "picture paused, under 8 % filled in", holds)


def other_network(ends: Ends) -> Outcome:
    """Go from one network to another: the sound is back within 3 s."""
    with ends.visit() as (clinician, _):
        ends.link.unplug()
        ends.other.plug(route=SERVER)
        gap = _silence(clinician)
        ends.other.unplug()
        ends.link.plug(route=SERVER)
    return Outcome("wifi away, another network there", f"sound back after {gap:.1f} s", "within 3 s", gap <= 3)


def cut(ends: Ends, seconds: float = 15) -> Outcome:
    """Lose the line for 15 s: the visit is back by itself."""
    with ends.visit() as (clinician, patient):
        ends.link.cut()
        clinician.wait_for_timeout(seconds * 1000)
        ends.link.heal()
        gap = _silence(clinician)
        patient.wait_for_timeout(1000)
        before = measured(patient)["packets"]
        patient.wait_for_timeout(2000)
        both = measured(patient)["packets"] > before
    found = f"back by itself, {gap:.1f} s after the line was" if both else "one side hears nothing"
    return Outcome(f"nothing for {seconds:.0f} s", found, "back without a press", both and gap < 30)


def relayed(way: str, pattern: str) -> Scenario:
    """Return the scenario of a visit that may only use the TURN server, by one way."""

    def scenario(ends: Ends) -> Outcome:
        with ends.visit(relayed=pattern) as (clinician, patient):
            ends.link.set(delay_ms=50)
            got = over(clinician, 5)
            path = str(measured(patient)["path"])
        found = f"path {path}, {got['fps']:.0f} frames a second"
        holds = path == f"relay/{way}" and got["fps"] > 5
        return Outcome(f"100 ms, TURN over {way.upper()} alone", found, "sees and hears", holds)

    return scenario


SCENARIOS: dict[str, Scenario] = {
    "slow": slow_and_lossy,
    "thin": thin,
    "network": other_network,
    "cut": cut,
    "udp": relayed("udp", "/^turn:.*udp$/"),
    "tcp": relayed("tcp", "/^turn:.*tcp$/"),
    "tls": relayed("tls", "/^turns:/"),
}


def _told_again(page: Page) -> str:
    began = time.monotonic()
    expect(page.locator("[data-paused]")).to_contain_text(BACK, timeout=SOON)
    return f"picture back {time.monotonic() - began:.0f} s after the line was"


def _silence(page: Page, seconds: float = 30) -> float:
    """Return for how long a page hears nothing from now on: until packets of sound keep coming."""
    began = time.monotonic()
    last, since = measured(page)["packets"], began
    heard_at = None
    while time.monotonic() - began < seconds:
        page.wait_for_timeout(POLL)
        now, packets = time.monotonic(), measured(page)["packets"]
        if packets != last:
            last, since = packets, now
            heard_at = heard_at or now
        elif now - since > 1:
            heard_at = None  # what came was on its way before the line was gone
        if heard_at and now - heard_at > 3:
            break
    return (heard_at or time.monotonic()) - began


def _share(part: float) -> str:
    return f"{part * 100:.1f} %"
