"""The journal: what it was told it knows again, whatever became of the process or the disk."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from signalling.journal import Delivered, FolderTaken, Journal, Obeyed, Record, Spent, Spooled
from signalling.journal.write import COMPACT_BYTES
from signalling.room.records import RoomRecord, SeatRecord
from signalling.wire.events import Event
from tests.signalling.disk import file_size_limit

ROOM = "room-1c9d4e7fa2b3"


def seat(participant: str, epoch: int = 1) -> SeatRecord:
    return SeatRecord(
        room=ROOM, participant=participant, role="patient", until=9e9, admitted=True, epoch=epoch, since=1.0
    )


def event(number: int) -> Event:
    return Event(id=f"event-{number}", type="chat.sent", room=ROOM, participant=None, at=1.0, data={})


async def write(folder: Path, *records: Record) -> None:
    journal = Journal(folder)
    journal.start()
    await journal.write(records)
    await journal.close()


def read(folder: Path) -> Journal:
    return Journal(folder)


async def test_what_was_written_is_remembered(tmp_path: Path) -> None:
    await write(tmp_path, RoomRecord(room=ROOM, until=5.0, removed=("x",)), seat("a"), seat("a", 2), Spent("j", 7.0))

    memory = read(tmp_path).memory

    assert memory.rooms[ROOM].removed == ("x",)
    assert memory.seats[ROOM]["a"].epoch == 2
    assert memory.spent == {"j": 7.0}


async def test_the_secret_stays_the_same(tmp_path: Path) -> None:
    await write(tmp_path, Spent("a", 1.0))
    secrets = set()
    for _ in range(2):
        journal = Journal(tmp_path)
        journal.start()
        secrets.add(journal.secret)
        await journal.close()

    assert len(secrets) == 1


async def test_an_event_is_remembered_until_it_was_delivered(tmp_path: Path) -> None:
    await write(tmp_path, Spooled(event(1)), Spooled(event(2)), Spooled(event(3)), Delivered("event-2"))

    assert list(read(tmp_path).memory.events) == ["event-1", "event-3"]


async def test_a_closed_room_is_forgotten(tmp_path: Path) -> None:
    await write(tmp_path, RoomRecord(room=ROOM, until=5.0), seat("a"), RoomRecord(room=ROOM, closed=True))

    memory = read(tmp_path).memory

    assert (memory.rooms, memory.seats) == ({}, {})


async def test_a_line_that_a_crash_cut_short_counts_for_nothing(tmp_path: Path) -> None:
    await write(tmp_path, Spent("a", 1.0))
    with (tmp_path / "journal.jsonl").open("ab") as file:
        file.write(b'{"kind":"spent","jti":"b","un')

    memory = read(tmp_path).memory

    assert memory.spent == {"a": 1.0}
    assert memory.damaged == 0


async def test_a_damaged_line_costs_itself_only_and_the_file_is_put_aside(tmp_path: Path) -> None:
    await write(tmp_path, Spent("a", 1.0), Obeyed("o", 2.0))
    path = tmp_path / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"jti"', b'\xff\x00ti"'))

    memory = read(tmp_path).memory

    assert (memory.damaged, memory.spent, memory.obeyed) == (1, {}, {"o": 2.0})
    assert (tmp_path / "journal.damaged").exists()


async def test_a_long_journal_is_rewritten_with_what_is_still_true(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.snapshot = lambda: [seat("kept")]
    journal.start()
    for _ in range(3):
        await journal.write([Spooled(event(1)), *(Spent("x" * 1000, float(number)) for number in range(500))])
    await journal.write([Spent("last", 9.0)])
    await journal.close()

    memory = Journal(tmp_path).memory

    assert (tmp_path / "journal.jsonl").stat().st_size < COMPACT_BYTES
    assert set(memory.spent) <= {"last", "x" * 1000}
    assert memory.spent["last"] == 9.0
    assert list(memory.seats[ROOM]) == ["kept"]
    assert list(memory.events) == ["event-1"]


async def test_what_is_written_together_is_done_together(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.start()
    first, second = journal.write([Spent("a", 1.0)]), journal.write([Spent("b", 1.0)])

    await first
    done_together = second.done()
    await journal.close()

    assert done_together
    assert set(Journal(tmp_path).memory.spent) == {"a", "b"}


async def test_a_disk_that_is_full_delays_and_loses_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.start()
    with file_size_limit(64 * 1024):
        synced = journal.write([Spent("a" * 100_000, 1.0)])
        await until(lambda: not journal.is_healthy)
        waited = not synced.done()
    await asyncio.wait_for(synced, 10)
    await journal.write([Spent("b", 1.0)])
    await journal.close()

    memory = Journal(tmp_path).memory

    assert waited
    assert journal.is_healthy
    assert (set(memory.spent), memory.damaged) == ({"a" * 100_000, "b"}, 0)


def test_two_services_do_not_share_a_folder(tmp_path: Path) -> None:
    first = Journal(tmp_path)

    with pytest.raises(FolderTaken):
        Journal(tmp_path)
    assert first.path.parent == tmp_path


async def until(condition: Callable[[], bool]) -> None:
    """Return once the condition holds."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.02)
