"""The people of a drill: patients to book, each to be told by a way of her own, others who wait, and free times.

The board's clocks are set to a zone where it is morning, whenever the drill is run: nobody is sent a text at night.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from datetime import time as wall_time

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.models import HealthBoard, Role, Service, Staff
from cartref.accounts.queries import actor_of
from cartref.clinics import service as clinics
from cartref.clinics.models import Clinic
from cartref.notifications.models import Notice, NoticeState
from cartref.referrals.models import Source
from cartref.referrals.service import ReferralDetails, refer
from tests.factories import make_patient

MORNING = 10  # o'clock, when a drill begins on the clocks of its board
FAR_OFF = timedelta(days=200)  # beyond what the demonstration's patterns have made
BORN_ON = date(1939, 3, 14)
BY_EMAIL: dict[str, object] = {"email_consent": True, "letter_consent": False}
BY_TEXT: dict[str, object] = {"email": "", "email_consent": False, "text_consent": True, "letter_consent": False}
BY_LETTER: dict[str, object] = {"email": "", "email_consent": False, "letter_consent": True}
WAYS = (BY_EMAIL, BY_LETTER, BY_TEXT, BY_LETTER)
ASKED_BY = (BY_EMAIL, BY_TEXT)


@dataclass
class Town:
    """What clerks work with: forms of bookings to be made, and slots to which somebody can be moved."""

    service_id: str
    wishes: deque[dict[str, str]]
    spare: deque[str]


def settle_town(engine: Engine, *, bookings: int, moves: int, waiting: int) -> Town:
    """Return the town, in whose second service these are: so many patients to book, to move to, and who wait."""
    with Session(engine) as session, session.begin():
        service = session.scalars(select(Service).order_by(Service.name_en)).first()
        assert service is not None
        board = session.get_one(HealthBoard, service.health_board_id)
        board.zone = morning_zone()
        session.flush()
        # The demonstration's own texts would wait for the morning of another zone.
        session.execute(update(Notice).where(Notice.state == NoticeState.PENDING).values(state=NoticeState.WITHDRAWN))
        actor = actor_of(session, None, service.id)
        slots = list(_slots(session, actor, service, bookings + moves))
        wishes = [_wish(session, board, service, number, slots[number]) for number in range(bookings)]
        for number in range(waiting):
            _wait(session, actor, board, service, number)
        return Town(service.id, deque(wishes), deque(slots[bookings:]))


def morning_zone() -> str:
    """Return a zone in which it is ten in the morning; POSIX counts west of Greenwich as positive."""
    offset = (MORNING - clock.now().hour + 12) % 24 - 12
    return f"Etc/GMT{-offset:+d}"


def _slots(session: Session, actor: Actor, service: Service, count: int) -> Iterator[str]:
    clinic = session.scalars(select(Clinic).where(Clinic.service_id == service.id)).one()
    clinician = next(staff for staff in session.scalars(select(Staff)) if _is_clinician(staff, service))
    clinician.wants_invitations = True
    day = clock.now().date() + FAR_OFF
    while count > 0:
        day += timedelta(days=1)
        sitting = clinics.open_session(session, actor, clinic.id, clinician.id, day, wall_time(8), wall_time(20))
        count -= len(sitting.slots)
        yield from (slot.id for slot in sitting.slots)


def _wish(session: Session, board: HealthBoard, service: Service, number: int, slot_id: str) -> dict[str, str]:
    patient = make_patient(
        session, board, service, f"99980{number:05d}", given_name=f"Nesta{number}", born_on=BORN_ON,
        **(_reached_at("nesta", number) | WAYS[number % len(WAYS)]),
    )  # fmt: skip
    return {
        "patient_id": patient.id, "slot_id": slot_id, "minutes": "20", "mode": "video-home",
        "idempotency_key": f"drill-{number}",
    }  # fmt: skip


def _wait(session: Session, actor: Actor, board: HealthBoard, service: Service, number: int) -> None:
    patient = make_patient(
        session, board, service, f"99990{number:05d}", given_name=f"Idwal{number}", born_on=BORN_ON,
        **(_reached_at("idwal", number) | ASKED_BY[number % len(ASKED_BY)]),
    )  # fmt: skip
    refer(session, actor, patient.id, ReferralDetails(source=Source.GP, received_on=clock.now().date()))


def _reached_at(name: str, number: int) -> dict[str, object]:
    return {"email": f"{name}{number}@example.org", "mobile": f"07700 900{number % 1000:03d}"}


def _is_clinician(staff: Staff, service: Service) -> bool:
    return any(place.role is Role.CLINICIAN and place.service_id == service.id for place in staff.memberships)
