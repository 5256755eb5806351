"""Appends to the journal: what is written together is synced together, and nothing is announced before it is."""

import asyncio
import fcntl
import logging
import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from signalling.journal.records import Delivered, Record, Secret, Spooled, write_line
from signalling.journal.replay import Memory, remember
from signalling.wire.events import Event

log = logging.getLogger(__name__)

COMPACT_BYTES: Final = 1 << 20
COMPACT_FACTOR: Final = 4
RETRY_SECONDS: Final = 0.5


class FolderTaken(Exception):
    """Another process keeps its journal in this folder."""


class Journal:
    """The journal of one folder, open for appending; `snapshot` gives the records that compaction writes."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / "journal.jsonl"
        self._lock = _lock(folder / "lock")
        self.memory = self._read()
        self.secret = self.memory.secret or secrets.token_bytes(32)
        self.events: dict[str, Event] = self.memory.events
        self.snapshot: Callable[[], Iterable[Record]] = list
        self.is_healthy = True
        self._file = -1
        self._size = 0
        self._compact_at = COMPACT_BYTES
        self._lines: list[bytes] = []
        self._synced: asyncio.Future[None] | None = None
        self._flusher: asyncio.Task[None] | None = None

    def _read(self) -> Memory:
        octets = self.path.read_bytes() if self.path.exists() else b""
        memory = remember(octets)
        if memory.damaged:
            self.path.with_suffix(".damaged").write_bytes(octets)
        return memory

    def start(self) -> None:
        """Write what is still true to a fresh file and open it; blocks, and comes once before any writing."""
        self._rewrite(self._snapshot())

    def write(self, records: Iterable[Record]) -> "asyncio.Future[None]":
        """Append records; the future is done when they are on the disk."""
        for record in records:
            self._note(record)
            self._lines.append(write_line(record))
        if self._synced is None:
            self._synced = asyncio.get_running_loop().create_future()
        if self._flusher is None or self._flusher.done():
            self._flusher = asyncio.create_task(self._flush())
        return self._synced

    async def is_writable(self) -> bool:
        """Whether the disk takes and keeps something now, beside what was written before."""
        try:
            await asyncio.get_running_loop().run_in_executor(None, _probe, self.path.with_suffix(".probe"))
        except OSError:
            return False
        return self.is_healthy

    async def close(self) -> None:
        """Wait for what was written, as long as the disk takes it, and give the folder up."""
        if self._flusher is not None and self.is_healthy:
            await self._flusher
        elif self._flusher is not None:
            self._flusher.cancel()
        os.close(self._file)
        os.close(self._lock)

    def _note(self, record: Record) -> None:
        if isinstance(record, Spooled):
            self.events[record.event.id] = record.event
        elif isinstance(record, Delivered):
            self.events.pop(record.id, None)

    async def _flush(self) -> None:
        while self._lines:
            octets, synced = b"".join(self._lines), self._synced
            self._lines, self._synced = [], None
            await self._insist(lambda octets=octets: self._append(octets))  # type: ignore[misc]  # bound now, not later
            if synced is not None:
                synced.set_result(None)
            if self._size > self._compact_at:
                snapshot = self._snapshot()
                await self._insist(lambda snapshot=snapshot: self._rewrite(snapshot))  # type: ignore[misc]  # the same

    async def _insist(self, act: Callable[[], None]) -> None:
        """Do it off the event loop, and again until the disk takes it: a full disk must not lose what comes after."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                await loop.run_in_executor(None, act)
            except OSError as fault:
                if self.is_healthy:
                    log.error("journal: %s", fault)
                self.is_healthy = False
                await asyncio.sleep(RETRY_SECONDS)
            else:
                self.is_healthy = True
                return

    def _append(self, octets: bytes) -> None:
        try:
            _write_all(self._file, octets)
            os.fdatasync(self._file)
        except OSError:
            os.ftruncate(self._file, self._size)
            raise
        self._size += len(octets)

    def _snapshot(self) -> bytes:
        records: list[Record] = [Secret(self.secret), *self.snapshot()]
        records += [Spooled(event) for event in self.events.values()]
        return b"".join(write_line(record) for record in records)

    def _rewrite(self, octets: bytes) -> None:
        fresh = self.path.with_suffix(".fresh")
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        try:
            _write_all(file, octets)
            os.fsync(file)
            fresh.replace(self.path)
            _sync_folder(self.path.parent)
        except OSError:
            os.close(file)
            raise
        if self._file >= 0:
            os.close(self._file)
        self._file, self._size = file, len(octets)
        self._compact_at = max(COMPACT_BYTES, COMPACT_FACTOR * len(octets))


def _write_all(file: int, octets: bytes) -> None:
    rest = memoryview(octets)
    while rest:
        rest = rest[os.write(file, rest) :]


def _probe(path: Path) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        _write_all(file, b"0" * 4096)
        os.fsync(file)
    finally:
        os.close(file)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lock(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise FolderTaken(f"another signalling service uses {path.parent}") from None
    return descriptor
