"""Events to the application and orders from it, between the real service and a real receiver."""

import json
import uuid
from pathlib import Path

import pytest

from tests.signalling.clients import CLINICIAN, PATIENT, ROOM, Client, ticket
from tests.signalling.conftest import Enter
from tests.signalling.processes import Process
from tests.signalling.receiver import Receiver

OTHER_ROOM = "room-of-somebody-else"


def order(kind: str, **fields: object) -> dict[str, object]:
    return {"id": str(uuid.uuid4()), "type": kind, "room": ROOM, **fields}


async def test_a_visit_is_told_signed_and_in_order(url: str, enter: Enter, receiver: Receiver) -> None:
    clinician = await enter(url, CLINICIAN, "clinician")
    patient = await enter(url, PATIENT, "patient")
    await patient.send("ready", camera=True, microphone=True, rtt=40, relay=None)
    await patient.after_ping()
    await clinician.send("admit", participant=PATIENT)
    await clinician.send("media", event="connected", peer=PATIENT, ms=300)
    await clinician.send("rung", rung="voice", reason="thin-line")
    await clinician.send("quality", level="poor", rtt=400, loss=0.1, up=1, down=1, path="relay")
    await clinician.send("chat", text="Can you hear me?")
    await clinician.send("hold", participant=PATIENT)
    await clinician.send("remove", participant=PATIENT)
    await clinician.send("end", reason="completed")
    await receiver.until(lambda: "room.ended" in receiver.types())

    assert receiver.types() == [
        "participant.admitted",
        "participant.waiting",
        "participant.ready",
        "participant.admitted",
        "media.connected",
        "rung.changed",
        "quality.changed",
        "chat.sent",
        "participant.held",
        "participant.removed",
        "room.ended",
    ]
    assert receiver.refused == 0
    assert "hear" not in json.dumps(receiver.accepted)
    assert {event["room"] for event in receiver.accepted} == {ROOM}
    assert receiver.accepted[-1]["participant"] == CLINICIAN
    assert receiver.accepted[-1]["data"] == {"reason": "completed"}


async def test_a_room_whose_event_waits_does_not_delay_another_and_keeps_its_order(
    url: str, enter: Enter, receiver: Receiver
) -> None:
    receiver.decide = lambda event: "wait" if event["room"] == ROOM else "accept"
    await enter(url, CLINICIAN, "clinician")
    await enter(url, PATIENT, "patient")
    await enter(url, CLINICIAN, "clinician", room=OTHER_ROOM)
    await enter(url, PATIENT, "patient", room=OTHER_ROOM)
    await receiver.until(lambda: len(receiver.types(OTHER_ROOM)) == 2)
    stuck = {event["type"] for post in receiver.posts for event in post["events"] if event["room"] == ROOM}
    receiver.decide = lambda _event: "accept"
    await receiver.until(lambda: len(receiver.types(ROOM)) == 2)

    assert stuck == {"participant.admitted"}
    assert receiver.types(ROOM) == ["participant.admitted", "participant.waiting"]


async def test_a_post_that_hangs_for_one_room_does_not_delay_another(
    url: str, enter: Enter, receiver: Receiver
) -> None:
    receiver.hang = lambda events: any(event["room"] == ROOM for event in events)

    await enter(url, PATIENT, "patient")
    await enter(url, PATIENT, "patient", room=OTHER_ROOM)
    await receiver.until(lambda: receiver.types(OTHER_ROOM) == ["participant.waiting"], seconds=5)

    assert receiver.types(ROOM) == []


async def test_an_application_that_is_down_gets_its_events_once_it_is_up(
    url: str, enter: Enter, receiver: Receiver
) -> None:
    await receiver.stop()
    await enter(url, CLINICIAN, "clinician")
    await enter(url, PATIENT, "patient")

    await receiver.start()
    await receiver.until(lambda: len(receiver.accepted) == 2)

    assert receiver.types() == ["participant.admitted", "participant.waiting"]


