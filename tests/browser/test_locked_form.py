"""A clerk is called away in the middle of a form: the screen locks, and what she typed is there when she is back."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, update

from cartref.accounts.models import SignIn
from cartref.config import read_settings
from tests.browser import steps
from tests.browser.stack import Clinic

pytestmark = pytest.mark.browser


def test_what_was_typed_outlives_a_locked_screen(sqlite_clinic: Clinic, person: Callable[..., Page]) -> None:
    admin = steps.sign_in(person(), sqlite_clinic, "admin")
    admin.goto(f"{sqlite_clinic.web}/patients/new")
    admin.get_by_label("First name", exact=True).fill("Gwenllian")
    admin.get_by_role("radio", name="Welsh", exact=True).check()
    _lock_everybody(sqlite_clinic)

    admin.get_by_role("button", name="Register").click()
    expect(admin.get_by_role("heading", name="The screen is locked")).to_be_visible()
    assert "Gwenllian" not in admin.content()
    admin.locator("input[name=password]").fill(sqlite_clinic.staff("admin")["password"])
    admin.get_by_role("button", name="Unlock").click()

    expect(admin.get_by_label("First name", exact=True)).to_have_value("Gwenllian")
    expect(admin.get_by_role("radio", name="Welsh", exact=True)).to_be_checked()
    admin.goto(f"{sqlite_clinic.web}/day")
    admin.goto(f"{sqlite_clinic.web}/patients/new")
    expect(admin.get_by_label("First name", exact=True)).to_have_value("")


def _lock_everybody(clinic: Clinic) -> None:
    engine = create_engine(read_settings(clinic.environ).database_url)
    with engine.begin() as connection:
        connection.execute(update(SignIn).values(locked_at=datetime.now(UTC)))
    engine.dispose()
