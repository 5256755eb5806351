"""Settings: `CARTREF_*` from the environment, read once, everything missing or wrong named at once."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

DEVELOPMENT_KEYS = {
    "CARTREF_SECRET_KEY": "development-secret-key-not-for-production-use",
    "CARTREF_LINK_KEY": "development-link-key-not-for-production-use",
    "CARTREF_TICKET_KEY": "development-ticket-key-not-for-production-use",
    "CARTREF_EVENTS_KEY": "development-events-key-not-for-production-use",
}
MINIMUM_KEY_BYTES = 32
ENVIRONMENTS = ("development", "test", "production")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
NOTIFY_KEY = re.compile(f"-{UUID}-{UUID}$")
ALL_OR_NONE = (
    "CARTREF_NOTIFY_KEY", "CARTREF_NOTIFY_TEXT_TEMPLATE", "CARTREF_NOTIFY_EMAIL_TEMPLATE",
    "CARTREF_NOTIFY_LETTER_TEMPLATE",
)  # fmt: skip
SECURE = {"CARTREF_PUBLIC_URL": "https", "CARTREF_SIGNALLING_PUBLIC_URL": "wss"}


class SettingsError(Exception):
    """The environment can't be used; the message names every fault on a line of its own."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("CARTREF can't start:\n" + "\n".join(f"  {fault}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Settings:
    """What one deployment chose; URLs are without a trailing slash."""

    environment: str
    database_url: str
    secret_key: str
    link_key: str
    ticket_key: str
    events_key: str
    public_url: str
    signalling_public_url: str
    data: Path
    health_board: str
    help_phone: str
    mail_from: str
    smtp_url: str | None = None
    notify_key: str | None = None
    notify_url: str | None = None
    notify_text_template: str | None = None
    notify_email_template: str | None = None
    notify_letter_template: str | None = None
    redis_url: str | None = None
    replies_url: str | None = None
    signalling_internal_url: str | None = None
    web_host: str = "127.0.0.1"
    web_port: int = 8000
    signalling_host: str = "127.0.0.1"
    signalling_port: int = 8001
    log_level: str = "INFO"

    @property
    def production(self) -> bool:
        """Tell whether real patients may be behind this deployment."""
        return self.environment == "production"

    @property
    def secure(self) -> bool:
        """Tell whether the public address is served over TLS, so that cookies must be too."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def signalling_origin(self) -> str:
        """Return scheme and host of the signalling service, for the content security policy."""
        parts = urlsplit(self.signalling_public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def line_check_url(self) -> str:
        """Return where a browser checks its line: beside the socket of the signalling service, by HTTP."""
        parts = urlsplit(self.signalling_public_url)
        scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
        return f"{scheme}://{parts.netloc}{parts.path.removesuffix('/socket')}/check"


@dataclass(frozen=True)
class Variable:
    """One `CARTREF_*` variable: its default outside production (None: it may be left out) and how it is read."""

    name: str
    default: str | None = None
    required: bool = False
    read: Callable[[str], object] = str


def _url(text: str) -> str:
    if not urlsplit(text).scheme:
        raise ValueError("is not a URL")
    return text.rstrip("/")


def _database(text: str) -> str:
    """Return the URL with a relative SQLite path counted from the folder that the process was started in."""
    scheme, _slashes, path = _url(text).partition(":///")
    return f"{scheme}:///{Path(path).resolve()}" if scheme == "sqlite" and path and path != ":memory:" else text


def _mailbox(text: str) -> str:
    if urlsplit(text).scheme not in {"imaps", "file"}:
        raise ValueError("begins neither with imaps:// nor with file:///")
    return text


def _key(text: str) -> str:
    if len(text.encode()) < MINIMUM_KEY_BYTES:
        raise ValueError(f"is shorter than {MINIMUM_KEY_BYTES} bytes")
    return text


def _environment(text: str) -> str:
    if text not in ENVIRONMENTS:
        raise ValueError(f"is none of {', '.join(ENVIRONMENTS)}")
    return text


def _log_level(text: str) -> str:
    if text not in LOG_LEVELS:
        raise ValueError(f"is none of {', '.join(LOG_LEVELS)}")
    return text


def _notify_key(text: str) -> str:
    """Return a key as GOV.UK Notify shows it: its name, the service's id and the secret, each of the two a UUID."""
    if not NOTIFY_KEY.search(text):
        raise ValueError("is not a key of GOV.UK Notify")
    return text


