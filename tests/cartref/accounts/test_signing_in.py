"""Signing in over HTTP: who gets in, who does not, and what the answers give away."""

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cartref import clock
from cartref.accounts.models import SignIn, Staff
from cartref.accounts.service import throttling
from cartref.audit.models import AuditEntry
from tests.factories import World

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def try_password(browser: FlaskClient, email: str, password: str, address: str = "192.0.2.1") -> TestResponse:
    return browser.post(
        "/sign-in", data={"email": email, "password": password}, environ_overrides={"REMOTE_ADDR": address}
    )


def with_second_factor(session: Session, staff: Staff) -> pyotp.TOTP:
    staff.totp_secret = SECRET
    session.commit()
    return pyotp.TOTP(SECRET)


def many_failed(session: Session, address: str) -> None:
    for _ in range(100):
        throttling.count(session, throttling.key("address", address), timedelta(minutes=15))
    session.commit()


def signed_in(browser: FlaskClient) -> bool:
    return browser.get("/account").status_code == 200


def test_the_right_password_signs_in(client: FlaskClient, world: World) -> None:
    answer = try_password(client, "admin@example.org", world.password)
    assert answer.status_code == 303
    assert answer.location == "/"
    assert signed_in(client)


def test_an_email_address_is_known_whatever_its_capitals(client: FlaskClient, world: World) -> None:
    assert try_password(client, " Admin@Example.ORG ", world.password).status_code == 303


def test_a_token_is_256_bits_and_only_its_hash_is_kept(client: FlaskClient, session: Session, world: World) -> None:
    try_password(client, "admin@example.org", world.password)
    cookie = client.get_cookie("cartref_sign_in")
    assert cookie is not None
    assert len(cookie.value) >= 43
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert cookie.value not in session.scalars(select(SignIn.token_sha256)).all()


def test_signing_in_again_gives_a_new_token_and_ends_the_old_one(client: FlaskClient, app: Flask, world: World) -> None:
    try_password(client, "admin@example.org", world.password)
    old = client.get_cookie("cartref_sign_in")
    try_password(client, "admin@example.org", world.password)
    thief = app.test_client()
    assert old is not None
    thief.set_cookie("cartref_sign_in", old.value)
    assert signed_in(client)
    assert not signed_in(thief)


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client: FlaskClient, world: World) -> None:
    wrong = try_password(client, "admin@example.org", "not the password")
    unknown = try_password(client, "nobody@example.org", "not the password")
    assert wrong.status_code == unknown.status_code == 422
    assert "The e-mail address or the password is not right." in wrong.text
    assert wrong.text.replace("admin@", "nobody@").count("<") == unknown.text.count("<")


def test_what_was_typed_is_kept_but_the_password(client: FlaskClient) -> None:
    answer = try_password(client, "admin@example.org", "not the password")
    assert 'value="admin@example.org"' in answer.text
    assert "not the password" not in answer.text


def test_the_ninth_try_is_refused_even_with_the_right_password(client: FlaskClient, world: World) -> None:
    for _ in range(8):
        assert try_password(client, "admin@example.org", "wrong").status_code == 422
    answer = try_password(client, "admin@example.org", world.password)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60


def test_an_unknown_address_is_refused_after_as_many_tries(client: FlaskClient) -> None:
    codes = [try_password(client, "nobody@example.org", "wrong").status_code for _ in range(9)]
    assert codes == [422] * 8 + [429]


def test_after_a_quarter_of_an_hour_the_right_password_is_good_again(client: FlaskClient, world: World) -> None:
    for _ in range(9):
        try_password(client, "admin@example.org", "wrong")
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        assert try_password(client, "admin@example.org", world.password).status_code == 303


def test_the_right_password_forgets_the_wrong_ones(client: FlaskClient, world: World) -> None:
    for _ in range(7):
        try_password(client, "admin@example.org", "wrong")
    try_password(client, "admin@example.org", world.password)
    assert try_password(client, "admin@example.org", "wrong").status_code == 422


def test_a_hospital_is_never_locked_out_as_a_whole(client: FlaskClient, session: Session, world: World) -> None:
    many_failed(session, "192.0.2.1")
    assert try_password(client, "clinician@example.org", world.password).status_code == 303


def test_an_address_where_many_fail_gets_fewer_tries_for_each_account(client: FlaskClient, session: Session) -> None:
    many_failed(session, "192.0.2.1")
    codes = [try_password(client, "admin@example.org", "wrong").status_code for _ in range(3)]
    assert codes == [422, 422, 429]
    assert try_password(client, "manager@example.org", "wrong", address="192.0.2.2").status_code == 422


@pytest.mark.parametrize(
    "onward", ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", ""]
)
def test_signing_in_leads_nowhere_else(client: FlaskClient, world: World, onward: str) -> None:
    data = {"email": "admin@example.org", "password": world.password, "next": onward}
    assert client.post("/sign-in", data=data).location == "/"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(client: FlaskClient, world: World) -> None:
    asked = client.get("/account?from=day")
    assert asked.location == "/sign-in?next=/account?from%3Dday"
    assert 'value="/account?from=day"' in client.get(asked.location).text


