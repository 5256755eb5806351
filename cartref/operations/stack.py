"""The three processes side by side: web, signalling and worker, ended together."""

import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from urllib.error import URLError
from urllib.request import urlopen

from honcho.manager import Manager

from cartref.config import Settings

PROCESSES = {
    "web": (sys.executable, "-m", "cartref.cli", "web"),
    "signalling": (sys.executable, "-m", "signalling"),
    "worker": (sys.executable, "-m", "cartref.cli", "worker"),
}
PATIENCE_SECONDS = 60
STOPPED_BY_HAND = (None, 0, 130, -2, -15)  # Ctrl-C and SIGTERM are how it is meant to end


def run(settings: Settings, environ: Mapping[str, str], when_ready: Callable[[], None]) -> int:
    """Run all three until one ends or Ctrl-C; call `when_ready` once both services answer. Return the exit status."""
    manager = Manager()
    for name, command in PROCESSES.items():
        manager.add_process(name, _quoted(command), env={**os.environ, **environ}, quiet=False)
    threading.Thread(target=_announce, args=(settings, when_ready), daemon=True).start()
    manager.loop()
    return 0 if manager.returncode in STOPPED_BY_HAND else int(manager.returncode)


def wait_until_ready(settings: Settings) -> bool:
    """Tell whether both services answered within a minute."""
    addresses = (
        f"http://{settings.web_host}:{settings.web_port}/readyz",
        f"http://{settings.signalling_host}:{settings.signalling_port}/readyz",
    )
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if all(map(_answers, addresses)):
            return True
        time.sleep(0.1)
    return False


def _announce(settings: Settings, when_ready: Callable[[], None]) -> None:
    if wait_until_ready(settings):
        when_ready()


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=2):  # noqa: S310 # always http, to this machine
            return True
    except (URLError, OSError):
        return False


def _quoted(command: tuple[str, ...]) -> str:
    return " ".join(f"'{part}'" for part in command)
