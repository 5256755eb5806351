"""The demonstration: a folder of its own, its settings, and the facts that tests and newcomers start from."""

import json
import logging
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import Engine, inspect, text

MARKER = ".cartref-demo"
DOMAIN = "@demo.example"
KEYS_GIVEN = ("CARTREF_TICKET_KEY", "CARTREF_EVENTS_KEY", "CARTREF_LINK_KEY", "CARTREF_SECRET_KEY")
PASSED_ON = (*KEYS_GIVEN, "CARTREF_SMTP_URL", "CARTREF_TURN_SECRET", "CARTREF_TURN_URLS", "CARTREF_LOG_LEVEL",
             "CARTREF_DATABASE_URL", "CARTREF_REDIS_URL")  # fmt: skip


class Refused(Exception):
    """The demonstration won't touch this place; the message says why."""


def environment(environ: Mapping[str, str], port: int, signalling_port: int, data: Path) -> dict[str, str]:
    """Return the settings of a demonstration in `data`; keys and a database given in `environ` are used."""
    web = f"http://127.0.0.1:{port}"
    given = {name: environ[name] for name in PASSED_ON if environ.get(name)}
    return {
        "CARTREF_ENVIRONMENT": "development",
        "CARTREF_DATABASE_URL": f"sqlite:///{data / 'cartref.sqlite3'}",
        "CARTREF_DATA": str(data),
        "CARTREF_PUBLIC_URL": web,
        "CARTREF_WEB_HOST": "127.0.0.1",
        "CARTREF_WEB_PORT": str(port),
        "CARTREF_SIGNALLING_HOST": "127.0.0.1",
        "CARTREF_SIGNALLING_PORT": str(signalling_port),
        "CARTREF_SIGNALLING_PUBLIC_URL": f"ws://127.0.0.1:{signalling_port}/v1/socket",
        "CARTREF_SIGNALLING_DATA": str(data / "signalling"),
        "CARTREF_APP_URL": web,
        "CARTREF_ORIGINS": f"{web},http://localhost:{port}",
        "CARTREF_LOG_LEVEL": "WARNING",
        **given,
    }


def prepare_folder(environ: Mapping[str, str], data: Path) -> None:
    """Make the demonstration's folder; raise Refused in production, and for a folder that it did not make."""
    if environ.get("CARTREF_ENVIRONMENT") == "production":
        raise Refused("The demonstration does not run in a production environment.")
    if data.exists() and not (data / MARKER).exists() and (not data.is_dir() or any(data.iterdir())):
        raise Refused(f"{data} was not made by the demonstration, so it is left alone. Name another folder.")
    data.mkdir(parents=True, exist_ok=True)
    (data / MARKER).touch()


def check_ports(*ports: int) -> None:
    """Raise Refused, naming the port, when somebody listens on one of `ports` of this machine already."""
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as taken:
                raise Refused(f"Port {port} is in use. Name others with --port and --signalling-port.") from taken


def check_database(engine: Engine) -> None:
    """Raise Refused for a database where people work who are not the demonstration's."""
    if not inspect(engine).has_table("staff"):
        return
    with engine.connect() as connection:
        addresses = connection.execute(text("SELECT email FROM staff")).scalars().all()
    if any(not address.endswith(DOMAIN) for address in addresses):
        raise Refused("This database has people of its own in it, so it is left alone. Name another, or none.")


def migrate() -> None:
    """Bring the application's database to the newest tables."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    upgrade()


def write_facts(path: Path, found: Mapping[str, Any]) -> None:
    """Write the facts as JSON, whole or not at all."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.write_text(json.dumps(found, indent=2, ensure_ascii=False))
    unfinished.replace(path)


def welcome(found: Mapping[str, Any]) -> str:
    """Return what a newcomer reads: where to go, who to sign in as, and two links to open side by side."""
    people = [f"  {person['role']:<10} {person['email']:<40} {person['password']}" for person in found["staff"]]
    return "\n".join(
        (
            "",
            f"CARTREF is ready: {found['web']}",
            "",
            "Sign in as (password beside it):",
            *people,
            "",
            *_side_by_side(found),
            "Ctrl-C ends everything.",
        )
    )


def _side_by_side(found: Mapping[str, Any]) -> Iterator[str]:
    for visit in found["visits"][:1]:
        yield "For a call, open these two side by side:"
        yield f"  as the clinician  {found['web']}/sign-in   then Today"
        yield f"  as the patient    {visit['link']}"
        yield f"                    {visit['patient']}, born {visit['date_of_birth']}"
        yield ""
