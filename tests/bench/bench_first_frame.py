"""How soon the clinician sees the patient: warm standby against negotiation begun at the click.

Every row runs from the click on the clinician's page to the first frame of the patient's picture presented on that same
page, by one clock; the patient's page is open and waits. "Warm standby" is the call library on a page that has nothing
else: `call.admit()` stands for the click. The yardsticks are a plain page of perfect negotiation, the weakest first:

- everything at the click: no waiting room. The clinician's click opens the camera, fetches a ticket, opens the socket,
  joins and negotiates; the patient sits in the room with her camera on. It is what a call page without standby does.
- camera opened on being let in, camera open before: both sockets are open and both seats taken before the click, so
  standby is compared with negotiation alone. Stronger than any page that begins at the click.

The last rows are no yardsticks but the product, the running clinic with its own pages: a real press of "Let in" on the
visit's page, and the visit's page opened as a press on the board opens it, from the start of that.
"""

import statistics
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.bench.letting_in import LettingIn
from tests.browser.call_stand import Stand, call_stand, new_id
from tests.browser.stack import running_clinic
from tests.programs.chromium import launch_options

ROUNDS = 20
PATIENCE = 20_000  # ms for any one step
SETTLE = 500  # ms, so that nothing of the opening of two pages is still going on

# What is compared: the row's name, the page, what is added to its address. The first is measured against the others.
WAYS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("warm standby", "index.html", {}),
    ("plain page, everything at the click", "plain.html", {"join": "at-click", "camera": "open"}),
    ("plain page, camera opened on being let in", "plain.html", {}),
    ("plain page, camera open before", "plain.html", {"camera": "open"}),
)
LEGEND = f"""\
ms from the clinician's click to the first frame of the patient's presented; {ROUNDS} rounds, interleaved, 640 x 480
warm standby       the library on a bare page: sockets, cameras and transport ready, call.admit() for the click
everything at the click   no waiting room: the click opens camera and socket, joins and negotiates
the other plain pages     sockets open and seats taken before: standby against negotiation alone
the clinic's pages        the whole product under way, no yardstick: "Let in" on the visit's page, which stands by; and
                          on the board, timed from the opening of the visit's page, which stands by from then on"""


def run() -> str:
    """Return a table: median, spread, and warm standby's share of each, over interleaved rounds in one Chromium."""
    with (
        tempfile.TemporaryDirectory() as folder,
        call_stand(Path(folder)) as stand,
        running_clinic(Path(folder) / "clinic") as clinic,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(**(launch_options() | {"args": flags()}))
        bare = {name: partial(first_frame, browser, stand, page, more) for name, page, more in WAYS}
        pages = LettingIn(browser, clinic)
        whole = {
            "the clinic: visit's page": pages.on_the_visit_page,
            "the clinic: from the board": pages.from_the_board,
        }
        times = timed({**bare, **whole})
        browser.close()
    return "\n".join(table(times))


def timed(ways: dict[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Return the ms that each way took, one of each in every round."""
    rounds = [[measure() for measure in ways.values()] for _ in range(ROUNDS)]
    return {name: list(took) for name, took in zip(ways, zip(*rounds, strict=True), strict=True)}


def flags() -> list[str]:
    """The tests' flags, with a camera that gives 30 pictures a second as real ones do, not 20."""
    camera = "--use-fake-device-for-media-stream"
    return [f"{flag}=fps=30" if flag == camera else flag for flag in launch_options()["args"]]


def first_frame(browser: Browser, stand: Stand, page: str, more: dict[str, str]) -> float:
    """Return the ms from the clinician's click to the first frame of the patient's presented on the same page."""
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
    """The rows of the table; the share is of the yardsticks alone."""
    warm = statistics.median(times[WAYS[0][0]])
    yardsticks = {name for name, _, _ in WAYS}
    yield f"{'':44}{'median':>8}{'quarter':>9}{'three q.':>9}{'least':>8}{'most':>8}{'warm / it':>11}"
    for name, took in times.items():
        low, middle, high = statistics.quantiles(took, n=4)
        figures = f"{middle:8.0f}{low:9.0f}{high:9.0f}{min(took):8.0f}{max(took):8.0f}"
        yield f"{name:44}{figures}" + (f"{warm / middle:11.2f}" if name in yardsticks else "")
    yield LEGEND


if __name__ == "__main__":
    print(run())
