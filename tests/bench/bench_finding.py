"""Finding a time in a year of fifty clinicians: 249,600 slots, beside a bare query and a query per candidate."""

import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.appointments.finding import Need, find
from cartref.appointments.finding.gathering import WINDOWS
from cartref.appointments.models import NO_OVERLAP_SQLITE, Mode, ResourceHold
from cartref.clinics.models import Clinic, ClinicSession, Resource, SessionStatus, Slot, SlotState
from cartref.db import Base
from tests.factories import build_world
from tests.year_of_clinics import fill, monday

CLINICIANS, WEEKS, ROUNDS, FIRST_FEW = 50, 52, 7, 20
LONDON = ZoneInfo("Europe/London")
LEGEND = """\
bare query           the first 20 free slots of the service by the index of free slots: what no search can do without
query per candidate  every free slot of the same window, each asked after on its own whether somebody is busy then
the search           all rules, reasons and relaxations, over eight weeks; all clinics for a patient who chose Welsh"""


def run() -> str:
    """Return a table: medians over interleaved rounds, statements, and each way's time against the bare query."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/year.sqlite3")
        with Session(engine) as session:
            slots, actor, need, clinic_id = _year(session)
            one_clinic = Need(**(vars(need) | {"clinic_id": clinic_id, "welsh": False}))
            ways: dict[str, Callable[[], object]] = {
                "bare query": partial(_bare, session, actor, need),
                "the search, one clinic": partial(find, session, actor, one_clinic),
                "query per candidate, one clinic": partial(_one_by_one, session, actor, one_clinic),
                "the search, all clinics": partial(find, session, actor, need),
                "query per candidate, all clinics": partial(_one_by_one, session, actor, need),
            }
            rows = {name: _measured(engine, way, ways["bare query"]) for name, way in ways.items()}
        engine.dispose()
    heading = f"{f'{slots:,} slots, SQLite':<36}{'ms':>10}{'statements':>12}{'x bare':>10}"
    lines = [f"{name:<36}{ms:>10.2f}{statements:>12}{ratio:>10.1f}" for name, (ms, statements, ratio) in rows.items()]
    return "\n".join([LEGEND, "", heading, *lines])


def _year(session: Session) -> tuple[int, Actor, Need, str]:
    """Return how many slots there are, who searches and for what; made without the triggers, which are slow in bulk."""
    Base.metadata.create_all(session.connection())
    for statement in NO_OVERLAP_SQLITE:
        session.connection().exec_driver_sql(f"DROP TRIGGER {statement.split()[2]}")
    world = build_world(session)
    slots = fill(session, world, clinicians=CLINICIANS, weeks=WEEKS, first=monday())
    for statement in NO_OVERLAP_SQLITE:
        session.connection().exec_driver_sql(statement)
    need = Need(
        patient_id=world.patients[0].id, mode=Mode.VIDEO_HOME, now=monday(), zone=LONDON, first_on=monday().date(),
        welsh=True, frailty=6,
    )  # fmt: skip
    actor = world.actor("admin")
    session.commit()
    clinic_id = session.scalars(select(Clinic.id).where(Clinic.name.like("Clinic %")).order_by(Clinic.id)).first()
    session.connection().exec_driver_sql("ANALYZE")
    session.commit()
    return slots, actor, need, str(clinic_id)


def _bare(session: Session, actor: Actor, need: Need) -> None:
    query = select(Slot.id).where(
        Slot.service_id == actor.service, Slot.state == SlotState.FREE, Slot.starts_at >= need.now
    )  # fmt: skip
    session.execute(query.order_by(Slot.starts_at).limit(FIRST_FEW)).all()


def _one_by_one(session: Session, actor: Actor, need: Need) -> None:
    query = (
        select(Slot.starts_at, Slot.ends_at, Slot.clinician_id)
        .join(ClinicSession, ClinicSession.id == Slot.session_id)
        .where(
            Slot.service_id == actor.service, Slot.state == SlotState.FREE, ClinicSession.status == SessionStatus.OPEN,
            Slot.starts_at >= need.now, Slot.starts_at < need.now + WINDOWS[0],
        )
    )  # fmt: skip
    if need.clinic_id:
        query = query.where(ClinicSession.clinic_id == need.clinic_id)
    for starts_at, ends_at, clinician_id in session.execute(query).all():
        session.execute(
            select(ResourceHold.id)
            .join(Resource, Resource.id == ResourceHold.resource_id)
            .where(
                Resource.ref_id.in_((clinician_id, need.patient_id)), ResourceHold.starts_at < ends_at,
                ResourceHold.ends_at > starts_at,
            )
            .limit(1)
        ).first()  # fmt: skip


def _measured(engine: Engine, way: Callable[[], object], bare: Callable[[], object]) -> tuple[float, int, float]:
    """Return the median milliseconds, how many statements ran, and how many times the bare query's time it took."""
    statements = _statements(engine, way)
    rounds = 1 if statements > 1000 else ROUNDS
    pairs = [(_timed(bare), _timed(way)) for _ in range(rounds)]
    own, yardstick = statistics.median(pair[1] for pair in pairs), statistics.median(pair[0] for pair in pairs)
    return own, statements, own / yardstick


def _statements(engine: Engine, way: Callable[[], object]) -> int:
    ran = 0

    def note(*_about: Any) -> None:
        nonlocal ran
        ran += 1

    event.listen(engine, "before_cursor_execute", note)
    way()
    event.remove(engine, "before_cursor_execute", note)
    return ran


def _timed(way: Callable[[], object]) -> float:
    started = time.perf_counter()
    way()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    print(run())