def _port(text: str) -> int:
    port = int(text) if text.isdigit() else -1
    if not 0 <= port <= 65535:
        raise ValueError("is not a port number")
    return port


def _key_variable(name: str) -> Variable:
    return Variable(name, DEVELOPMENT_KEYS[name], required=True, read=_key)


VARIABLES = (
    Variable("CARTREF_ENVIRONMENT", "development", read=_environment),
    Variable("CARTREF_DATABASE_URL", "sqlite:///var/cartref.sqlite3", required=True, read=_database),
    _key_variable("CARTREF_SECRET_KEY"),
    _key_variable("CARTREF_LINK_KEY"),
    _key_variable("CARTREF_TICKET_KEY"),
    _key_variable("CARTREF_EVENTS_KEY"),
    Variable("CARTREF_PUBLIC_URL", "http://127.0.0.1:8000", required=True, read=_url),
    Variable("CARTREF_SIGNALLING_PUBLIC_URL", "ws://127.0.0.1:8001/v1/socket", required=True, read=_url),
    Variable("CARTREF_DATA", "var", read=Path),
    Variable("CARTREF_HEALTH_BOARD", "Bwrdd Iechyd Glan Llyn", required=True),
    Variable("CARTREF_HELP_PHONE", "01632 960123", required=True),
    Variable("CARTREF_MAIL_FROM", "clinic@example.org", required=True),
    Variable("CARTREF_SMTP_URL", required=True, read=_url),
    Variable("CARTREF_NOTIFY_KEY", read=_notify_key),
    Variable("CARTREF_NOTIFY_URL", "https://api.notifications.service.gov.uk", read=_url),
    Variable("CARTREF_NOTIFY_TEXT_TEMPLATE"),
    Variable("CARTREF_NOTIFY_EMAIL_TEMPLATE"),
    Variable("CARTREF_NOTIFY_LETTER_TEMPLATE"),
    Variable("CARTREF_REDIS_URL", read=_url),
    Variable("CARTREF_REPLIES_URL", read=_mailbox),
    Variable("CARTREF_WEB_HOST", "127.0.0.1"),
    Variable("CARTREF_WEB_PORT", "8000", read=_port),
    Variable("CARTREF_SIGNALLING_HOST", "127.0.0.1"),
    Variable("CARTREF_SIGNALLING_PORT", "8001", read=_port),
    Variable("CARTREF_SIGNALLING_INTERNAL_URL", read=_url),
    Variable("CARTREF_LOG_LEVEL", "INFO", read=_log_level),
)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings that `environ` describes; raise SettingsError naming every fault at once."""
    production = environ.get("CARTREF_ENVIRONMENT") == "production"
    values: dict[str, object] = {}
    faults: list[str] = []
    for variable in VARIABLES:
        try:
            values[variable.name] = _read(variable, environ.get(variable.name, ""), production=production)
        except ValueError as fault:
            faults.append(f"{variable.name} {fault}")
    faults += _half_set(environ)
    if production:
        faults += _not_fit_for_patients(values)
    if faults:
        raise SettingsError(faults)
    by_field = {name.removeprefix("CARTREF_").lower(): value for name, value in values.items()}
    return Settings(**{field.name: by_field[field.name] for field in fields(Settings)})  # type: ignore[arg-type] # read above


def _half_set(environ: Mapping[str, str]) -> list[str]:
    given = [name for name in ALL_OR_NONE if environ.get(name)]
    lacking = [name for name in ALL_OR_NONE if name not in given]
    return [f"{name} is missing, although {given[0]} is set" for name in lacking] if given else []


def _not_fit_for_patients(values: Mapping[str, object]) -> list[str]:
    keys = [values.get(name) for name in DEVELOPMENT_KEYS]
    shared = [name for name in DEVELOPMENT_KEYS if values.get(name) and keys.count(values[name]) > 1]
    plain = [
        name for name, scheme in SECURE.items() if urlsplit(str(values.get(name, scheme))).scheme not in {scheme, ""}
    ]
    return [f"{name} is the same as another key" for name in shared] + [
        f"{name} does not begin with {SECURE[name]}://" for name in plain
    ]


def _read(variable: Variable, text: str, *, production: bool) -> object:
    if not text and production and variable.required:
        raise ValueError("is missing")
    if production and text and text == DEVELOPMENT_KEYS.get(variable.name):
        raise ValueError("is the development key, which anyone can read")
    text = text or variable.default or ""
    return variable.read(text) if text else None
