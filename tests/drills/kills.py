"""Kill -9 of the web process and of the worker while people book and notices go: nothing acknowledged is lost.

Each round somebody books and asks for confirmations while, at a moment chosen by chance, one process or both are ended
as a power cut would. At the end everything is started once more, and the database and the mail server are compared with
what was acknowledged over HTTP.
"""

import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import time as wall_time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, create_engine, func, select, update
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.models import HealthBoard, Role, Service, Staff
from cartref.accounts.queries import actor_of
from cartref.appointments.invariants import disagreements
from cartref.appointments.models import Appointment
from cartref.audit.models import AuditEntry
from cartref.clinics import service as clinics
from cartref.clinics.models import Clinic, Slot
from cartref.notifications.models import Channel, Notice, NoticeState
from cartref.seed import ZONE
from tests.browser.stack import Clinic as RunningClinic
from tests.browser.stack import running_clinic
from tests.drills.desk import Desk, NoAnswer
from tests.factories import make_patient
from tests.programs.smtp import MailServer, running_mail_server

BOOKINGS_A_ROUND = 3
LONGEST_WAIT = 0.4  # seconds into a round at which something is killed at the latest
PATIENCE = 120  # seconds for the last notices to go
KILLED = (("web",), ("worker",), ("web", "worker"))


@dataclass
class Found:
    """What a drill found: how much was tried and acknowledged, and every fault in words."""

    rounds: int
    killed: Counter[str] = field(default_factory=Counter)
    booked: set[str] = field(default_factory=set)
    confirmed: set[str] = field(default_factory=set)
    unanswered: int = 0
    messages: int = 0
    repeated: int = 0
    faults: list[str] = field(default_factory=list)

    def table(self) -> str:
        """Return the drill as lines to read."""
        rows = {
            "rounds": self.rounds,
            "web killed": self.killed["web"],
            "worker killed": self.killed["worker"],
            "bookings acknowledged": len(self.booked),
            "confirmations acknowledged": len(self.confirmed),
            "requests without an answer": self.unanswered,
            "e-mails accepted by the mail server": self.messages,
            "of these repeated, with the same Message-ID": self.repeated,
            "faults": len(self.faults),
        }
        return "\n".join([*(f"{name:46}{count:8}" for name, count in rows.items()), *self.faults])


def run(rounds: int, seed: int = 1) -> Found:
    """Return what `rounds` rounds against a clinic of its own on SQLite found."""
    found, chance = Found(rounds), random.Random(seed)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_mail_server() as mail,
        running_clinic(Path(folder) / "clinic", CARTREF_SMTP_URL=mail.url) as clinic,
        _engine(clinic) as engine,
    ):
        wishes = _prepare(engine, rounds * BOOKINGS_A_ROUND)
        desk = Desk(clinic.web)
        desk.sign_in(**_admin(clinic))
        for number in range(rounds):
            some = wishes[number * BOOKINGS_A_ROUND : (number + 1) * BOOKINGS_A_ROUND]
            _round(clinic, desk, some, chance, found)
        _settle(engine)
        found.faults += [*_lost(engine, found), *_unsent(engine, mail, found)]
    return found


def _round(
    clinic: RunningClinic, desk: Desk, wishes: Sequence[dict[str, str]], chance: random.Random, found: Found
) -> None:
    victims = chance.choice(KILLED)
    with ThreadPoolExecutor(1) as hands:
        work = hands.submit(_book_and_confirm, desk, wishes, found)
        time.sleep(chance.uniform(0, LONGEST_WAIT))
        for name in victims:
            clinic.kill(name)
            found.killed[name] += 1
        work.result()
    for name in victims:
        clinic.start(name)
    desk.wait_until_open()


def _book_and_confirm(desk: Desk, wishes: Sequence[dict[str, str]], found: Found) -> None:
    for wish in wishes:
        try:
            booked = desk.post("/appointments/new", wish).removeprefix("/appointments/")
            found.booked.add(booked)
            desk.post(f"/appointments/{booked}/confirmation", {})
            found.confirmed.add(booked)
        except NoAnswer:
            found.unanswered += 1


