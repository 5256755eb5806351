"""The address that signalling posts to: signed and fresh, or turned away."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cartref.consultations.codes import Presence
from signalling.wire import sign
from tests.cartref.consultations.conftest import Reporter, event
from tests.cartref.consultations.test_events import Book

URL = "/callbacks/v1/events"
Post = Callable[..., tuple[int, dict[str, object]]]


@pytest.fixture
def post(app: Flask, client: FlaskClient, session: Session) -> Post:
    """Return a function that posts a body signed with a key at a time, and gives back status and JSON."""

    def posted(
        body: bytes, *, key: str | None = None, at: float | None = None, sent: bytes | None = None
    ) -> tuple[int, dict[str, object]]:
        key = key or app.config["CARTREF"].events_key
        header = sign(body, key.encode(), at or datetime.now(UTC).timestamp())
        session.commit()
        answer = client.post(
            URL, data=sent or body, content_type="application/json", headers={"X-Cartref-Signature": header}
        )
        return answer.status_code, answer.get_json()

    return posted


def test_a_signed_post_is_taken(session: Session, book: Book, signalling: Reporter, post: Post) -> None:
    seat = signalling.seat(book())
    told = event("participant.waiting", seat.encounter.room, seat.participant)

    status, answer = post(json.dumps({"events": [told], "done": []}).encode())

    assert status == 200
    assert answer["accepted"] == [told["id"]]
    session.refresh(seat)
    assert seat.presence == Presence.WAITING


def test_an_empty_post_fetches_orders(book: Book, signalling: Reporter, post: Post) -> None:
    signalling.happen("participant.waiting", signalling.seat(book()))

    status, answer = post(b'{"events":[],"done":[]}')

    assert status == 200
    orders = answer["orders"]
    assert isinstance(orders, list)
    assert [order["type"] for order in orders] == ["ahead"]


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_stale_signature_is_refused(book: Book, post: Post, seconds: int) -> None:
    status, _answer = post(b'{"events":[]}', at=datetime.now(UTC).timestamp() + seconds)

    assert status == 401


def test_another_key_is_refused(post: Post) -> None:
    status, answer = post(b'{"events":[]}', key="another-key-that-is-long-enough-to-be-one")

    assert (status, answer["code"]) == (401, "events.not-signed")


def test_another_body_than_was_signed_is_refused(post: Post) -> None:
    assert post(b'{"events":[]}', sent=b'{"events":[],"done":["x"]}')[0] == 401


def test_no_signature_is_refused(client: FlaskClient) -> None:
    assert client.post(URL, data=b"{}", content_type="application/json").status_code == 401


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"events":3}', b'{"done":[3]}', b"\xff"])
def test_a_body_that_is_no_post_is_refused_and_not_an_error(post: Post, body: bytes) -> None:
    assert post(body)[0] == 422


def test_no_form_token_is_asked_of_signalling(app: Flask, book: Book, signalling: Reporter, post: Post) -> None:
    app.config["WTF_CSRF_ENABLED"] = True

    assert post(b'{"events":[],"done":[]}')[0] == 200
