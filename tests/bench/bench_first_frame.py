"""How soon the clinician sees the patient after "Let in": warm standby against negotiation begun at that moment."""

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.call_stand import Stand, call_stand, new_id
from tests.programs.chromium import launch_options

ROUNDS = 20
PATIENCE = 20_000  # ms for any one step
SETTLE = 500  # ms, so that nothing of the opening of two pages is still going on

# What is compared: the row's name, the page, what is added to its address. The first is measured against the others.
WAYS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("warm standby", "index.html", {}),
    ("plain page, camera opened on being let in", "plain.html", {}),
    ("plain page, camera open before", "plain.html", {"camera": "open"}),
)


def run() -> str:
    """Return a table: median, spread, and warm standby's share of each, over interleaved rounds in one Chromium."""
    times: dict[str, list[float]] = {name: [] for name, _, _ in WAYS}
    with tempfile.TemporaryDirectory() as folder, call_stand(Path(folder)) as stand, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**(launch_options() | {"args": flags()}))
        for _ in range(ROUNDS):
            for name, page, more in WAYS:
                times[name].append(first_frame(browser, stand, page, more))
        browser.close()
    return "\n".join(table(times))


def flags() -> list[str]:
    """The tests' flags, with a camera that gives 30 pictures a second as real ones do, not 20."""
    camera = "--use-fake-device-for-media-stream"
    return [f"{flag}=fps=30" if flag == camera else flag for flag in launch_options()["args"]]


def first_frame(browser: Browser, stand: Stand, page: str, more: dict[str, str]) -> float:
    """Return the ms from letting the patient in to the first frame of hers presented on the clinician's page."""
    room, patient_id = new_id("room"), new_id("patient")
    contexts = [browser.new_context(permissions=["camera", "microphone"]) for _ in range(2)]
    clinician, patient = (context.new_page() for context in contexts)
    for seat in (clinician, patient):
        seat.set_default_timeout(PATIENCE)
    clinician.goto(stand.address(page, room, new_id("clinician"), "clinician", **more))
    patient.goto(stand.address(page, room, patient_id, "patient", **more))
    for seat in (clinician, patient):
        seat.wait_for_function("window.seat?.ready()")
    clinician.wait_for_timeout(SETTLE)
    clinician.evaluate("(participant) => { seat.letIn(participant).then((ms) => { seat.took = ms; }); }", patient_id)
    took = float(clinician.wait_for_function("seat.took").json_value())
    for context in contexts:
        context.close()
    return took


def table(times: dict[str, list[float]]) -> Iterator[str]:
    """The rows of the table."""
    warm = statistics.median(times[WAYS[0][0]])
    yield f"{'':44}{'median':>8}{'quarter':>9}{'three q.':>9}{'least':>8}{'most':>8}{'warm / it':>11}"
    for name, took in times.items():
        low, middle, high = statistics.quantiles(took, n=4)
        figures = f"{middle:8.0f}{low:9.0f}{high:9.0f}{min(took):8.0f}{max(took):8.0f}"
        yield f"{name:44}{figures}{warm / middle:11.2f}"
    yield f"ms from the click to the first remote frame presented; {ROUNDS} rounds, interleaved, 640 x 480"


if __name__ == "__main__":
    print(run())
