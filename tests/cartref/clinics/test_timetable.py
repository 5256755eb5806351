"""The worker keeps the sessions of every service made as far ahead as a clinic plans."""

from datetime import UTC, date, datetime, time

import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cartref.clinics import service, timetable
from cartref.clinics.models import ClinicSession
from tests.factories import World

NOW = datetime(2026, 11, 23, 2, 15, tzinfo=UTC)


def test_sessions_are_made_up_to_the_horizon_once(session: Session, world: World) -> None:
    service.add_pattern(
        session, world.actor("admin"), world.clinic.id, clinician_id=world.staff["clinician"].id, weekday=2,
        start_wall=time(9), end_wall=time(12), from_date=date(2026, 11, 24), to_date=None, week_interval=1,
    )  # fmt: skip
    made = select(func.count()).select_from(ClinicSession).where(ClinicSession.pattern_id.is_not(None))
    last = select(func.max(ClinicSession.local_date)).where(ClinicSession.pattern_id.is_not(None))

    with time_machine.travel(NOW, tick=False):
        timetable.extend(session)
        first = session.scalar(made)
        timetable.extend(session)

    assert first == session.scalar(made) == 26
    assert session.scalar(last) == date(2027, 5, 19)
