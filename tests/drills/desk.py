"""Somebody's browser as far as a drill needs one: cookies, the form's token, and answers that may not come."""

import http.client
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LEADS_ON = frozenset({302, 303})
PATIENCE = 60  # seconds


class NoAnswer(Exception):
    """The server went away before it answered: what was asked may be done or not."""


class Refused(Exception):
    """The server answered otherwise than whoever asked could expect."""


@dataclass(frozen=True)
class Answer:
    """What came back; `path` is where it leads, or of a page its own."""

    status: int
    path: str
    content: bytes


class Desk:
    """A browser at `web`."""

    def __init__(self, web: str) -> None:
        parts = urlsplit(web)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._cookies: dict[str, str] = {}
        self._token = ""

    def sign_in(self, email: str, password: str) -> None:
        """Sign in, and take a token for every form to come."""
        self.get("/sign-in")
        self.post("/sign-in", {"email": email, "password": password})
        self.get("/calendars")

    def get(self, path: str) -> Answer:
        """Return the page or file, having followed wherever the address led; raise NoAnswer or Refused."""
        answer = self._ask("GET", path)
        while answer.status in LEADS_ON:
            answer = self._ask("GET", answer.path)
        if answer.status != 200:
            raise Refused(f"{path} answered {answer.status}: {answer.content[:500]!r}")
        if found := TOKEN.search(answer.content.decode(errors="replace")):
            self._token = found[1]
        return answer

    def post(self, path: str, fields: Mapping[str, str], *, accepted: tuple[int, ...] = (303,)) -> str:
        """Return the address that the answer leads to; raise NoAnswer or Refused."""
        answer = self._ask("POST", path, urlencode({**fields, "csrf_token": self._token}))
        if answer.status not in accepted:
            raise Refused(f"{path} answered {answer.status}: {_said(answer.content)}")
        return answer.path

    def wait_until_open(self) -> None:
        """Return once the web process answers again."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                if self._ask("GET", "/readyz").status == 200:
                    return
            except NoAnswer:
                time.sleep(0.02)
        raise TimeoutError("the web process does not come back")

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=PATIENCE)
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        try:
            connection.request(method, path, body, FORM | {"Cookie": cookies})
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as gone:
            raise NoAnswer from gone
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return Answer(answer.status, urlsplit(answer.getheader("Location") or path).path, content)


def _said(content: bytes) -> str:
    """Return the words of a page, without its markup, its navigation or its end."""
    page = content.decode(errors="replace")
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2] or page).split())[:400]
