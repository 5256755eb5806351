"""Boards: alive, confined to their topics, and able to say one thing only."""

import time
from typing import Any

import pytest

from signalling.wire.names import FRAME_BYTES
from tests.signalling.clients import BOARD, CLINICIAN, PATIENT, ROOM, TOPIC, Client
from tests.signalling.conftest import Enter

OTHER_TOPIC = "session-somebody-else"
OTHER_ROOM = "room-of-somebody-else"


async def statuses(board: Client) -> dict[str, str]:
    """The next update as participant to status."""
    update = await board.next("board-update")
    return {row["participant"]: row["status"] for row in update["participants"]}


async def test_a_board_is_welcomed_and_shown_the_rooms_of_its_topics_only(url: str, enter: Enter) -> None:
    await enter(url, PATIENT, "patient", topics=(TOPIC,))
    await enter(url, "patient-somebody-else", "patient", room=OTHER_ROOM, topics=(OTHER_TOPIC,))

    board = await enter(url, BOARD, "board", topics=(TOPIC,))
    shown = await board.next("board")

    assert (board.welcome["room"], board.welcome["peers"], board.welcome["resume"]) == (None, [], None)
    assert [(room["room"], [row["participant"] for row in room["participants"]]) for room in shown["rooms"]] == [
        (ROOM, [PATIENT])
    ]
    assert (board.welcome["seq"], shown["seq"]) == (1, 2)


async def test_a_row_says_what_the_waiting_page_measured(url: str, enter: Enter) -> None:
    patient = await enter(url, PATIENT, "patient", topics=(TOPIC,))
    await patient.send("ready", camera=True, microphone=False, rtt=80, relay=None)
    await patient.after_ping()

    board = await enter(url, BOARD, "board", topics=(TOPIC,))
    row = (await board.next("board"))["rooms"][0]["participants"][0]

    assert set(row) == {"participant", "role", "with", "status", "since", "ready", "quality", "rung"}
    assert row["ready"] == {"camera": True, "microphone": False, "rtt": 80.0, "relay": None}
    assert (row["status"], row["quality"], row["rung"]) == ("waiting", None, None)


async def test_a_board_is_told_of_each_change(url: str, enter: Enter) -> None:
    board = await enter(url, BOARD, "board", topics=(TOPIC,))
    clinician = await enter(url, CLINICIAN, "clinician")
    patient = await enter(url, PATIENT, "patient", topics=(TOPIC,))
    arrived = await statuses(board)
    await clinician.send("admit", participant=PATIENT)
    admitted = await statuses(board)
    await patient.close()
    away = await statuses(board)
    async with await Client.enter(url, PATIENT, "patient", topics=(TOPIC,)) as back:
        returned = await statuses(board)
        await back.send("leave")
        gone = await statuses(board)

    assert [arrived, admitted, away, returned, gone] == [
        {PATIENT: status} for status in ("waiting", "admitted", "away", "admitted", "gone")
    ]


async def test_a_seat_that_changes_its_topics_leaves_the_board_it_was_on(url: str, enter: Enter) -> None:
    board = await enter(url, BOARD, "board", topics=(TOPIC,))
    await enter(url, PATIENT, "patient", topics=(TOPIC,))
    await board.next("board-update")

    await enter(url, PATIENT, "patient", topics=(OTHER_TOPIC,))

    assert await statuses(board) == {}


async def test_a_board_sees_nothing_of_a_room_outside_its_topics(url: str, enter: Enter) -> None:
    board = await enter(url, BOARD, "board", topics=(TOPIC,))
    await board.next("board")

    await enter(url, PATIENT, "patient", topics=(OTHER_TOPIC,))
    await enter(url, CLINICIAN, "clinician", topics=(TOPIC,))

    assert await statuses(board) == {CLINICIAN: "admitted"}


