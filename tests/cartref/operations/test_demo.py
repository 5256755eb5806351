"""The demonstration keeps to its own folder, and its facts are true."""

import json
import signal
import socket
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from urllib.request import HTTPCookieProcessor, build_opener
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cartref import seed
from cartref.config import Settings
from cartref.operations import demo
from tests.browser.stack import free_port
from tests.factories import World

FACTS = {"web", "signalling", "staff", "visits", "feeds"}
STAFF = {"role", "email", "password", "totp_secret", "service"}
VISIT = {"id", "patient", "link", "date_of_birth", "starts_at", "carer_link", "service"}


def test_it_does_not_run_in_production(tmp_path: Path) -> None:
    with pytest.raises(demo.Refused, match="production"):
        demo.prepare_folder({"CARTREF_ENVIRONMENT": "production"}, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_it_leaves_a_folder_alone_that_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(demo.Refused, match="was not made by the demonstration"):
        demo.prepare_folder({}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_it_comes_back_to_its_own_folder(tmp_path: Path) -> None:
    demo.prepare_folder({}, tmp_path / "demo")
    (tmp_path / "demo" / "cartref.sqlite3").touch()
    demo.prepare_folder({}, tmp_path / "demo")


def test_keys_and_a_database_that_are_given_are_used(tmp_path: Path) -> None:
    given = {"CARTREF_TICKET_KEY": "t" * 32, "CARTREF_DATABASE_URL": "postgresql+psycopg://x"}
    assert demo.environment(given, 1, 2, tmp_path).items() >= given.items()


@pytest.mark.slow
def test_one_command_starts_everything_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    facts_file = tmp_path / "facts.json"
    command = [
        sys.executable, "-m", "cartref.cli", "demo", "--port", str(free_port()), "--signalling-port", str(free_port()),
        "--data", str(tmp_path / "demo"), "--facts", str(facts_file),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    browser = build_opener(HTTPCookieProcessor())
    try:
        facts = _wait_for(facts_file, process)
        page = browser.open(facts["visits"][0]["link"]).read().decode()
        feed = browser.open(facts["feeds"][0]["url"]).read().decode()
    finally:
        process.send_signal(signal.SIGINT)
        printed, _errors = process.communicate(timeout=60)

    assert set(facts) == FACTS
    assert all(set(person) == STAFF for person in facts["staff"])
    assert all(set(visit) == VISIT for visit in facts["visits"])
    for service in {person["service"] for person in facts["staff"]}:
        roles = {person["role"] for person in facts["staff"] if person["service"] == service}
        assert roles >= {"admin", "clinician", "presenter"}
    assert len({person["service"] for person in facts["staff"]}) == 2
    assert "<form" in page
    assert feed.startswith("BEGIN:VCALENDAR")
    assert facts["visits"][0]["link"] in printed
    assert facts["visits"][0]["patient"].rpartition(" ")[2] not in feed


def _wait_for(path: Path, process: subprocess.Popen[str]) -> dict:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        if path.exists():
            return json.loads(path.read_text())
        assert process.poll() is None, process.stdout.read() if process.stdout else ""
        time.sleep(0.2)
    raise AssertionError("the demonstration did not become ready")


def test_a_port_in_use_is_named_and_nothing_is_started() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(demo.Refused, match=f"Port {port} is in use"):
            demo.check_ports(free_port(), port)


def test_a_clinic_with_people_of_its_own_is_left_alone(session: Session, engine: Engine, world: World) -> None:
    with pytest.raises(demo.Refused, match="people of its own"):
        demo.check_database(engine)


def test_an_empty_database_may_be_used(engine: Engine) -> None:
    demo.check_database(engine)


@pytest.mark.parametrize("moment", ["2026-11-23 00:05", "2026-11-23 12:00", "2026-11-23 23:45", "2026-03-29 02:10"])
def test_somebody_is_due_at_any_hour_of_the_day(session: Session, settings: Settings, moment: str) -> None:
    now = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Europe/London"))
    with time_machine.travel(now, tick=False):
        facts = seed.plant(session, settings)
    starts_at = datetime.fromisoformat(facts["visits"][0]["starts_at"])
    assert starts_at <= now < starts_at + timedelta(minutes=20)
    assert facts["visits"][0]["link"] in demo.welcome(facts)