async def test_an_application_that_fails_gets_the_same_event_again(url: str, enter: Enter, receiver: Receiver) -> None:
    receiver.status = 500
    await enter(url, PATIENT, "patient")
    await receiver.until(lambda: sum(bool(post["events"]) for post in receiver.posts) >= 2)
    receiver.status = 200
    await receiver.until(lambda: len(receiver.accepted) == 1)

    assert len({event["id"] for post in receiver.posts for event in post["events"]}) == 1


async def test_a_rejected_event_goes_to_the_dead_letters_and_the_next_goes_on(
    url: str, enter: Enter, receiver: Receiver, tmp_path: Path
) -> None:
    receiver.decide = lambda event: "unknown-room" if event["type"] == "participant.admitted" else "accept"
    clinician = await enter(url, CLINICIAN, "clinician")
    await enter(url, PATIENT, "patient")
    await receiver.until(lambda: receiver.types() == ["participant.waiting"])
    async with clinician._session.get(url.replace("ws://", "http://").replace("/v1/socket", "/metrics")) as response:
        figures = await response.text()

    letters = [json.loads(line) for line in (tmp_path / "signalling" / "events.dead.jsonl").read_text().splitlines()]
    assert [(letter["code"], letter["event"]["participant"]) for letter in letters] == [("unknown-room", CLINICIAN)]
    assert 'cartref_signalling_events_total{outcome="rejected"} 1.0' in figures


async def test_while_a_socket_is_open_there_is_a_post_at_least_every_five_seconds(
    url: str, enter: Enter, receiver: Receiver
) -> None:
    await enter(url, PATIENT, "patient")

    for _ in range(2):
        before = len(receiver.posts)
        await receiver.until(lambda before=before: len(receiver.posts) > before, seconds=5)  # type: ignore[misc]  # bound now

    assert receiver.posts[-1] == {"events": [], "done": []}


@pytest.mark.parametrize(
    ("given", "closed"),
    [
        (order("remove", participant=PATIENT), (4403, "removed")),
        (order("end", reason="cancelled"), (4410, "ended")),
    ],
)
async def test_an_order_takes_effect_and_is_acknowledged(
    url: str, enter: Enter, receiver: Receiver, given: dict[str, object], closed: tuple[int, str]
) -> None:
    patient = await enter(url, PATIENT, "patient")

    receiver.orders.append(given)

    assert await patient.closed() == closed
    await receiver.until(lambda: given["id"] in receiver.done)


async def test_the_place_in_the_queue_reaches_who_waits(url: str, enter: Enter, receiver: Receiver) -> None:
    patient = await enter(url, PATIENT, "patient")

    receiver.orders.append(order("ahead", participant=PATIENT, n=2))

    assert (await patient.next("waiting"))["ahead"] == 2


async def test_an_order_given_twice_is_carried_out_once(url: str, enter: Enter, receiver: Receiver) -> None:
    patient = await enter(url, PATIENT, "patient")
    given = order("ahead", participant=PATIENT, n=2)
    receiver.orders += [given, {**given, "n": 3}]

    await patient.next("waiting")
    await receiver.until(lambda: given["id"] in receiver.done)

    assert [message for message in await patient.after_ping() if message["type"] == "waiting"] == []


async def test_an_order_for_a_room_not_seen_yet_waits_for_it_even_through_a_kill(
    process: Process, enter: Enter, receiver: Receiver
) -> None:
    await enter(process.url, PATIENT, "patient", room=OTHER_ROOM)
    given = order("end", reason="cancelled")
    receiver.orders.append(given)
    await receiver.until(lambda: given["id"] in receiver.done)

    await process.kill()
    await process.start()

    async with await Client.open(process.url) as client:
        await client.send("hello", ticket=ticket(PATIENT, "patient"))
        assert await client.closed() == (4410, "ended")
