"""One leg of the drill: a clinic of its own on one database, with one way of sending, round after round."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Protocol

from flask import Flask
from sqlalchemy import Engine, create_engine, select

from cartref.app import create_app
from cartref.appointments.models import Appointment
from cartref.audit.models import AuditEntry
from cartref.config import read_settings
from cartref.operations import doctor, worker
from tests.browser.stack import Clinic as RunningClinic
from tests.browser.stack import running_clinic
from tests.drills.desk import Desk, NoAnswer, Refused
from tests.drills.kills import resting
from tests.drills.kills.checking import BARE, LOST, UNSOUND, Evidence, Fault, faults
from tests.drills.kills.clerks import BOOKINGS_A_ROUND, Answerer, Booker, Changer, Printer
from tests.drills.kills.ledger import Ledger
from tests.drills.kills.looking import looking
from tests.drills.kills.receivers import Arrival, Receivers, receiving
from tests.drills.kills.town import Town, settle_town
from tests.drills.power import Programs, programs

KILLED = (("web",), ("worker",), ("web", "worker"))
LATEST = 0.6  # seconds into a round at which the web process is killed at the latest
AT_WORK = 0.15  # seconds after the worker was seen at work within which it is killed
REST_EVERY = 10  # rounds


@dataclass(frozen=True)
class Leg:
    """Which database, and whether GOV.UK Notify sends; else e-mail goes by SMTP, letters are printed by the office, and
    texts go by a way that remembers nothing."""

    postgres: bool
    by_notify: bool

    def __str__(self) -> str:
        database = "PostgreSQL" if self.postgres else "SQLite"
        return f"{database}, {'GOV.UK Notify' if self.by_notify else 'own post'}"


@dataclass(frozen=True)
class Found:
    """What a leg found."""

    leg: Leg
    rounds: int
    seconds: float
    ledger: Ledger
    arrivals: list[Arrival]
    appointments: int
    offers: int
    in_doubt: int
    faults: list[Fault]


class Worker(Protocol):
    """Whoever has something to do in each round."""

    def work(self) -> None:
        """Do it."""


@dataclass
class Drill:
    """A leg that is under way."""

    leg: Leg
    power: Programs
    engine: Engine
    receivers: Receivers
    app: Flask
    town: Town
    ledger: Ledger
    chance: Random
    clerks: list[Worker]
    printer: Printer
    desk: Desk

    def round(self, number: int) -> None:
        """Let everybody work, kill something in the middle, and start it again."""
        victims = KILLED[number % len(KILLED)]
        with ThreadPoolExecutor(len(self.clerks)) as hands:
            at_work = [hands.submit(_work, clerk) for clerk in self.clerks]
            self._await_the_moment(victims)
            for name in victims:
                self.power.kill(name)
            self.ledger.killed["both" if len(victims) > 1 else victims[0]] += 1
            for work in at_work:
                work.result()
        if "worker" in victims and self.chance.random() < 0.5:
            self._let_time_pass()
        for name in victims:
            self.power.start(name)
        self.desk.wait_until_open()

    def _await_the_moment(self, victims: tuple[str, ...]) -> None:
        """Let some time pass: any, or where the worker is to be killed most times until it is in the middle of work."""
        if "worker" in victims and self.chance.random() < 0.8:
            resting.wait_for(self._worker_is_busy, seconds=2)
            time.sleep(self.chance.uniform(0, AT_WORK))
        else:
            time.sleep(self.chance.uniform(0, LATEST))

    def rest(self) -> Iterator[Fault]:
        """Let everything come to its end, and yield what the doctor has to say then; the worker is alive before and
        after."""
        end = time.monotonic() + resting.PATIENCE
        while not self._at_rest():
            if time.monotonic() > end:
                yield Fault(LOST, "the clinic does not come to rest: something is never sent, printed or handed over")
                break
        with looking(self.engine) as session:
            for finding in doctor.examine(session, self.app.config["CARTREF"]):
                yield from (Fault(UNSOUND, f"{finding.claim}: {fault}") for fault in finding.faults)

    def evidence(self) -> Evidence:
        """Return all that can be compared."""
        with looking(self.engine) as session:
            return Evidence(session, self.town.service_id, self.ledger, self.receivers.arrivals())

    def booked_since(self, before: set[str]) -> Iterator[Fault]:
        """Yield what is wrong with the bookings that were acknowledged since `before`."""
        new = set(self.ledger.booked.values()) - before
        with looking(self.engine) as session:
            kept = set(session.scalars(select(Appointment.id).where(Appointment.id.in_(new))))
            query = select(AuditEntry.subject_id).where(AuditEntry.subject_id.in_(new))
            audited = set(session.scalars(query.where(AuditEntry.action == "appointment.booked")))
        yield from (Fault(LOST, f"booking {lost}, acknowledged in this round") for lost in new - kept)
        yield from (Fault(BARE, f"booking {bare}, made in this round") for bare in kept - audited)

    def _at_rest(self) -> bool:
        """Give the worker and the office a while; tell whether nothing was left to do, seen while no worker ran."""
        self.power.kill("worker")
        self._let_time_pass()
        with looking(self.engine) as session:
            prints = not self.leg.by_notify
            idle = resting.worker_is_idle(session, prints=prints)
            idle = idle and resting.office_is_idle(session, self.town.service_id)
        self.power.start("worker")
        if not idle:
            self._let_worker_work()
            self._tidy()
        return idle

    def _let_worker_work(self) -> None:
        resting.wait_for(self._worker_is_idle, self._wake, seconds=resting.A_WHILE)

    def _worker_is_busy(self) -> bool:
        with looking(self.engine) as session:
            return resting.worker_is_busy(session)

    def _wake(self) -> None:
        worker.deliver_soon(self.app)
        worker.work_soon(self.app)

    def _tidy(self) -> None:
        if not self.leg.by_notify:
            self.printer.finish()
            self._let_worker_work()
            self.printer.finish()
        with looking(self.engine) as session:
            lines = resting.to_ring(session, self.town.service_id)
        for line in lines:
            self.desk.post(f"/messages/calls/{line.id}/done", {"outcome": "told", "version": str(line.version)})

    def _worker_is_idle(self) -> bool:
        with looking(self.engine) as session:
            return resting.worker_is_idle(session, prints=not self.leg.by_notify)

    def _let_time_pass(self) -> None:
        resting.let_time_pass(self.engine)
        if self.receivers.notify:
            self.receivers.notify.set_status("delivered")


def run(leg: Leg, rounds: int, seed: int, folder: Path, database_url: str | None) -> Found:
    """Return what so many rounds found, in a clinic of its own whose data is in `folder`."""
    began = time.monotonic()
    with _drill(leg, rounds, seed, folder, database_url) as drill:
        ledger = drill.ledger
        found: list[Fault] = []
        for number in range(rounds):
            before = set(ledger.booked.values())
            drill.round(number)
            found += drill.booked_since(before)
            if (number + 1) % REST_EVERY == 0 and number + 1 < rounds:
                found += drill.rest()
        found += drill.rest()
        evidence = drill.evidence()
    found += [*faults(evidence), *(Fault(UNSOUND, words) for words in ledger.faults)]
    return Found(
        leg, rounds, time.monotonic() - began, ledger, evidence.arrivals, len(evidence.appointments),
        len(evidence.offers), evidence.in_doubt, found,
    )  # fmt: skip


@contextmanager
def _drill(leg: Leg, rounds: int, seed: int, folder: Path, database_url: str | None) -> Iterator[Drill]:
    with ExitStack() as stack:
        receivers = stack.enter_context(receiving(folder / "killed.txt", by_notify=leg.by_notify))
        clinic = stack.enter_context(running_clinic(folder, database_url, **receivers.settings()))
        power = stack.enter_context(programs(clinic.environ, receivers.log))
        engine = create_engine(clinic.environ["CARTREF_DATABASE_URL"])
        stack.callback(engine.dispose)
        for name in ("web", "worker"):
            clinic.kill(name)
        town = settle_town(engine, bookings=(rounds + 1) * BOOKINGS_A_ROUND, moves=rounds, waiting=2 * rounds)
        for name in ("web", "worker"):
            power.start(name)
        ledger, chance = Ledger(), Random(seed)
        desks = [_desk(clinic) for _clerk in range(5)]

        def at(place: int) -> tuple[Desk, Engine, Ledger, Town, Random]:
            return desks[place], engine, ledger, town, Random(chance.random())

        printer = Printer(*at(3))
        clerks: list[Worker] = [Booker(*at(0)), Changer(*at(1)), Answerer(*at(2), clinic.web, receivers)]
        clerks += [] if leg.by_notify else [printer]
        app = create_app(read_settings(clinic.environ))
        yield Drill(leg, power, engine, receivers, app, town, ledger, chance, clerks, printer, desks[4])


def _desk(clinic: RunningClinic) -> Desk:
    """Return a desk at which an admin of the second service has signed in."""
    services = sorted({person["service"] for person in clinic.facts["staff"]})
    person = next(p for p in clinic.facts["staff"] if p["role"] == "admin" and p["service"] == services[0])
    desk = Desk(clinic.web)
    desk.wait_until_open()
    desk.sign_in(person["email"], person["password"])
    return desk


def _work(clerk: Worker) -> None:
    with suppress(NoAnswer, Refused):
        clerk.work()
