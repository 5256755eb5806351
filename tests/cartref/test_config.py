"""Settings: read once, everything wrong named at once, and nothing of the development in production."""

from pathlib import Path

import pytest

from cartref.config import DEVELOPMENT_KEYS, VARIABLES, SettingsError, read_settings

PRODUCTION = {
    "CARTREF_ENVIRONMENT": "production",
    "CARTREF_DATABASE_URL": "postgresql+psycopg://cartref@db/cartref",
    **{name: f"{name}-{'k' * 32}" for name in DEVELOPMENT_KEYS},
    "CARTREF_PUBLIC_URL": "https://clinic.example",
    "CARTREF_SIGNALLING_PUBLIC_URL": "wss://clinic.example/v1/socket",
    "CARTREF_HEALTH_BOARD": "Bwrdd Iechyd Glan Llyn",
    "CARTREF_HELP_PHONE": "01632 960123",
    "CARTREF_MAIL_FROM": "clinic@clinic.example",
    "CARTREF_SMTP_URL": "smtp://mail.clinic.example",
}


def faults(**changes: str) -> list[str]:
    with pytest.raises(SettingsError) as refusal:
        read_settings({**PRODUCTION, **changes})
    return refusal.value.faults


def test_nothing_needs_to_be_set_to_try_it_out() -> None:
    settings = read_settings({})
    assert settings.environment == "development"
    assert settings.database_url == f"sqlite:///{Path('var/cartref.sqlite3').resolve()}"


def test_a_production_with_everything_set_is_read() -> None:
    settings = read_settings(PRODUCTION)
    assert settings.production
    assert settings.secure
    assert settings.signalling_origin == "wss://clinic.example"
    assert settings.line_check_url == "https://clinic.example/v1/check"


def test_all_that_is_missing_in_production_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as refusal:
        read_settings({"CARTREF_ENVIRONMENT": "production"})
    required = [variable.name for variable in VARIABLES if variable.required]
    assert refusal.value.faults == [f"{name} is missing" for name in required]
    assert all(name in str(refusal.value) for name in required)


@pytest.mark.parametrize(("name", "key"), DEVELOPMENT_KEYS.items())
def test_a_development_key_is_refused_in_production(name: str, key: str) -> None:
    assert faults(**{name: key}) == [f"{name} is the development key, which anyone can read"]


def test_one_key_for_two_purposes_is_refused_in_production() -> None:
    shared = PRODUCTION["CARTREF_LINK_KEY"]
    assert faults(CARTREF_TICKET_KEY=shared) == [
        "CARTREF_LINK_KEY is the same as another key",
        "CARTREF_TICKET_KEY is the same as another key",
    ]


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("CARTREF_PUBLIC_URL", "http://clinic.example", "does not begin with https://"),
        ("CARTREF_SIGNALLING_PUBLIC_URL", "ws://clinic.example/v1/socket", "does not begin with wss://"),
        ("CARTREF_SECRET_KEY", "short", "is shorter than 32 bytes"),
        ("CARTREF_WEB_PORT", "http", "is not a port number"),
        ("CARTREF_LOG_LEVEL", "LOUD", "is none of DEBUG, INFO, WARNING, ERROR, CRITICAL"),
        ("CARTREF_PUBLIC_URL", "clinic.example", "is not a URL"),
    ],
)
def test_what_can_not_be_used_is_said_beside_its_name(name: str, text: str, fault: str) -> None:
    assert faults(**{name: text}) == [f"{name} {fault}"]
