"""Clerks of a benchmark: each signed in, on a connection that stays open as a browser's does, all acting at once."""

import http.client
import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from urllib.parse import urlencode

from tests.factories import PASSWORD

TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PATIENCE = 60  # seconds


@dataclass(frozen=True)
class Answer:
    """What the server said, and how long that took in milliseconds."""

    status: int
    text: str
    milliseconds: float


class Clerk:
    """Somebody who is signed in on the port of this machine."""

    def __init__(self, port: int, email: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self._cookies: dict[str, str] = {}
        self._token = self._fresh_token("/sign-in")
        answer = self.post("/sign-in", {"email": email, "password": PASSWORD})
        assert answer.status == 303, answer.text[:500]
        self._token = self._fresh_token("/calendars")

    def get(self, path: str) -> Answer:
        """Return the page."""
        return self._ask("GET", path)

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form and return what came back, without following where it leads."""
        return self._ask("POST", path, urlencode({**fields, "csrf_token": self._token}))

    def close(self) -> None:
        """Leave."""
        self._connection.close()

    def _fresh_token(self, path: str) -> str:
        found = TOKEN.search(self.get(path).text)
        assert found
        return found[1]

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        started = time.perf_counter()
        self._connection.request(method, path, body, FORM | {"Cookie": cookies})
        answer = self._connection.getresponse()
        text = answer.read().decode()
        took = (time.perf_counter() - started) * 1000
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return Answer(answer.status, text, took)


def all_at_once(threads: ThreadPoolExecutor, acts: Sequence[Callable[[], Answer]]) -> tuple[list[Answer], float]:
    """Return the answers to acts begun at one moment, and the seconds until the last of them was there."""
    start = Barrier(len(acts))

    def wait_and_act(act: Callable[[], Answer]) -> tuple[float, Answer, float]:
        start.wait()
        return time.perf_counter(), act(), time.perf_counter()

    done = list(threads.map(wait_and_act, acts))
    return [answer for _began, answer, _ended in done], max(row[2] for row in done) - min(row[0] for row in done)
