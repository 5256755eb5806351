"""The signature of the posts to the application."""

import pytest

from signalling.wire import SignatureRefused, sign, verify_signature
from signalling.wire.events import read_answer

KEY = b"k" * 32
BODY = '{"events":[{"id":"ŵ"}]}'.encode()
NOW = 1_767_225_600.0


def test_a_known_signature_is_what_the_contract_says() -> None:
    # printf '1767225600.{}' | openssl dgst -sha256 -hmac kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk
    assert sign(b"{}", KEY, NOW) == ("t=1767225600,v1=ae4895155f8573b496d51a1f826b8d6c02f086eeb138d08938e834b2b010263e")


@pytest.mark.parametrize("age", [0, 299, -299])
def test_a_fresh_post_is_accepted(age: int) -> None:
    verify_signature(sign(BODY, KEY, NOW), BODY, KEY, NOW + age)


@pytest.mark.parametrize(
    ("header", "body", "key", "now"),
    [
        (sign(BODY, KEY, NOW), BODY + b" ", KEY, NOW),
        (sign(BODY, KEY, NOW), BODY, b"l" * 32, NOW),
        (sign(BODY, KEY, NOW), BODY, KEY, NOW + 301),
        (sign(BODY, KEY, NOW), BODY, KEY, NOW - 301),
        (sign(BODY, KEY, NOW).replace("t=1", "t=2"), BODY, KEY, NOW),
        ("", BODY, KEY, NOW),
        ("t=,v1=", BODY, KEY, NOW),
        ("t=²,v1=é", BODY, KEY, NOW),
        ("v1=abc", BODY, KEY, NOW),
        ("t=" + "9" * 5000 + ",v1=00", BODY, KEY, NOW),
    ],
)
def test_anything_else_is_refused(header: str, body: bytes, key: bytes, now: float) -> None:
    with pytest.raises(SignatureRefused):
        verify_signature(header, body, key, now)


def test_an_order_of_a_later_version_does_not_cost_the_others() -> None:
    answer = read_answer(
        b'{"accepted":["a"],"orders":[{"id":"1","type":"dance","room":"r"},{"id":"2","type":"end","room":"r"}]}'
    )

    assert answer.accepted == ["a"]
    assert [order.id for order in answer.orders] == ["2"]
