"""Thirty-two clerks who book at the same moment over HTTP: how many bookings a second, and is anything booked twice."""

import html
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from cartref.appointments import service
from cartref.appointments.invariants import disagreements
from cartref.operations import demo, stack
from tests.bench.booking_town import Town, bare_bookings, booked_by_clerks, settle_town, wish, write
from tests.bench.clerks import Answer, Clerk, all_at_once
from tests.browser.stack import free_port
from tests.programs.postgres import running_postgres

CLERKS, ROUNDS, WARMING = 32, 8, 1
START_SECONDS = 60
BARE, PLAIN, PAGE = "the bare rows, one transaction each", "a plain answer", "the page before a booking"
APART, TOGETHER = "booking, each another time", "booking, all the same time"
LEGEND = f"""\
Clerks, `cartref web` and the database share this machine, and the database does not wait for its disk. In each round
{CLERKS} clerks act at one moment, each way in turn; a figure is over {ROUNDS} rounds, after one to warm up.
{BARE:<36} what a booking writes, by plain statements on one open connection, nobody else there
{PLAIN:<36} /healthz, as short as the answer to a booking: waitress and Flask, no database
{PAGE:<36} the form with the patient and the time, which is read before
{APART:<36} {CLERKS} clinicians, patients and times: all are booked
{TOGETHER:<36} one time for all: one is booked, and all others are told so in a sentence"""


@dataclass
class Measured:
    """One way: how long each round took as a whole, in seconds, and every answer."""

    seconds: list[float] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def add(self, answers: list[Answer], seconds: float) -> None:
        """Keep a round."""
        self.answers += answers
        self.seconds.append(seconds)

    @property
    def each(self) -> float:
        """Return the seconds of a round for each of its clerks: the median."""
        return statistics.median(self.seconds) / CLERKS

    @property
    def slowest(self) -> float:
        """Return the milliseconds of the longest wait."""
        return max((answer.milliseconds for answer in self.answers), default=1000 * self.each)


Ways = dict[str, Measured]


def run() -> str:
    """Return a table for each database, and below it whether all 32 were booked within a second and none twice."""
    with tempfile.TemporaryDirectory() as folder:
        tables = [_table("SQLite", _measure(Path(folder), f"sqlite:///{folder}/booking.sqlite3"))]
        with running_postgres() as server:
            tables.append(_table("PostgreSQL", _measure(Path(folder), server.create_database())))
    return "\n\n".join([LEGEND, *tables])


def _measure(folder: Path, url: str) -> Ways:
    engine = create_engine(url)
    town = settle_town(engine, clerks=CLERKS, rounds=ROUNDS + WARMING)
    try:
        with _web(folder, url) as port, ThreadPoolExecutor(CLERKS) as threads:
            clerks = list(threads.map(partial(Clerk, port), town.emails))
            ways = _rounds(engine, town, clerks, threads)
            for clerk in clerks:
                clerk.close()
        _check(engine, ways)
    finally:
        engine.dispose()
    return ways


def _rounds(engine: Engine, town: Town, clerks: list[Clerk], threads: ThreadPoolExecutor) -> Ways:
    ways = {name: Measured() for name in (BARE, PLAIN, PAGE, APART, TOGETHER)}
    bare = bare_bookings(engine, town, town.patients[0])
    for number in range(ROUNDS + WARMING):
        if number == WARMING:
            booked = _booked([*ways[APART].answers, *ways[TOGETHER].answers])
            assert booked == WARMING * (CLERKS + 1), booked
            ways = {name: Measured() for name in ways}
        ways[BARE].add([], _write(engine, [next(bare) for _ in clerks]))
        for name, acts in _acts(town, clerks, number).items():
            ways[name].add(*all_at_once(threads, acts))
    return ways


def _acts(town: Town, clerks: list[Clerk], number: int) -> dict[str, list[Callable[[], Answer]]]:
    """Return what each clerk does in a round, by way; each books her own patient."""
    own, same = [slots[number] for slots in town.own], [town.wanted_by_all[number]] * len(clerks)
    pages = [f"/appointments/new?patient_id={who}&slot_id={slot}" for who, slot in zip(town.patients, own, strict=True)]
    return {
        PLAIN: [partial(clerk.get, "/healthz") for clerk in clerks],
        PAGE: [partial(clerk.get, page) for clerk, page in zip(clerks, pages, strict=True)],
        APART: _bookings(clerks, own, town.patients),
        TOGETHER: _bookings(clerks, same, town.patients),
    }


def _bookings(clerks: list[Clerk], slots: list[str], patients: list[str]) -> list[Callable[[], Answer]]:
    wanted = zip(clerks, slots, patients, strict=True)
    return [partial(clerk.post, "/appointments/new", wish(slot, patient)) for clerk, slot, patient in wanted]


def _write(engine: Engine, bookings: list[list[tuple[object, object]]]) -> float:
    with engine.connect() as connection:
        started = time.perf_counter()
        for statements in bookings:
            write(connection, statements)
        return time.perf_counter() - started


def _check(engine: Engine, ways: Ways) -> None:
    """Assert that every answer was the right one, and that the database has what was answered, once."""
    for name in (PLAIN, PAGE):
        assert {answer.status for answer in ways[name].answers} == {200}
    assert _booked(ways[APART].answers) == ROUNDS * CLERKS
    assert _booked(ways[TOGETHER].answers) == ROUNDS
    for answer in ways[TOGETHER].answers:
        assert answer.status == 303 or _says_why(answer), f"{answer.status}: {answer.text}"
    with Session(engine) as session:
        assert booked_by_clerks(session) == (ROUNDS + WARMING) * (CLERKS + 1)
        assert disagreements(session) == []


def _booked(answers: list[Answer]) -> int:
    return sum(answer.status == 303 for answer in answers)


def _says_why(answer: Answer) -> bool:
    sentences = (service.ERROR_WORDS[error.code] for error in (service.SlotTaken, service.ClinicianBusy))
    return answer.status == 422 and any(html.escape(sentence) in answer.text for sentence in sentences)


def _table(database: str, ways: Ways) -> str:
    lines = [f"{database:<36}{'a second':>10}{'slowest ms':>12}{'x plain':>10}{'x bare':>10}"]
    plain, bare = ways[PLAIN].each, ways[BARE].each
    for name, way in ways.items():
        figures = f"{1 / way.each:>10.0f}{way.slowest:>12.0f}{way.each / plain:>10.1f}{way.each / bare:>10.1f}"
        lines.append(f"{name:<36}{figures}")
    within = sum(seconds <= 1 for seconds in ways[APART].seconds)
    refused = len(ways[TOGETHER].answers) - _booked(ways[TOGETHER].answers)
    lines.append(f"{CLERKS} bookings within a second: in {within} of {ROUNDS} rounds")
    lines.append(f"clashes answered with a sentence: {refused} of {ROUNDS * (CLERKS - 1)}; booked twice: none")
    return "\n".join(lines)


@contextmanager
def _web(folder: Path, url: str) -> Iterator[int]:
    """Run `cartref web` on a database and return its port once it answers."""
    port = free_port()
    environ = {**os.environ, **demo.environment({"CARTREF_DATABASE_URL": url}, port, free_port(), folder)}
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(stack.PROCESSES["web"], env=environ, stdout=log, stderr=log)
    try:
        _wait_until_ready(process, port, folder / "log.txt")
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while not _answers(f"http://127.0.0.1:{port}/readyz"):
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(log.read_text())
        time.sleep(0.1)


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=2):
            return True
    except (URLError, OSError):
        return False


if __name__ == "__main__":
    print(run())
