"""One's own password and second factor, over HTTP."""

import re
from collections.abc import Callable

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts import passwords, service
from cartref.accounts.models import Staff
from cartref.accounts.views import ERROR_WORDS
from cartref.errors import Invalid
from tests.factories import World

SignInAs = Callable[..., FlaskClient]
NEW_PASSWORD = "three hens cross slowly"


def change(browser: FlaskClient, present: str, password: str = NEW_PASSWORD) -> tuple[int, str]:
    answer = browser.post("/account/password", data={"present": present, "password": password})
    return answer.status_code, answer.text


def signs_in(app: Flask, email: str, password: str) -> bool:
    return app.test_client().post("/sign-in", data={"email": email, "password": password}).status_code == 303


def enrol(browser: FlaskClient, password: str) -> tuple[int, str]:
    found = re.search(r'<p class="secret">(\w+)</p>', browser.get("/account/second-factor").text)
    assert found
    data = {"secret": found[1], "code": pyotp.TOTP(found[1]).now(), "present": password}
    return browser.post("/account/second-factor", data=data).status_code, found[1]


def test_a_changed_password_opens_and_the_old_one_no_longer_does(app: Flask, sign_in: SignInAs, world: World) -> None:
    assert change(sign_in("admin"), world.password)[0] == 303
    assert signs_in(app, "admin@example.org", NEW_PASSWORD)
    assert not signs_in(app, "admin@example.org", world.password)


def test_changing_the_password_ends_the_other_screens_and_keeps_this_one(sign_in: SignInAs, world: World) -> None:
    here, elsewhere = sign_in("admin"), sign_in("admin")
    change(here, world.password)
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").location.startswith("/sign-in")


def test_changing_the_password_asks_for_the_present_one(app: Flask, sign_in: SignInAs, world: World) -> None:
    status, text = change(sign_in("admin"), "not the password")
    assert status == 422
    assert "That password is not right." in text
    assert signs_in(app, "admin@example.org", world.password)


def test_guessing_the_present_password_is_counted(sign_in: SignInAs, world: World) -> None:
    browser = sign_in("admin")
    assert [change(browser, "wrong")[0] for _ in range(9)] == [422] * 8 + [429]
    assert change(browser, world.password)[0] == 429


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "Use at least 12 letters."),
        ("x" * 129, "Use at most 128 letters."),
        ("abababababababab", "harder to guess"),
        ("my name is Prydderch", "harder to guess"),
        ("admin@example.org", "harder to guess"),
        ("A quiet morning in Bangor", "not the same as now"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(sign_in: SignInAs, world: World, password: str, said: str) -> None:
    status, text = change(sign_in("admin"), world.password, password)
    assert status == 422
    assert said in text


def test_the_words_name_the_lengths_that_are_checked() -> None:
    assert str(passwords.MINIMUM_LENGTH) in ERROR_WORDS["password.too-short"]
    assert str(passwords.MAXIMUM_LENGTH) in ERROR_WORDS["password.too-long"]


def test_a_generated_password_is_good_enough_and_never_the_same() -> None:
    made = {passwords.generated() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        passwords.check(password, "cartref")


def test_a_password_is_checked_against_its_owner_whatever_the_capitals() -> None:
    with pytest.raises(Invalid):
        passwords.check("i am PRYDDERCH today", "Prydderch")


def test_a_first_password_opens_only_the_page_that_replaces_it(
    sign_in: SignInAs, session: Session, world: World
) -> None:
    world.staff["admin"].password_expires_at = clock.now().replace(year=2099)
    session.commit()
    browser = sign_in("admin")
    assert browser.get("/account").location == "/account/password"
    assert browser.get("/patients").location == "/account/password"
    assert "Your manager has seen your first password." in browser.get("/account/password").text
    assert change(browser, world.password)[0] == 303
    assert browser.get("/account").status_code == 200


def test_the_second_factor_is_set_up_with_a_code_and_asked_from_then_on(
    app: Flask, sign_in: SignInAs, world: World
) -> None:
    status, _secret = enrol(sign_in("admin"), world.password)
    answer = app.test_client().post("/sign-in", data={"email": "admin@example.org", "password": world.password})
    assert status == 303
    assert answer.location.startswith("/sign-in/code")


def test_a_wrong_code_sets_nothing_up_and_keeps_the_picture(sign_in: SignInAs, session: Session, world: World) -> None:
    browser, secret = sign_in("admin"), pyotp.random_base32(32)
    answer = browser.post(
        "/account/second-factor", data={"secret": secret, "code": "abcdef", "present": world.password}
    )
    assert answer.status_code == 422
    assert secret in answer.text
    assert session.get_one(Staff, world.staff["admin"].id).totp_secret is None


def test_the_code_that_set_it_up_does_not_open(app: Flask, sign_in: SignInAs, world: World) -> None:
    _status, secret = enrol(sign_in("admin"), world.password)
    browser = app.test_client()
    browser.post("/sign-in", data={"email": "admin@example.org", "password": world.password})
    assert browser.post("/sign-in/code", data={"code": pyotp.TOTP(secret).now()}).status_code == 422


def test_the_second_factor_is_removed_with_the_password_alone(app: Flask, sign_in: SignInAs, world: World) -> None:
    browser = sign_in("admin")
    enrol(browser, world.password)
    assert browser.post("/account/second-factor/remove", data={"present": "wrong"}).status_code == 422
    assert browser.post("/account/second-factor/remove", data={"present": world.password}).status_code == 303
    answer = app.test_client().post("/sign-in", data={"email": "admin@example.org", "password": world.password})
    assert answer.location == "/"


def test_tries_are_forgotten_only_for_whoever_proved_herself(session: Session, world: World) -> None:
    for _ in range(8):
        service.sign_in(session, email=world.staff["admin"].email, password="wrong")
    service.sign_in(session, email=world.staff["manager"].email, password=world.password)
    answer = service.sign_in(session, email=world.staff["admin"].email, password=world.password)
    assert isinstance(answer, service.Refusal)
    assert answer.retry_after
