"""The whole web application behind real sockets, with as many threads as there are bookers."""

import http.client
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from threading import Thread
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from waitress.server import create_server

from cartref import clock
from cartref.accounts.models import Role
from cartref.app import create_app
from cartref.clinics.models import Clinic, ClinicSession, Slot
from cartref.config import Settings
from tests.factories import World, build_world, make_clinic, make_staff

BOOKERS = 32
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Office:
    """The clinic's office over HTTP, to somebody who is signed in."""

    port: int
    cookie: str = ""

    def post(self, path: str, fields: Mapping[str, object]) -> tuple[int, str]:
        """Send a form and return the status and, of a redirect, the address that it leads to."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST", path, urlencode(fields, doseq=True), FORM | {"Cookie": self.cookie})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, answer.getheader("Location") or ""

    def sign_in(self, email: str, password: str) -> "Office":
        """Return the office as it opens to that member of staff."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST", "/sign-in", urlencode({"email": email, "password": password}), FORM)
        answer = connection.getresponse()
        answer.read()
        cookies = [value.split(";")[0] for name, value in answer.getheaders() if name == "Set-Cookie"]
        connection.close()
        assert answer.status == 303
        return Office(self.port, "; ".join(cookies))


@pytest.fixture
def busy_world(engine: Engine) -> World:
    """Return the small world with one clinic next week, held by two clinicians at the same hours."""
    start = datetime.combine(clock.now().date() + timedelta(days=7), time(9), ZoneInfo("Europe/London"))
    with Session(engine, expire_on_commit=False) as session:
        world = build_world(session, starts_at=start)
        second = make_staff(session, world.health_board, world.service, "second", Role.CLINICIAN)
        world.clinic.name = "Both of them"
        session.flush()
        spare, sitting = make_clinic(session, world.service, second, start)
        sitting.clinic_id = world.clinic.id
        session.flush()
        session.delete(session.get_one(Clinic, spare.id))
        session.commit()
    return world


@pytest.fixture
def sittings(engine: Engine, busy_world: World) -> list[list[str]]:
    """Return the ids of the slots of each of the clinic's two sittings, in order of time."""
    with Session(engine) as session:
        found = session.query(ClinicSession).filter_by(clinic_id=busy_world.clinic.id).order_by(ClinicSession.id)
        return [
            [slot.id for slot in session.query(Slot).filter_by(session_id=s.id).order_by(Slot.starts_at)] for s in found
        ]


@pytest.fixture
def office(settings: Settings, busy_world: World) -> Iterator[Office]:
    """Return the office to an admin of the first service, each request in a thread of its own."""
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    with _serving(app) as port:
        yield Office(port).sign_in(busy_world.staff["admin"].email, busy_world.password)


@contextmanager
def _serving(app: object) -> Iterator[int]:
    server = create_server(app, host="127.0.0.1", port=0, threads=BOOKERS)
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield server.effective_port
    finally:
        server.close()
        server.task_dispatcher.shutdown()
        thread.join(10)
