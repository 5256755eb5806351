"""Whatever arrives, the parser answers with a message or a refusal, or says that it is no frame."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from signalling.wire import ClientMessage, NotAFrame, parse
from signalling.wire.client import TYPES
from signalling.wire.server import Error, encode

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
fields = st.sampled_from(
    ["n", "id", "to", "session", "sdp", "candidate", "text", "participant", "reason", "rung", "level", "t", "code"]
)


def read(text: str) -> ClientMessage | str | None:
    """The message, the refusal's code, or None for what is no frame."""
    try:
        frame = parse(text)
    except NotAFrame:
        return None
    assert (frame.message is None) is (frame.refusal is not None)
    encode(Error(code="invalid", detail=frame.refusal.detail if frame.refusal else "", ref=frame.ref))
    return frame.message or (frame.refusal.code if frame.refusal else None)


@settings(max_examples=400, deadline=None)
@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    read(text)


@settings(max_examples=400, deadline=None)
@given(values)
def test_any_json_is_answered_and_only_an_object_is_a_frame(value: Any) -> None:
    text = json.dumps(value)
    is_frame = isinstance(value, dict) and "NaN" not in text and "Infinity" not in text

    if is_frame:
        assert read(text) is not None
    elif not isinstance(value, dict):
        assert read(text) is None


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(sorted(TYPES)), st.dictionaries(fields, values, max_size=6))
def test_any_fields_of_a_known_message_are_answered(kind: str, some: dict[str, Any]) -> None:
    answer = read(json.dumps({**some, "type": kind}))

    assert answer is None or isinstance(answer, ClientMessage) or answer in ("invalid", "too-long")


def test_nesting_without_end_is_no_frame() -> None:
    assert read('{"type":"ping","t":' + "[" * 20_000 + "]" * 20_000 + "}") is None


def test_a_mark_of_a_ping_comes_back_as_it_was_written() -> None:
    frame = parse('{"type":"ping","t":[1.50, "ŵ", 12345678901234567890]}')

    assert frame.message is not None
    assert bytes(frame.message.t) == '[1.50, "ŵ", 12345678901234567890]'.encode()  # type: ignore[attr-defined]  # a Ping
