"""What passes between participants, and between whom."""

from typing import Any

import pytest

from tests.signalling.visit import CARER, CLINICIAN, PATIENT, Party, Visit, kinds

CANDIDATE = {"candidate": "candidate:1 1 udp 2122260223 192.0.2.7 54321 typ host", "sdpMid": "0", "sdpMLineIndex": 0}


class Cast:
    """A clinician, a patient who was let in, and a carer who waits."""

    def __init__(self, **claims: Any) -> None:
        self.visit = Visit()
        self.people: dict[str, Party] = {
            CLINICIAN: self.visit.enter(CLINICIAN, "clinician"),
            PATIENT: self.visit.enter(PATIENT, "patient", **claims),
            CARER: self.visit.enter(CARER, "carer"),
        }
        self[CLINICIAN].send("admit", participant=PATIENT)
        for party in self.people.values():
            party.read()

    def __getitem__(self, participant: str) -> Party:
        return self.people[participant]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("offer", {"session": "s1", "sdp": "v=0\r\n"}),
        ("answer", {"session": "s1", "sdp": "v=0\r\n"}),
        ("candidate", {"session": "s1", "candidate": CANDIDATE}),
        ("candidate", {"session": "s1", "candidate": None}),
    ],
)
@pytest.mark.parametrize(
    ("sender", "receiver", "refusal"),
    [
        (CLINICIAN, PATIENT, ""),
        (PATIENT, CLINICIAN, ""),
        (CLINICIAN, CARER, ""),
        (CARER, CLINICIAN, ""),
        (PATIENT, CARER, "not-permitted"),
        (CARER, PATIENT, "no-such-peer"),
        (PATIENT, PATIENT, "no-such-peer"),
        (PATIENT, "bridge", "no-such-peer"),
        (CLINICIAN, "nobody-at-all-0000", "no-such-peer"),
    ],
)
def test_media_is_negotiated_with_staff_or_between_the_admitted(
    kind: str, fields: dict[str, Any], sender: str, receiver: str, refusal: str
) -> None:
    cast = Cast()

    cast[sender].send(kind, to=receiver, **fields)

    assert cast[sender].refusal == refusal
    if not refusal:
        received = cast[receiver].read()[-1]
        assert {**received, "seq": 0} == {"type": kind, "seq": 0, "from": sender, **fields}


def test_what_is_sent_to_somebody_away_is_kept_for_him() -> None:
    cast = Cast()
    token = cast.visit.enter(PATIENT, "patient", epoch=1)
    token.lose()
    cast[CLINICIAN].send("offer", to=PATIENT, session="s1", sdp="v=0")

    back = cast.visit.resume(token.token, received=token.inbox[-1]["seq"])

    assert kinds(back.inbox) == ["welcome", "offer"]


def test_a_description_that_would_swell_over_64_kib_is_refused_and_costs_the_reader_no_number() -> None:
    cast = Cast()

    cast[CLINICIAN].send("offer", to=PATIENT, session="s1", sdp="\u0001" * 12_000)
    cast[CLINICIAN].send("offer", to=PATIENT, session="s1", sdp="v=0")

    assert cast[CLINICIAN].refusal == "too-long"
    assert [message["sdp"] for message in cast[PATIENT].inbox] == ["v=0"]


@pytest.mark.parametrize(
    ("sender", "to", "readers", "refusal"),
    [
        (CLINICIAN, None, [PATIENT], ""),
        (PATIENT, None, [CLINICIAN], ""),
        (CARER, None, [], "not-permitted"),
        (CLINICIAN, CARER, [CARER], ""),
        (CLINICIAN, PATIENT, [PATIENT], ""),
        (PATIENT, CLINICIAN, [CLINICIAN], ""),
        (PATIENT, CARER, [], "not-permitted"),
        (CARER, CLINICIAN, [], "not-permitted"),
        (CARER, PATIENT, [], "no-such-peer"),
        (PATIENT, "nobody-at-all-0000", [], "no-such-peer"),
    ],
)
def test_chat_reaches_whom_it_may(sender: str, to: str | None, readers: list[str], refusal: str) -> None:
    cast = Cast()

    cast[sender].send("chat", text="Bore da", **({"to": to} if to else {}))

    assert [name for name, party in cast.people.items() if "chat" in kinds(party.inbox)] == readers
    assert cast[sender].refusal == refusal


def test_who_waits_may_answer_the_staff_who_wrote_to_her_also_after_a_reload() -> None:
    cast = Cast()
    cast[CLINICIAN].send("chat", to=CARER, text="Are you with your mother?")
    cast[CARER].send("chat", to=CLINICIAN, text="Yes")

    cast.people[CARER] = cast.visit.enter(CARER, "carer")
    cast[CARER].send("chat", to=CLINICIAN, text="I am back")

    assert [message["text"] for message in cast[CLINICIAN].inbox if message["type"] == "chat"] == ["Yes", "I am back"]


def test_the_application_is_told_that_something_was_written_but_not_what() -> None:
    cast = Cast()
    cast.visit.events.clear()

    cast[CLINICIAN].send("chat", text="Between us")

    assert cast.visit.events == [("chat.sent", CLINICIAN, {"to": None})]


def test_a_flood_closes_the_socket_and_coming_back_does_not_refill_the_allowance() -> None:
    cast = Cast()
    patient = cast.visit.enter(PATIENT, "patient")
    sent = 0
    while patient.closed is None:
        patient.send("ping")
        sent += 1

    back = cast.visit.enter(PATIENT, "patient")
    back.send("ping")

    assert (sent, patient.closed) == (301, (4429, "flooding"))
    assert back.closed == (4429, "flooding")


def test_the_allowance_grows_by_twenty_a_second() -> None:
    cast = Cast()
    patient = cast.visit.enter(PATIENT, "patient")
    for _ in range(300):
        patient.send("dance")
    cast.visit.now += 1

    for _ in range(20):
        patient.send("dance")
    open_after_twenty = patient.closed is None
    patient.send("dance")

    assert open_after_twenty
    assert patient.closed == (4429, "flooding")
