"""Each program the other tests rely on really runs, and its absence is never silent."""

import os
import smtplib
import socket
import subprocess
import sys
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page
from redis import Redis
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.programs.coturn import TurnServer
from tests.programs.postgres import PostgresServer
from tests.programs.smtp import MailServer
from tests.programs.turn_client import client
from tests.programs.valkey import ValkeyServer

ROOT = Path(__file__).parents[2]
PytestRun = Callable[..., subprocess.CompletedProcess[str]]


def run_sql(url: str, statement: str) -> object:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            result = connection.execute(text(statement))
            return result.scalar() if result.returns_rows else None
    finally:
        engine.dispose()


def test_postgres_refuses_two_bookings_of_one_room(postgres_server: PostgresServer) -> None:
    url = postgres_server.create_database()
    run_sql(url, "CREATE EXTENSION btree_gist")
    run_sql(url, "CREATE TABLE hold (room int, during tstzrange, EXCLUDE USING gist (room WITH =, during WITH &&))")
    run_sql(url, "INSERT INTO hold VALUES (1, '[2026-03-29 09:00+00, 2026-03-29 10:00+00)')")
    with pytest.raises(Exception, match="conflicting key value violates exclusion constraint"):
        run_sql(url, "INSERT INTO hold VALUES (1, '[2026-03-29 09:30+00, 2026-03-29 10:30+00)')")
    postgres_server.drop(url)


def test_a_postgres_database_is_copied_from_a_template_and_dropped(postgres_server: PostgresServer) -> None:
    template = postgres_server.create_database()
    run_sql(template, "CREATE TABLE patient AS SELECT 'Gwyneth' AS name")
    copy = postgres_server.create_database(make_url(template).database)
    assert run_sql(copy, "SELECT name FROM patient") == "Gwyneth"
    postgres_server.drop(copy)
    postgres_server.drop(template)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(host=str(postgres_server.sockets), user="cartref", dbname=make_url(copy).database)


def test_postgres_sorts_and_folds_welsh_letters(postgres_server: PostgresServer) -> None:
    assert run_sql(postgres_server.url("postgres"), "SELECT upper('tŷ gwyrdd â ŵyn')") == "TŶ GWYRDD Â ŴYN"


def test_postgres_never_runs_as_root(postgres_server: PostgresServer) -> None:
    assert postgres_server.sockets.stat().st_uid != 0


def test_valkey_keeps_a_value_until_it_is_flushed(valkey_server: ValkeyServer) -> None:
    with Redis.from_url(valkey_server.url) as redis:
        redis.set("visit", "waiting")
        assert redis.get("visit") == b"waiting"
        valkey_server.flush()
        assert redis.get("visit") is None


def test_the_mail_server_keeps_what_it_accepts(mail_server: MailServer) -> None:
    send(mail_server, "Eich apwyntiad yfory â'r meddyg")
    [delivery] = mail_server.deliveries
    assert delivery.sender == "clinic@example.org"
    assert delivery.recipients == ("gwyneth@example.org",)
    assert delivery.message["Subject"] == "Eich apwyntiad yfory â'r meddyg"
    assert mail_server.messages == [delivery.message]


def test_the_mail_server_can_be_told_to_refuse(mail_server: MailServer) -> None:
    mail_server.answer = "451 Try again later"
    with pytest.raises(smtplib.SMTPDataError, match="Try again later"):
        send(mail_server, "Subject")
    assert mail_server.messages == []


def test_a_neighbour_reaches_a_relayed_address(turn_server: TurnServer) -> None:
    with client(turn_server) as seat, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as neighbour:
        assert seat.allocate() == 0
        assert seat.permit("127.0.0.1") == 0
        assert seat.relayed is not None
        neighbour.sendto(b"bore da", seat.relayed)
        assert seat.receive() == b"bore da"


@pytest.mark.browser
def test_chromium_has_a_camera_and_a_microphone(page: Page) -> None:
    page.goto("data:text/html,<p>ready</p>")
    # A page without a secure origin is given no devices; the launch arguments must not change that.
    assert page.evaluate("typeof navigator.mediaDevices") == "undefined"
    page.route("http://localhost/", lambda route: route.fulfill(body="<p>ready</p>", content_type="text/html"))
    page.goto("http://localhost/")
    tracks = page.evaluate(
        "navigator.mediaDevices.getUserMedia({audio: true, video: true})"
        ".then(stream => stream.getTracks().map(track => track.kind).sort())"
    )
    assert tracks == ["audio", "video"]


@pytest.fixture
def run_without_programs(tmp_path: Path) -> PytestRun:
    """Return a function that runs one test needing coturn where no program can be found."""
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["tests.programs"]\n')
    (tmp_path / "test_relay.py").write_text("def test_relay(turn_server):\n    assert turn_server.port\n")

    def run(**environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)]
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("CARTREF_", "PYTEST_"))}
        env = {**clean, "PATH": str(tmp_path), "PYTHONPATH": str(ROOT), **environment}
        return subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)

    return run


def test_a_missing_program_skips_loudly(run_without_programs: PytestRun) -> None:
    result = run_without_programs()
    assert result.returncode == 0
    assert "!!! TESTS SKIPPED: MISSING PROGRAMS !!!" in result.stdout
    assert "1 not run without turnserver (as root: apt install coturn)" in result.stdout


def test_a_missing_program_fails_where_all_are_required(run_without_programs: PytestRun) -> None:
    result = run_without_programs(CARTREF_REQUIRE_PROGRAMS="1")
    assert result.returncode == 1
    assert "missing program: turnserver" in result.stdout


def send(mail_server: MailServer, subject: str) -> None:
    """Send one message the way an application does."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "clinic@example.org", "gwyneth@example.org", subject
    message.set_content("Corff y neges")
    host, port = mail_server.url.removeprefix("smtp://").split(":")
    with smtplib.SMTP(host, int(port), timeout=10) as smtp:
        smtp.send_message(message)
