"""Killed and started again: seats, standing, epochs, removals, ends, tickets and tokens are as they were."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from tests.signalling.clients import BOARD, CLINICIAN, PATIENT, ROOM, TOPIC, Client, ticket
from tests.signalling.conftest import Enter
from tests.signalling.processes import Process
from tests.signalling.receiver import Receiver


async def restart(process: Process) -> None:
    """SIGKILL, and up again."""
    await process.kill()
    await process.start()


async def test_after_a_kill_both_are_back_in_their_seats_admitted(process: Process, enter: Enter) -> None:
    clinician = await enter(process.url, CLINICIAN, "clinician")
    patient = await enter(process.url, PATIENT, "patient")
    await clinician.send("admit", participant=PATIENT)
    await patient.next("admitted")

    await restart(process)
    first = await Client.hello(process.url, resume=clinician.welcome["resume"], received=3)
    second = await Client.hello(process.url, resume=patient.welcome["resume"], received=2)
    returned = await first.next("peer-updated")

    assert first.welcome["peers"][0] == {**first.welcome["peers"][0], "status": "away", "admitted": True, "epoch": 1}
    assert (second.welcome["status"], second.welcome["epoch"], second.welcome["resumed"]) == ("admitted", 1, False)
    assert second.welcome["handled"] is None
    assert (returned["peer"]["participant"], returned["peer"]["status"]) == (PATIENT, "admitted")
    await first.close()
    await second.close()


async def test_after_a_kill_a_ticket_is_still_spent(process: Process) -> None:
    used = ticket(PATIENT, "patient")
    async with await Client.hello(process.url, ticket=used):
        await restart(process)

    async with await Client.open(process.url) as client:
        await client.send("hello", ticket=used)
        assert await client.closed() == (4401, "ticket-used")


@pytest.mark.parametrize(
    ("message", "closed"),
    [
        ({"kind": "remove", "participant": PATIENT}, (4403, "removed")),
        ({"kind": "end", "reason": "completed"}, (4410, "ended")),
    ],
)
async def test_after_a_kill_a_removal_and_an_end_still_hold(
    process: Process, enter: Enter, message: dict[str, str], closed: tuple[int, str]
) -> None:
    clinician = await enter(process.url, CLINICIAN, "clinician")
    patient = await enter(process.url, PATIENT, "patient")
    await clinician.send(**message)
    told = await patient.closed()

    await restart(process)
    by_ticket = await Client.open(process.url)
    await by_ticket.send("hello", ticket=ticket(PATIENT, "patient"))
    by_token = await Client.open(process.url)
    await by_token.send("hello", resume=patient.welcome["resume"], received=1)

    assert [told, await by_ticket.closed(), await by_token.closed()] == [closed] * 3
    await by_ticket.close()
    await by_token.close()


async def test_after_a_kill_epochs_go_on(process: Process, enter: Enter) -> None:
    for _ in range(3):
        await enter(process.url, PATIENT, "patient")

    await restart(process)
    same = await enter(
        process.url,
        PATIENT,
        "patient",
    )
    assert same.welcome["epoch"] == 4


async def test_after_a_kill_a_page_that_names_its_epoch_keeps_it(process: Process, enter: Enter) -> None:
    await enter(process.url, PATIENT, "patient")

    await restart(process)

    async with await Client.hello(process.url, ticket=ticket(PATIENT, "patient"), epoch=1) as back:
        assert (back.welcome["epoch"], back.welcome["handled"]) == (1, None)


async def test_who_left_before_the_kill_is_not_away_after_it(process: Process, enter: Enter) -> None:
    clinician = await enter(process.url, CLINICIAN, "clinician")
    patient = await enter(process.url, PATIENT, "patient")
    await patient.send("leave")
    await patient.closed()

    await restart(process)

    async with await Client.hello(process.url, resume=clinician.welcome["resume"], received=3) as back:
        assert back.welcome["peers"] == []


async def test_boards_come_back_with_what_was_there(process: Process, enter: Enter) -> None:
    await enter(process.url, PATIENT, "patient", topics=(TOPIC,))

    await restart(process)
    board = await enter(process.url, BOARD, "board", topics=(TOPIC,))
    shown = await board.next("board")

    assert [(row["participant"], row["status"]) for row in shown["rooms"][0]["participants"]] == [(PATIENT, "away")]


async def test_events_that_were_not_accepted_survive_a_kill_of_the_service(
    process: Process, enter: Enter, receiver: Receiver
) -> None:
    await receiver.stop()
    clinician = await enter(process.url, CLINICIAN, "clinician")
    await enter(process.url, PATIENT, "patient")
    await clinician.send("admit", participant=PATIENT)
    await clinician.next("peer-updated")

    await process.kill()
    await receiver.start()
    await process.start()
    await receiver.until(lambda: len(receiver.accepted) >= 3)

    assert receiver.types(ROOM)[:3] == ["participant.admitted", "participant.waiting", "participant.admitted"]


async def test_an_event_that_was_accepted_is_not_sent_again_after_a_stop(
    process: Process, enter: Enter, receiver: Receiver
) -> None:
    await enter(process.url, PATIENT, "patient")
    await receiver.until(lambda: len(receiver.accepted) == 1)
    await process.terminate()
    await process.start()

    await enter(process.url, CLINICIAN, "clinician")
    await receiver.until(lambda: len(receiver.accepted) == 2)

    sent = [event["id"] for post in receiver.posts for event in post["events"]]
    assert sent == [event["id"] for event in receiver.accepted]


async def test_sigterm_closes_sockets_with_1012_and_stops(process: Process, enter: Enter) -> None:
    clients = [await enter(process.url, f"participant-{number:04d}", "patient") for number in range(5)]
    idle = await Client.open(process.url)

    stopping = asyncio.create_task(process.terminate())
    closes = [await client.closed() for client in (*clients, idle)]
    code = await stopping
    await process.start()
    back = await Client.hello(process.url, resume=clients[0].welcome["resume"], received=1)

    assert closes == [(1012, "restarting")] * 6
    assert code == 0
    assert back.welcome["status"] == "waiting"
    await idle.close()
    await back.close()


async def test_a_client_that_answers_no_close_does_not_hold_up_the_stop(process: Process, enter: Enter) -> None:
    client = await enter(process.url, PATIENT, "patient")

    # The client reads nothing, so it never answers the close; the service has five seconds.
    async with asyncio.timeout(5):
        code = await process.terminate()

    assert code == 0
    assert (await client.closed())[0] in (1012, 1006)


async def test_the_ticket_command_prints_a_ticket_that_admits(process: Process, tmp_path: Path) -> None:
    made = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "signalling", "ticket"),
        *("--room", ROOM, "--participant", PATIENT, "--role", "patient", "--topic", TOPIC, "--with", CLINICIAN),
        stdout=asyncio.subprocess.PIPE,
    )
    printed = (await made.communicate())[0].decode().strip()

    async with await Client.hello(process.url, ticket=printed) as client:
        assert (client.welcome["participant"], client.welcome["role"]) == (PATIENT, "patient")
    kept = [json.loads(line) for line in (tmp_path / "signalling" / "journal.jsonl").read_text().splitlines()]
    assert next(line["beside"] for line in kept if line["kind"] == "seat") == [CLINICIAN]
