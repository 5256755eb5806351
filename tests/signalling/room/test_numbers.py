"""The numbers of a client's messages."""

import pytest

from tests.signalling.visit import CLINICIAN, PATIENT, Party, Visit


@pytest.fixture
def patient() -> Party:
    visit = Visit()
    visit.enter(CLINICIAN, "clinician")
    return visit.enter(PATIENT, "patient")


@pytest.mark.parametrize(
    ("numbers", "handled", "errors"),
    [
        ([1, 2, 3], 3, 0),
        ([1, 1, 1], 1, 0),
        ([2], 0, 1),
        ([1, 3, 2], 2, 1),
        ([None, 1, None], 1, 0),
    ],
)
def test_a_number_is_acted_on_once_and_none_is_left_out(
    patient: Party, numbers: list[int | None], handled: int, errors: int
) -> None:
    for n in numbers:
        patient.send("state", audio=True, **({} if n is None else {"n": n}))

    assert patient.visit.room.seats[PATIENT].numbering.handled == handled
    assert [message["type"] for message in patient.inbox].count("error") == errors


@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [
        ("dance", {}, "unknown-type"),
        ("chat", {"text": "a" * 1001}, "too-long"),
        ("rung", {"rung": "pigeon", "reason": "x"}, "invalid"),
        ("admit", {"participant": PATIENT}, "not-permitted"),
        ("offer", {"to": "nobody-at-all-0000", "session": "s", "sdp": "v=0"}, "no-such-peer"),
    ],
)
def test_a_refused_message_counts_as_handled(patient: Party, kind: str, fields: dict[str, object], code: str) -> None:
    answer = patient.send(kind, n=1, id="m1", **fields)

    assert [(message["type"], message["code"], message["ref"]) for message in answer] == [("error", code, "m1")]
    assert patient.visit.room.seats[PATIENT].numbering.handled == 1


@pytest.mark.parametrize("n", [0, -1, 1.5, "1", True, 2**53])
def test_a_number_that_is_none_is_invalid(patient: Party, n: object) -> None:
    answer = patient.send("state", audio=True, n=n)

    assert [message["code"] for message in answer] == ["invalid"]


def test_a_second_hello_is_invalid(patient: Party) -> None:
    patient.send("hello", ticket="t", n=1)

    assert patient.refusal == "invalid"
    assert patient.closed is None


@pytest.mark.parametrize(
    "text", ["", "nonsense", "[]", '"text"', "7", '{"type":"ping","t":NaN}', '{"type":"ping","t":-Infinity}']
)
def test_what_is_no_json_object_closes_the_socket(patient: Party, text: str) -> None:
    patient.send_text(text)

    assert patient.closed == (4400, "bad-frame")
    assert patient.visit.room.seats[PATIENT].status == "away"


def test_half_a_surrogate_pair_is_refused_but_does_not_close_the_socket(patient: Party) -> None:
    patient.send_text('{"type":"chat","text":"\\ud83d","n":1}')

    assert patient.refusal == "invalid"
    assert patient.visit.room.seats[PATIENT].numbering.handled == 1


def test_every_message_but_the_pong_is_numbered_and_rises_by_one(patient: Party) -> None:
    patient.send("ping", t={"mark": [1, None]})
    patient.send("dance")
    patient.send("dance")

    assert patient.inbox[1] == {"type": "pong", "t": {"mark": [1, None]}}
    assert [message["seq"] for message in patient.inbox if message["type"] != "pong"] == [1, 2, 3]