def _settle(engine: Engine) -> None:
    """Let what was cut off in mid-send be taken up at once, as it would be after its lease, and wait for the rest."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with Session(engine) as session, session.begin():
            long_ago = clock.now() - timedelta(hours=1)
            session.execute(update(Notice).where(Notice.state == NoticeState.SENDING).values(taken_at=long_ago))
            session.execute(update(Notice).where(_underway()).values(due_at=long_ago))
        time.sleep(1)
        with Session(engine) as session:
            if not session.scalar(select(func.count()).select_from(Notice).where(_underway())):
                return


def _underway() -> object:
    return Notice.state.in_((NoticeState.PENDING, NoticeState.SENDING)) & (Notice.channel == Channel.EMAIL)


def _lost(engine: Engine, found: Found) -> Iterator[str]:
    with Session(engine) as session:
        ids = set(session.scalars(select(Appointment.id)))
        audited = set(session.scalars(select(AuditEntry.subject_id).where(AuditEntry.action == "appointment.booked")))
        yield from (f"booking acknowledged and lost: {lost}" for lost in found.booked - ids)
        yield from (f"booking without its audit row: {bare}" for bare in ids - audited)
        yield from (f"audit row without its booking: {bare}" for bare in audited - ids)
        yield from disagreements(session)


def _unsent(engine: Engine, mail: MailServer, found: Found) -> Iterator[str]:
    arrived = Counter(str(message["Message-ID"]).strip("<>").partition("@")[0] for message in mail.messages)
    found.messages, found.repeated = arrived.total(), arrived.total() - len(arrived)
    with Session(engine) as session:
        notices = session.scalars(select(Notice).where(Notice.channel == Channel.EMAIL)).all()
    told = {notice.subject_id for notice in notices if notice.state is NoticeState.SENT and arrived[notice.id]}
    yield from (f"confirmation acknowledged and never sent: {lost}" for lost in found.confirmed - told)
    yield from (f"notice said to be sent that never arrived: {n.id}" for n in notices if _false(n, arrived))
    yield from (f"message without its notice: {stray}" for stray in arrived.keys() - {notice.id for notice in notices})
    keys = Counter(notice.key for notice in notices)
    yield from (f"two notices under one key: {key}" for key, count in keys.items() if count > 1)


def _false(notice: Notice, arrived: Counter[str]) -> bool:
    return notice.state is NoticeState.SENT and not arrived[notice.id]


def _prepare(engine: Engine, count: int) -> list[dict[str, str]]:
    """Return so many bookings to ask for, each a patient with an address of her own and a slot of hers."""
    with Session(engine) as session, session.begin():
        service = session.scalars(select(Service).order_by(Service.name_en)).first()
        assert service is not None
        board = session.get_one(HealthBoard, service.health_board_id)
        clinic = session.scalars(select(Clinic).where(Clinic.service_id == service.id)).one()
        clinician = next(staff for staff in session.scalars(select(Staff)) if _is_clinician(staff, service))
        actor = actor_of(session, None, service.id)
        slots: list[Slot] = []
        day = clock.now().astimezone(ZONE).date() + timedelta(days=200)  # beyond what the patterns have made
        while len(slots) < count:
            day += timedelta(days=1)
            sitting = clinics.open_session(
                session, actor, clinic.id, clinician.id, day, wall_time(8), wall_time(20)
            )  # fmt: skip
            slots += sitting.slots
        return [_wish(session, board, service, number, slots[number].id) for number in range(count)]


def _wish(session: Session, board: HealthBoard, service: Service, number: int, slot_id: str) -> dict[str, str]:
    patient = make_patient(
        session, board, service, f"99980{number:05d}", email=f"patient{number}@example.org", given_name=f"P{number}"
    )
    return {
        "patient_id": patient.id, "slot_id": slot_id, "minutes": "20", "mode": "video-home",
        "idempotency_key": f"drill-{number}",
    }  # fmt: skip


def _is_clinician(staff: Staff, service: Service) -> bool:
    return any(place.role is Role.CLINICIAN and place.service_id == service.id for place in staff.memberships)


def _admin(clinic: RunningClinic) -> dict[str, str]:
    services = sorted({person["service"] for person in clinic.facts["staff"]})
    person = next(p for p in clinic.facts["staff"] if p["role"] == "admin" and p["service"] == services[0])
    return {"email": person["email"], "password": person["password"]}


@contextmanager
def _engine(clinic: RunningClinic) -> Iterator[Engine]:
    engine = create_engine(clinic.environ["CARTREF_DATABASE_URL"])
    try:
        yield engine
    finally:
        engine.dispose()
