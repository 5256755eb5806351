"""The system's Chromium, with a fake camera and microphone, for the browser tests (pytest-playwright)."""

import os
from typing import Any

import pytest

from tests.programs.missing import find_program

# A camera, a microphone and a yes to every question, no traffic of the browser's own, and no slowing down of the page
# that is not in front: in a test both ends of a call are pages of one browser.
FLAGS = (
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    "--disable-gpu",
)


def launch_options(*, headed: bool = False) -> dict[str, Any]:
    """Return the arguments of Playwright's `chromium.launch` for this system; skip the test where there is none."""
    flags = list(FLAGS)
    if not headed:
        flags.append("--headless=new")
    if os.geteuid() == 0:
        flags.append("--no-sandbox")  # Chromium's sandbox refuses to run for root
    # Playwright's own headless switch would choose the old mode; the new one is the browser people have.
    return {"executable_path": str(find_program("chromium")), "headless": False, "args": flags}


@pytest.fixture(scope="session")
def browser_type_launch_args(pytestconfig: pytest.Config) -> dict[str, Any]:
    """Tell pytest-playwright's `browser`, `context` and `page` which browser to start, and how."""
    return launch_options(headed=bool(pytestconfig.getoption("--headed")))