async def test_a_notice_from_a_board_reaches_who_waits(url: str, enter: Enter) -> None:
    board = await enter(url, BOARD, "board", topics=(TOPIC,))
    patient = await enter(url, PATIENT, "patient", topics=(TOPIC,))

    await board.send("notice", room=ROOM, code="running-late", minutes=15)

    assert {**await patient.next("notice"), "seq": 0} == {
        "type": "notice",
        "seq": 0,
        "from": BOARD,
        "code": "running-late",
        "minutes": 15,
    }


@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [
        ("notice", {"code": "please-stay", "room": OTHER_ROOM}, "no-such-peer"),
        ("notice", {"code": "please-stay", "room": "room-that-is-not-there"}, "no-such-peer"),
        ("notice", {"code": "please-stay"}, "invalid"),
        ("notice", {"code": "free words", "room": ROOM}, "invalid"),
        ("admit", {"participant": PATIENT}, "not-permitted"),
        ("remove", {"participant": PATIENT}, "not-permitted"),
        ("end", {"reason": "completed"}, "not-permitted"),
        ("chat", {"text": "Hello"}, "not-permitted"),
        ("offer", {"to": PATIENT, "session": "s", "sdp": "v=0"}, "not-permitted"),
        ("leave", {}, "not-permitted"),
        ("hello", {"ticket": "t"}, "invalid"),
        ("dance", {}, "unknown-type"),
    ],
)
async def test_a_board_can_do_nothing_else(
    url: str, enter: Enter, kind: str, fields: dict[str, Any], code: str
) -> None:
    await enter(url, "patient-somebody-else", "patient", room=OTHER_ROOM, topics=(OTHER_TOPIC,))
    await enter(url, PATIENT, "patient", topics=(TOPIC,))
    board = await enter(url, BOARD, "board", topics=(TOPIC,))

    await board.send(kind, id="m1", n=1, **fields)
    error = await board.next("error")

    assert (error["code"], error["ref"]) == (code, "m1")
    assert [message["type"] for message in await board.after_ping()] == []


async def test_a_board_ends_at_its_until(url: str, enter: Enter) -> None:
    board = await enter(url, BOARD, "board", topics=(TOPIC,), until=time.time() + 1)

    assert await board.closed() == (4410, "until")


async def test_two_boards_of_one_person_are_both_alive(url: str, enter: Enter) -> None:
    boards = [await enter(url, BOARD, "board", topics=(TOPIC,)) for _ in range(2)]

    await enter(url, PATIENT, "patient", topics=(TOPIC,))

    assert [await statuses(board) for board in boards] == [{PATIENT: "waiting"}] * 2


async def test_a_board_is_flooded_no_more_than_a_seat_and_coming_back_does_not_help(url: str, enter: Enter) -> None:
    board = await enter(url, BOARD, "board", topics=(TOPIC,))
    for _ in range(400):
        await board.send("ping")
    closed = await board.closed()
    again = await enter(url, BOARD, "board", topics=(TOPIC,))
    for _ in range(100):
        await again.send("ping")

    assert (closed, await again.closed()) == ((4429, "flooding"), (4429, "flooding"))


async def test_a_board_of_many_rooms_comes_in_frames_of_64_kib_at_most(url: str, enter: Enter) -> None:
    rooms = [f"room-number-{number:052d}" for number in range(120)]
    beside = tuple(f"beside-{number:057d}" for number in range(8))
    for number, room in enumerate(rooms):
        async with await Client.enter(
            url, f"patient-{number:056d}", "patient", room=room, topics=(TOPIC,), beside=beside
        ):
            pass

    board = await enter(url, BOARD, "board", topics=(TOPIC,))
    shown = await board.next("board")
    seen = [room["room"] for room in shown["rooms"]]
    while len(seen) < len(rooms):
        seen.append((await board.next("board-update"))["room"])

    assert sorted(set(seen)) == rooms
    assert all(len(str(frame).encode()) < FRAME_BYTES * 1.2 for frame in board.seen)
    assert 0 < len(shown["rooms"]) < len(rooms)
