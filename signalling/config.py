"""Settings: `CARTREF_*` from the environment, read once, everything missing or wrong named at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

DEVELOPMENT_KEYS: Final = {
    "CARTREF_TICKET_KEY": "development-ticket-key-not-for-production-use",
    "CARTREF_EVENTS_KEY": "development-events-key-not-for-production-use",
}
MINIMUM_KEY_BYTES: Final = 32
MOST_FORWARDERS: Final = 64
ENVIRONMENTS: Final = ("development", "test", "production")


class SettingsError(Exception):
    """The environment can't be used; the message names every fault on a line of its own."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("signalling can't start:\n" + "\n".join(f"  {fault}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Settings:
    """What one deployment chose; `origins` is empty where only the request's own host may open a socket."""

    environment: str
    ticket_key: str | None
    ticket_public_key: str | None
    events_key: str
    app_url: str
    data: Path
    host: str = "127.0.0.1"
    port: int = 8001
    origins: frozenset[str] = frozenset()
    turn_secret: str | None = None
    turn_urls: tuple[str, ...] = ()
    forwarders: int = 1
    media_address: str | None = None


@dataclass(frozen=True)
class Variable:
    """One variable: the setting it fills, its default outside production, and how it is read."""

    name: str
    setting: str
    default: str | None = None
    required: bool = False
    read: Callable[[str], Any] = str


def _key(text: str) -> str:
    if len(text.encode()) < MINIMUM_KEY_BYTES:
        raise ValueError(f"is shorter than {MINIMUM_KEY_BYTES} bytes")
    return text


def _url(text: str) -> str:
    if urlsplit(text).scheme not in ("http", "https"):
        raise ValueError("is no http or https URL")
    return text.rstrip("/")


def _port(text: str) -> int:
    port = int(text) if text.isdigit() else -1
    if not 0 <= port <= 65535:
        raise ValueError("is not a port number")
    return port


def _count(text: str) -> int:
    if not text.isdigit() or int(text) > MOST_FORWARDERS:
        raise ValueError(f"is no number from 0 to {MOST_FORWARDERS}")
    return int(text)


def _address(text: str) -> str:
    return str(ip_address(text))


def _environment(text: str) -> str:
    if text not in ENVIRONMENTS:
        raise ValueError(f"is none of {', '.join(ENVIRONMENTS)}")
    return text


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _origins(text: str) -> frozenset[str]:
    return frozenset(word.rstrip("/").lower() for word in _words(text))


def _turn_urls(text: str) -> tuple[str, ...]:
    urls = _words(text)
    if not all(url.startswith(("turn:", "turns:", "stun:")) for url in urls):
        raise ValueError("holds something that is no turn:, turns: or stun: URL")
    return urls


def _pem(text: str) -> str:
    # An environment file has no way to write a line break but this.
    pem = text.replace("\\n", "\n")
    if "PUBLIC KEY" not in pem:
        raise ValueError("is no PEM public key")
    return pem


VARIABLES: Final = (
    Variable("CARTREF_ENVIRONMENT", "environment", "development", read=_environment),
    Variable("CARTREF_TICKET_KEY", "ticket_key", DEVELOPMENT_KEYS["CARTREF_TICKET_KEY"], read=_key),
    Variable("CARTREF_TICKET_PUBLIC_KEY", "ticket_public_key", read=_pem),
    Variable("CARTREF_EVENTS_KEY", "events_key", DEVELOPMENT_KEYS["CARTREF_EVENTS_KEY"], required=True, read=_key),
    Variable("CARTREF_APP_URL", "app_url", "http://127.0.0.1:8000", required=True, read=_url),
    Variable("CARTREF_SIGNALLING_DATA", "data", "var/signalling", required=True, read=Path),
    Variable("CARTREF_SIGNALLING_HOST", "host", "127.0.0.1"),
    Variable("CARTREF_SIGNALLING_PORT", "port", "8001", read=_port),
    Variable("CARTREF_ORIGINS", "origins", "", read=_origins),
    Variable("CARTREF_TURN_SECRET", "turn_secret"),
    Variable("CARTREF_FORWARDERS", "forwarders", "1", read=_count),
    Variable("CARTREF_MEDIA_ADDRESS", "media_address", read=_address),
    Variable("CARTREF_TURN_URLS", "turn_urls", "", read=_turn_urls),
)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings that the environment describes; raises SettingsError naming every fault at once."""
    production = environ.get("CARTREF_ENVIRONMENT") == "production"
    values: dict[str, Any] = {}
    faults: list[str] = []
    for variable in VARIABLES:
        try:
            values[variable.setting] = _read(variable, environ.get(variable.name, ""), production=production)
        except ValueError as fault:
            faults.append(f"{variable.name} {fault}")
    faults += _mismatches(values)
    if faults:
        raise SettingsError(faults)
    return Settings(**values)


def _read(variable: Variable, text: str, *, production: bool) -> Any:
    is_key = variable.name in DEVELOPMENT_KEYS
    if not text:
        if production and variable.required:
            raise ValueError("is missing")
        text = "" if production and is_key else variable.default or ""
    elif production and text in DEVELOPMENT_KEYS.values():
        raise ValueError("is a development key")
    if not text and variable.default != "":
        return None
    return variable.read(text)


def _mismatches(values: dict[str, Any]) -> list[str]:
    """What only the settings together show."""
    faults = []
    if "ticket_key" in values and not values["ticket_key"] and not values.get("ticket_public_key"):
        faults.append("CARTREF_TICKET_KEY is missing, and so is CARTREF_TICKET_PUBLIC_KEY")
    wants_secret = any(url.startswith("turn") for url in values.get("turn_urls") or ())
    if wants_secret != bool(values.get("turn_secret")):
        faults.append("CARTREF_TURN_SECRET and CARTREF_TURN_URLS are missing one another")
    return faults