def test_whoever_left_does_not_sign_in(client: FlaskClient, session: Session, world: World) -> None:
    world.staff["admin"].left_at = clock.now()
    session.commit()
    answer = try_password(client, "admin@example.org", world.password)
    assert answer.status_code == 422
    assert "is not right" in answer.text


def test_whoever_works_in_no_service_is_told_so(client: FlaskClient, session: Session, world: World) -> None:
    world.staff["admin"].memberships[0].ended_at = clock.now()
    session.commit()
    answer = try_password(client, "admin@example.org", world.password)
    assert answer.status_code == 422
    assert "You do not work in any service at the moment." in answer.text


def test_a_code_is_asked_where_there_is_a_second_factor(client: FlaskClient, session: Session, world: World) -> None:
    codes = with_second_factor(session, world.staff["admin"])
    asked = try_password(client, "admin@example.org", world.password)
    assert asked.location.startswith("/sign-in/code")
    assert not signed_in(client)
    assert client.post("/sign-in/code", data={"code": codes.now()}).status_code == 303
    assert signed_in(client)


def test_the_token_changes_when_the_code_was_right(client: FlaskClient, session: Session, world: World) -> None:
    codes = with_second_factor(session, world.staff["admin"])
    try_password(client, "admin@example.org", world.password)
    before = client.get_cookie("cartref_sign_in")
    client.post("/sign-in/code", data={"code": codes.now()})
    after = client.get_cookie("cartref_sign_in")
    assert before is not None
    assert after is not None
    assert before.value != after.value


def test_a_code_opens_once(app: Flask, session: Session, world: World) -> None:
    codes = with_second_factor(session, world.staff["admin"])
    first, second = app.test_client(), app.test_client()
    code = codes.now()
    for browser in (first, second):
        try_password(browser, "admin@example.org", world.password)
    assert first.post("/sign-in/code", data={"code": code}).status_code == 303
    assert second.post("/sign-in/code", data={"code": code}).status_code == 422
    assert not signed_in(second)


def test_ten_wrong_codes_lock_the_second_factor(client: FlaskClient, session: Session, world: World) -> None:
    codes = with_second_factor(session, world.staff["admin"])
    try_password(client, "admin@example.org", world.password)
    wrong = {client.post("/sign-in/code", data={"code": "abcdef"}).status_code for _ in range(10)}
    assert wrong == {422}
    assert client.post("/sign-in/code", data={"code": codes.now()}).status_code == 429


def test_the_code_page_without_a_password_leads_back_to_the_start(client: FlaskClient) -> None:
    assert client.get("/sign-in/code").location.startswith("/sign-in?")


def test_a_half_finished_sign_in_is_forgotten_after_ten_minutes(
    client: FlaskClient, session: Session, world: World
) -> None:
    codes = with_second_factor(session, world.staff["admin"])
    try_password(client, "admin@example.org", world.password)
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        client.post("/sign-in/code", data={"code": codes.now()})
        assert not signed_in(client)


def test_signing_out_ends_the_token_not_only_the_cookie(
    app: Flask, sign_in: Callable[..., FlaskClient], world: World
) -> None:
    browser, thief = sign_in("admin"), app.test_client()
    stolen = browser.get_cookie("cartref_sign_in")
    assert stolen is not None
    thief.set_cookie("cartref_sign_in", stolen.value)
    assert signed_in(thief)
    assert browser.post("/sign-out").location == "/sign-in"
    assert not signed_in(thief)


def test_a_made_up_token_is_nobody(client: FlaskClient, world: World) -> None:
    client.set_cookie("cartref_sign_in", "0" * 43)
    assert client.get("/account").location.startswith("/sign-in")


def test_signing_in_and_out_are_in_the_audit_trail(
    sign_in: Callable[..., FlaskClient], session: Session, world: World
) -> None:
    staff_id = world.staff["admin"].id
    session.rollback()
    sign_in("admin").post("/sign-out")
    actions = session.scalars(
        select(AuditEntry.action).where(AuditEntry.actor_id == staff_id).order_by(AuditEntry.id)
    ).all()
    assert actions == ["sign-in.made", "sign-in.ended"]


def test_reading_the_sign_in_page_makes_no_sign_in(client: FlaskClient, session: Session, world: World) -> None:
    assert client.get("/sign-in").status_code == 200
    assert session.scalar(select(func.count(SignIn.id))) == 0


def test_the_sign_in_page_speaks_welsh(client: FlaskClient) -> None:
    client.set_cookie("cartref_language", "cy")
    page = client.get("/sign-in").text
    assert '<html lang="cy">' in page
    assert "Mewngofnodi" in page
