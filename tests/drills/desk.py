"""A clerk's browser as far as a drill needs one: cookies, the form's token, and answers that may not come."""

import http.client
import re
import time
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PATIENCE = 60  # seconds


class NoAnswer(Exception):
    """The server went away before it answered: what was asked may be done or not."""


class Desk:
    """Somebody signed in at `web`; `post` returns where an accepted form leads."""

    def __init__(self, web: str) -> None:
        parts = urlsplit(web)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._cookies: dict[str, str] = {}
        self._token = ""

    def sign_in(self, email: str, password: str) -> None:
        """Sign in, and take a token for every form to come."""
        self._take_token("/sign-in")
        self.post("/sign-in", {"email": email, "password": password})
        self._take_token("/calendars")

    def post(self, path: str, fields: Mapping[str, str]) -> str:
        """Return the address that the answer leads to; raise NoAnswer, or AssertionError for a refusal."""
        body = urlencode({**fields, "csrf_token": self._token})
        status, location, text = self._ask("POST", path, body)
        assert status == 303, f"{path} answered {status}: {text[:2000]}"
        return urlsplit(location).path

    def wait_until_open(self) -> None:
        """Return once the web process answers again."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                if self._ask("GET", "/readyz")[0] == 200:
                    return
            except NoAnswer:
                time.sleep(0.05)
        raise TimeoutError("the web process does not come back")

    def _take_token(self, path: str) -> None:
        status, _location, text = self._ask("GET", path)
        found = TOKEN.search(text)
        assert found, f"{path} answered {status} without a form: {text[:500]}"
        self._token = found[1]

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=PATIENCE)
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        try:
            connection.request(method, path, body, FORM | {"Cookie": cookies})
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as gone:
            raise NoAnswer from gone
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer.status, answer.getheader("Location") or "", text
