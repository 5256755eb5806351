"""When the database can't be reached the page says so, in words, and asks it nothing more."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from cartref.db import db


def test_the_page_says_that_it_is_not_there_just_now(sign_in: Callable[..., FlaskClient]) -> None:
    browser = sign_in("admin")
    with browser.application.app_context():
        engine = db.engine

    def refuse(*_given: object) -> None:
        raise OperationalError("SELECT", {}, ConnectionRefusedError())

    event.listen(engine, "before_cursor_execute", refuse)
    answer = browser.get("/patients")
    event.remove(engine, "before_cursor_execute", refuse)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "<h1" in answer.text
    assert browser.get("/patients").status_code == 200


@pytest.mark.parametrize("address", ["/patients/%00", "/patients?q=%00"])
def test_an_address_with_a_nul_is_not_found(sign_in: Callable[..., FlaskClient], address: str) -> None:
    assert sign_in("admin").get(address).status_code == 404
