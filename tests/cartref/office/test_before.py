"""Before the clinic: the work list of ready checks, and what a press on it does."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.appointments.models import Appointment, Mode
from cartref.appointments.service import book
from cartref.audit.models import ActorKind
from cartref.clinics.models import Slot
from cartref.consultations.readiness import claims, service
from cartref.consultations.readiness.claims import Claims, Line
from cartref.consultations.readiness.service import Checked
from cartref.links.addresses import Addresses
from cartref.office import ready_list
from cartref.office.finding import case_of, suggestion
from tests.factories import World

BEFORE = datetime(2026, 12, 6, 9, tzinfo=UTC)  # two days before the world's clinic
WELL = Claims(camera="works", microphone="works", speaker="yes", line=Line())
BLOCKED = Claims(camera="denied", microphone="works", speaker="yes", line=Line(), notes=["no-udp"])
SLOW = Claims(camera="works", microphone="works", speaker="yes", line=Line(), reasons=["slow-up"])
Book = Callable[..., Appointment]


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(BEFORE, tick=False) as clock:
        yield clock


@pytest.fixture
def booked(app: Flask, session: Session, world: World) -> Book:
    """Return a function that books the nth patient into the nth time by video from home."""

    def at(n: int, mode: Mode = Mode.VIDEO_HOME, carers: list[str] | None = None, prefix: str = "") -> Appointment:
        sitting = world.other_session if prefix else world.clinic_session
        slots = session.query(Slot).filter_by(session_id=sitting.id).order_by(Slot.starts_at).all()
        patient = world.other_patient if prefix else world.patients[n]
        made = book(
            session, world.actor(f"{prefix}admin"), addresses=Addresses.from_settings(app.config["CARTREF"]),
            slot_id=slots[n].id, patient_id=patient.id, mode=mode, idempotency_key=f"before-{prefix}{n}",
            carer_ids=carers or [],
        )  # fmt: skip
        session.commit()
        return made

    return at


def keep(session: Session, visit: Appointment, told: Claims, **who: Any) -> None:
    actor = Actor(ActorKind.PATIENT, visit.patient_id, visit.service_id)
    checked = Checked(**{"holder": "patient", "holder_id": visit.patient_id, "device": "a" * 24} | who)
    service.keep_check(session, actor, visit, checked, told)
    session.commit()


def page(browser: FlaskClient, query: str = "") -> str:
    answer = browser.get(f"/before-the-clinic?lang=en{query}", follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def test_who_needs_help_comes_first_then_not_done_then_slow_then_ready(
    session: Session, world: World, booked: Book
) -> None:
    ready, slow, untried, failed = (booked(n) for n in range(4))
    keep(session, ready, WELL)
    keep(session, slow, SLOW)
    keep(session, failed, BLOCKED)

    lines = ready_list.lines(session, world.actor("admin"))

    assert [line.appointment.id for line in lines] == [failed.id, untried.id, slow.id, ready.id]
    assert lines[0].reasons == ["The camera is not allowed in the browser"]
    assert lines[0].notes == ["Only the slower ways got through"]
    assert ready_list.to_ring(session, world.actor("admin")) == 2


def test_a_call_for_help_rises_above_a_check_that_went_well(session: Session, world: World, booked: Book) -> None:
    first, second = booked(0), booked(1)
    keep(session, first, WELL)
    keep(session, second, WELL)
    actor = Actor(ActorKind.PATIENT, second.patient_id, second.service_id)
    service.ask_help(session, actor, second, Checked("patient", second.patient_id, "a" * 24))

    lines = ready_list.lines(session, world.actor("admin"))

    assert [line.appointment.id for line in lines] == [second.id, first.id]
    assert lines[0].readied.asked_at is not None


def test_only_the_days_ahead_and_the_own_service_are_on_it(
    session: Session, world: World, booked: Book, now: time_machine.Traveller
) -> None:
    mine = booked(0)
    booked(1, Mode.TELEPHONE)
    booked(0, prefix="other_")
    admin = world.actor("admin")

    assert [line.appointment.id for line in ready_list.lines(session, admin)] == [mine.id]
    assert ready_list.lines(session, admin, clinic_id=world.other_clinic.id) == []
    now.move_to(BEFORE - timedelta(days=5))
    assert ready_list.lines(session, admin) == []
    assert len(ready_list.lines(session, admin, days=7)) == 1
    now.move_to(mine.starts_at + timedelta(minutes=1))
    assert ready_list.lines(session, admin) == []


def test_the_page_says_what_failed_and_whom_to_ring(
    sign_in: Callable[..., FlaskClient], session: Session, world: World, booked: Book
) -> None:
    visit = booked(0, carers=[world.carer.id])
    keep(session, visit, BLOCKED, holder="carer", holder_id=world.carer.id)

    shown = page(sign_in("admin"))

    assert "1 person to ring before the clinic" in shown
    assert "The camera is not allowed in the browser" in shown
    assert 'class="big-telephone" href="tel:' in shown
    assert world.carer.name in shown


def test_helped_makes_it_ready(sign_in: Callable[..., FlaskClient], session: Session, booked: Book) -> None:
    visit = booked(0)
    keep(session, visit, claims.NOTHING)
    browser = sign_in("admin")

    answer = browser.post(
        f"/before-the-clinic/{visit.id}", data={"result": "helped", "note": "All is well now."}, follow_redirects=True
    )

    assert "All is well now." in answer.text
    assert "0 people to ring before the clinic" in page(browser)


def test_by_telephone_instead_shows_on_the_day_and_on_the_board_and_can_be_taken_back(
    sign_in: Callable[..., FlaskClient], session: Session, world: World, booked: Book
) -> None:
    visit = booked(0)
    keep(session, visit, BLOCKED)
    sitting, day = world.clinic_session.id, visit.starts_at.date()
    browser = sign_in("admin")
    browser.get("/contact?lang=en")
    assert "status--failed" in browser.get(f"/board/{sitting}").text

    browser.post(f"/before-the-clinic/{visit.id}", data={"result": "telephone"})
    for address in (f"/board/{sitting}", f"/day?date={day}", f"/sessions/{sitting}"):
        assert "Phone instead" in browser.get(address).text
    assert "status--failed" not in browser.get(f"/board/{sitting}").text

    browser.post(f"/before-the-clinic/{visit.id}", data={"result": "video"})
    assert "Needs help" in browser.get(f"/day?date={day}").text


def test_the_day_says_how_many_are_to_be_rung(sign_in: Callable[..., FlaskClient], booked: Book) -> None:
    booked(0)

    assert "Before the clinic: 1 to ring" in sign_in("admin").get("/day?lang=en", follow_redirects=True).text


@pytest.mark.parametrize(
    ("data", "words"),
    [({}, "Choose how the call went"), ({"result": "helped", "note": "x" * 401}, "400 letters")],
)
def test_a_wrong_answer_is_said_in_words(
    sign_in: Callable[..., FlaskClient], booked: Book, data: dict[str, str], words: str
) -> None:
    visit = booked(0)

    browser = sign_in("admin")
    browser.get("/contact?lang=en")

    answer = browser.post(f"/before-the-clinic/{visit.id}", data=data, follow_redirects=True)

    assert words in answer.text


def test_finding_a_time_knows_the_last_check(session: Session, world: World, booked: Book) -> None:
    visit = booked(0)
    keep(session, visit, BLOCKED)

    case = case_of(session, world.actor("admin"), patient_id=visit.patient_id, entry_id=None)

    assert case.check == "needs-help"
    assert "The last check of camera, sound and line at home did not go well" in [
        reason.words for reason in suggestion(case).reasons
    ]


@pytest.mark.parametrize("query", ["&days=0", "&days=99999", "&days=-1", "&days=x", "&clinic_id="])
def test_a_strange_address_shows_a_list_all_the_same(sign_in: Callable[..., FlaskClient], query: str) -> None:
    assert "before the clinic" in page(sign_in("admin"), query)
