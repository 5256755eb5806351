"""The whole clinic as three real processes with invented people, for browser tests, benchmarks and pictures."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from datetime import time as wall_time
from pathlib import Path
from typing import Any

from cartref import clock, seed
from cartref.app import create_app
from cartref.config import read_settings
from cartref.db import db
from cartref.operations import demo, stack
from cartref.web import static

STOP_SECONDS = 15
LAST_OF_THE_DAY = timedelta(minutes=10)  # as long as the tests of one clinic take


@dataclass
class Clinic:
    """A running clinic: its facts (as `cartref demo --facts` writes them) and its processes by name."""

    facts: dict[str, Any]
    environ: Mapping[str, str]
    log: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def web(self) -> str:
        """Return the address of the web application."""
        return str(self.facts["web"])

    def staff(self, role: str, service: int = 0) -> dict[str, str]:
        """Return who signs in with that role, in the first or the second service."""
        services = sorted({person["service"] for person in self.facts["staff"]}, key=self._first_seen)
        return next(
            person
            for person in self.facts["staff"]
            if person["role"] == role and person["service"] == services[service]
        )

    @property
    def due(self) -> dict[str, Any]:
        """Return the first service's visit that is due now."""
        return dict(self.facts["visits"][0])

    @property
    def due_elsewhere(self) -> dict[str, Any]:
        """Return the second service's visit that is due now."""
        return next(visit for visit in self.facts["visits"] if visit["service"] != self.due["service"])

    def start(self, name: str) -> None:
        """Start one of the processes and wait until both services answer."""
        log = self.log.open("ab")
        self.processes[name] = subprocess.Popen(stack.PROCESSES[name], env=dict(self.environ), stdout=log, stderr=log)

    def kill(self, name: str) -> None:
        """End one of the processes as a power cut would."""
        self.processes[name].kill()
        self.processes[name].wait()

    def stop(self) -> None:
        """End everything."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()

    def _first_seen(self, service: str) -> int:
        return [person["service"] for person in self.facts["staff"]].index(service)


@contextmanager
def running_clinic(data: Path, database_url: str | None = None, **settings: str) -> Iterator[Clinic]:
    """Run the clinic with its data in `data`, on SQLite there or on `database_url`; `settings` are variables."""
    given = {**os.environ, **settings} | ({"CARTREF_DATABASE_URL": database_url} if database_url else {})
    demo.prepare_folder(given, data)
    _await_the_new_day()
    environ = {**given, **demo.environment(given, free_port(), free_port(), data)}
    chosen = read_settings(environ)
    static.build(chosen.data)
    app = create_app(chosen)
    with app.app_context():
        demo.migrate()
        facts = seed.plant(db.session(), chosen)
        db.session.commit()
        db.engine.dispose()
    clinic = Clinic(facts, environ, data / "log.txt")
    try:
        for name in stack.PROCESSES:
            clinic.start(name)
        if not stack.wait_until_ready(chosen):
            raise RuntimeError(clinic.log.read_text())
        yield clinic
    finally:
        clinic.stop()


def _await_the_new_day() -> None:
    """Sleep through the last minutes of a day: "today" would be another day before the tests of a clinic are done."""
    now = clock.now().astimezone(seed.ZONE)
    left = datetime.combine(now.date() + timedelta(days=1), wall_time(), seed.ZONE) - now
    if left < LAST_OF_THE_DAY:
        time.sleep(left.total_seconds() + 1)


def free_port() -> int:
    """Return a port of this machine that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
