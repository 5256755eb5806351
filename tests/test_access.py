"""Every route against every role, and against the ids of another service (the rows are in `access_matrix`)."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cartref.accounts import service as accounts
from cartref.accounts.actor import Actor
from cartref.app import create_app
from cartref.appointments.models import Appointment, Mode, Offer, Replan, ReplanMove, ReplanState, Vacancy
from cartref.appointments.service import book
from cartref.calendars.models import FeedScope
from cartref.calendars.service import create_feed
from cartref.clinics import service as clinics
from cartref.clinics.models import ClinicSession, LeaveKind, SessionStatus, Site, SiteHours, SiteKind, Slot, SlotState
from cartref.config import Settings, read_settings
from cartref.db import db
from cartref.jobs import service as jobs
from cartref.links.addresses import Addresses
from cartref.links.models import Link
from cartref.notifications import calls
from cartref.notifications.models import Channel, NoticeState, PrintRun, PrintRunState
from cartref.notifications.service import enqueue
from cartref.patients.models import CareCircle
from cartref.referrals.models import EntryKind, Source, TickKind, WaitingEntry
from cartref.referrals.service import ReferralDetails, change_clock, refer
from tests.access_matrix import EVERYTHING, HOLDERS, PUBLIC, ROLES, SIGNED, STAFF, VISITORS, Row
from tests.factories import World, build_world, make_sheet

MORNING = datetime(2026, 12, 8, 9, tzinfo=UTC)
NOW = datetime(2026, 12, 8, 8, 50, tzinfo=UTC)
UNUSED = ("PUT", "PATCH", "DELETE")
Ids = dict[str, str]


def settings_in(folder: Path) -> Settings:
    return read_settings(
        {
            "CARTREF_ENVIRONMENT": "test",
            "CARTREF_DATABASE_URL": f"sqlite:///{folder}/cartref.sqlite3",
            "CARTREF_DATA": str(folder),
            "CARTREF_LOG_LEVEL": "ERROR",
        }
    )


@dataclass
class Town:
    """A database with a morning's work in two services, the ids of its things, and the tokens of its people."""

    folder: Path
    ids: Ids
    tokens: dict[str, str]


@pytest.fixture(scope="module")
def town(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Return a database with the same things in both services; in `ids` those of the second begin with `other_`."""
    folder = tmp_path_factory.mktemp("town")
    shutil.copyfile(sqlite_template, folder / "cartref.sqlite3")
    settings = settings_in(folder)
    engine = create_engine(settings.database_url)
    with Session(engine) as session, time_machine.travel(NOW, tick=False):
        world = build_world(session, starts_at=MORNING)
        addresses = Addresses.from_settings(settings)
        ids = things(session, world, addresses, "") | things(session, world, addresses, "other_")
        tokens = {name: token_of(session, world, name) for name in world.staff}
        session.commit()
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return Town(folder, ids, tokens)


def things(session: Session, world: World, addresses: Addresses, prefix: str) -> Ids:
    """Return the ids of one service's things, after making the ones that the small world lacks."""
    other = bool(prefix)
    service = world.other_service if other else world.service
    patient = world.other_patient if other else world.patients[0]
    sitting: ClinicSession = world.other_session if other else world.clinic_session
    circle = session.scalars(select(CareCircle)).one() if not other else befriend(session, world)
    site = another_site(session, world) if other else world.spoke
    home, at_site = appointments(session, world, addresses, prefix)
    ids = {
        "service": service.id, "patient": patient.id, "sitting": sitting.id, "site": site.id, "circle": circle.id,
        "clinic": (world.other_clinic if other else world.clinic).id,
        "clinic_list": f"clinic:{(world.other_clinic if other else world.clinic).id}",
        "person": world.staff[f"{prefix}clinician"].id,
        "appointment": home.id, "site_appointment": at_site.id,
        "slot": free_slot(session, sitting), "notice": failed_notice(session, service.id),
    }  # fmt: skip
    link = session.scalars(select(Link).where(Link.visit_id == home.id, Link.holder == "patient")).one()
    ids |= {"link": link.id, "link_token": addresses.token(link)} | feeds(session, world, prefix)
    ids |= offered(session, world.actor(f"{prefix}admin"), addresses, sitting, patient.id)
    ids |= plan(session, sitting, at_site) | to_ring_and_post(session, home)
    ids |= running(session, world, prefix, site)
    ids |= referred(session, world.actor(f"{prefix}admin"), patient.id)
    ids |= sheet_and_job(session, world.actor(f"{prefix}admin"))
    return {f"{prefix}{name}": value for name, value in ids.items()}


def offered(session: Session, actor: Actor, addresses: Addresses, sitting: ClinicSession, patient_id: str) -> Ids:
    """Return a freed time that is offered to somebody who waits."""
    query = select(Slot).where(Slot.session_id == sitting.id).order_by(Slot.starts_at)
    slot, until = session.scalars(query).all()[10], NOW + timedelta(hours=2)
    entry = WaitingEntry(
        service_id=actor.service, patient_id=patient_id, kind=EntryKind.REVIEW, waiting_since=NOW.date(),
        due_on=NOW.date(), created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    vacancy = Vacancy(
        service_id=actor.service, session_id=sitting.id, starts_at=slot.starts_at, ends_at=slot.ends_at, created_at=NOW
    )
    session.add_all([entry, vacancy])
    session.flush()
    held = book(
        session, actor, addresses=addresses, slot_id=slot.id, patient_id=patient_id, mode=Mode.VIDEO_HOME,
        idempotency_key=f"offered-{actor.service}", waiting_entry_id=entry.id, held_until=until,
    )  # fmt: skip
    offer = Offer(
        service_id=actor.service, vacancy_id=vacancy.id, waiting_entry_id=entry.id, appointment_id=held.id,
        channel="telephone", expires_at=until, created_at=NOW,
    )  # fmt: skip
    session.add(offer)
    session.flush()
    return {
        "vacancy": vacancy.id, "offer": offer.id, "offered_entry": entry.id, "offered_appointment": held.id,
    }  # fmt: skip


def plan(session: Session, sitting: ClinicSession, appointment: Appointment) -> Ids:
    """Return a closed session, and a plan that moves an appointment nowhere yet."""
    closed = ClinicSession(
        service_id=sitting.service_id, clinic_id=sitting.clinic_id, clinician_id=sitting.clinician_id,
        local_date=sitting.local_date, starts_at=sitting.ends_at, ends_at=sitting.ends_at + timedelta(hours=1),
        status=SessionStatus.CLOSED,
    )  # fmt: skip
    session.add(closed)
    session.flush()
    made = Replan(service_id=sitting.service_id, session_id=closed.id, state=ReplanState.PROPOSED, created_at=NOW)
    session.add(made)
    session.flush()
    move = ReplanMove(replan_id=made.id, appointment_id=appointment.id, version=appointment.version)
    session.add(move)
    session.flush()
    return {"closed_sitting": closed.id, "replan": made.id, "replan_move": move.id}


def referred(session: Session, actor: Actor, patient_id: str) -> Ids:
    """Return a referral whose waiting time is paused, and the line of the waiting list that waits for it."""
    received = NOW.date() - timedelta(weeks=8)
    made = refer(session, actor, patient_id, ReferralDetails(Source.GP, received))
    entry = session.scalars(select(WaitingEntry).where(WaitingEntry.referral_id == made.id)).one()
    change_clock(session, actor, made.id, kind=TickKind.PAUSE, on=NOW.date(), reason="Away")
    return {"referral": made.id, "entry": entry.id, "tick": made.ticks[-1].id}


def running(session: Session, world: World, prefix: str, site: Site) -> Ids:
    """Return a pattern, an overbooking lane, somebody's leave and the hours of a place."""
    actor, clinician = world.actor(f"{prefix}admin"), world.staff[f"{prefix}clinician"]
    clinic = world.other_clinic if prefix else world.clinic
    pattern = clinics.add_pattern(
        session, actor, clinic.id, clinician.id, 2, time(9), time(12), NOW.date() + timedelta(weeks=30)
    )
    far = NOW.date() + timedelta(days=200)
    leave = clinics.add_leave(
        session, actor, staff_id=clinician.id, kind=LeaveKind.ANNUAL, first_on=far, last_on=far
    )  # fmt: skip
    hours = SiteHours(site_id=site.id, weekday=6, opens_wall=time(9), closes_wall=time(10))
    session.add(hours)
    session.flush()
    lane = clinics.add_lane(session, actor, clinic.id, "Urgent", 1)
    return {"pattern": pattern.id, "leave": leave.id, "hours": hours.id, "lane": lane.id}


def sheet_and_job(session: Session, actor: Actor) -> Ids:
    """Return a sheet whose rows were checked, and long work that nobody has begun yet."""
    job = jobs.submit(session, "import.check", service_id=actor.service, owner_id=actor.id, sheet_id="none")
    return {"sheet": make_sheet(session, actor).id, "job": job.id}


def free_slot(session: Session, sitting: ClinicSession) -> str:
    query = select(Slot.id).where(Slot.session_id == sitting.id, Slot.state == SlotState.FREE)
    return session.scalars(query.order_by(Slot.starts_at.desc())).first() or ""


def appointments(session: Session, world: World, addresses: Addresses, prefix: str) -> tuple[Appointment, Appointment]:
    """Return a video visit at home and one at a site."""
    sitting = world.other_session if prefix else world.clinic_session
    patient = world.other_patient if prefix else world.patients[0]
    slots = session.scalars(select(Slot).where(Slot.session_id == sitting.id).order_by(Slot.starts_at)).all()
    at_site = slots[6 if prefix else 3]
    booked: dict[str, Any] = {"addresses": addresses, "patient_id": patient.id}
    actor = world.actor(f"{prefix}admin")
    return (
        book(session, actor, slot_id=slots[0].id, mode=Mode.VIDEO_HOME, idempotency_key=f"{prefix}home", **booked),
        book(
            session, actor, slot_id=at_site.id, mode=Mode.VIDEO_SITE, idempotency_key=f"{prefix}site",
            room_id=world.room.id, presenter_id=world.staff[f"{prefix}presenter"].id, **booked,
        ),
    )  # fmt: skip


def befriend(session: Session, world: World) -> CareCircle:
    """Return a carer's place beside the other service's patient."""
    known = session.scalars(select(CareCircle)).one()
    circle = CareCircle(
        patient_id=world.other_patient.id, carer_id=known.carer_id, relationship_kind=known.relationship_kind,
        consented_by=known.consented_by, consented_on=known.consented_on, recorded_by_id=known.recorded_by_id,
    )  # fmt: skip
    session.add(circle)
    session.flush()
    return circle


def another_site(session: Session, world: World) -> Site:
    """Return a site where our presenter does not work."""
    site = Site(health_board_id=world.health_board.id, name="Ysbyty Arall", kind=SiteKind.COMMUNITY_HOSPITAL)
    session.add(site)
    session.flush()
    return site


def feeds(session: Session, world: World, prefix: str) -> Ids:
    """Return the ids of a calendar subscription of each one who may have them, and a token."""
    clinic = world.other_clinic if prefix else world.clinic
    ids, token = {}, ""
    for role in sorted(STAFF["calendars.revoke"].roles):
        scope = (FeedScope.SITE, world.spoke.id) if role == "presenter" else (FeedScope.CLINIC, clinic.id)
        feed, token = create_feed(
            session, world.actor(prefix + role), scope=scope[0], scope_id=scope[1], label=role
        )  # fmt: skip
        ids[f"feed:{role}"] = feed.id
    return ids | {"feed": ids["feed:admin"], "feed_token": token}


def failed_notice(session: Session, service_id: str) -> str:
    notice = enqueue(
        session, key=f"matrix:{service_id}", service_id=service_id, kind="appointment.confirmation",
        subject_id="0" * 24, recipient_kind="patient", recipient_id="0" * 24, channel=Channel.EMAIL, language="en",
    )  # fmt: skip
    notice.state = NoticeState.FAILED
    session.flush()
    return notice.id


def to_ring_and_post(session: Session, appointment: Appointment) -> Ids:
    """Return the ids of a line of the call list, and of a letter in a print run that is ready."""
    told: dict[str, Any] = {
        "service_id": appointment.service_id, "kind": "appointment.confirmation", "subject_id": appointment.id,
        "recipient_kind": "patient", "recipient_id": appointment.patient_id,
    }  # fmt: skip
    call = calls.add(session, key=f"call:{appointment.id}", reason="no-way-to-tell", **told)
    run = PrintRun(
        service_id=appointment.service_id, state=PrintRunState.READY, letters=1, content=b"%PDF-", created_at=NOW
    )
    session.add(run)
    session.flush()
    letter = enqueue(session, key=f"letter:{appointment.id}", channel=Channel.LETTER, language="cy", **told)
    letter.print_run_id = run.id
    return {"call": call.id, "print_run": run.id, "letter": letter.id}


def token_of(session: Session, world: World, name: str) -> str:
    answer = accounts.sign_in(session, email=world.staff[name].email, password=world.password)
    assert isinstance(answer, accounts.SignedInResult)
    return answer.token


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, Path]:
    """Return an application, made once so that its templates are compiled once, and the folder of its database."""
    folder = tmp_path_factory.mktemp("workplace")
    return create_app(settings_in(folder)), folder


@pytest.fixture
def app(workplace: tuple[Flask, Path], town: Town) -> Iterator[Flask]:
    """Return the application on a fresh copy of the town, at ten minutes to nine on the day."""
    app, folder = workplace
    with app.app_context():
        db.engine.dispose()
    for ending in ("-wal", "-shm"):
        Path(f"{folder}/cartref.sqlite3{ending}").unlink(missing_ok=True)
    shutil.copyfile(town.folder / "cartref.sqlite3", folder / "cartref.sqlite3")
    app.config["WTF_CSRF_ENABLED"] = False
    with time_machine.travel(NOW, tick=False):
        yield app


@pytest.fixture
def browser_of(app: Flask, town: Town) -> Callable[[str], FlaskClient]:
    """Return a function that gives the browser of a role, or of "nobody"."""

    def open_as(role: str) -> FlaskClient:
        browser = app.test_client()
        if role != "nobody":
            browser.set_cookie("cartref_sign_in", town.tokens[role])
        return browser

    return open_as


@pytest.fixture
def ask(app: Flask, town: Town) -> Callable[..., TestResponse]:
    """Return a function that asks a browser for a route, with the values of its row."""

    def ask(browser: FlaskClient, endpoint: str, method: str, role: str = "", foreign: str = "") -> TestResponse:
        row = EVERYTHING[endpoint]

        def fill(values: Mapping[str, str]) -> Ids:
            return {name: value_of(town.ids, thing, role, foreign=name == foreign) for name, thing in values.items()}

        with app.test_request_context():
            address = url_for(endpoint, **fill(row.path), **fill(row.query))  # type: ignore[arg-type] # ids are texts
        return browser.open(address, method=method, data=fill(row.data))

    return ask


def value_of(ids: Ids, thing: str, role: str, *, foreign: bool) -> str:
    if thing.startswith("="):
        return thing[1:]
    prefix = "other_" if foreign else ""
    return ids.get(f"{prefix}{thing}:{role}") or ids[f"{prefix}{thing}"]


def row_values(row: Row) -> dict[str, str]:
    return {**row.path, **row.data, **row.query}


def named_in(row: Row) -> list[str]:
    """Return the values of a row that name something which belongs to a service."""
    return [name for name, thing in row_values(row).items() if not thing.startswith("=")]


def methods_of(endpoint: str) -> list[str]:
    return sorted({"GET", "POST"} & METHODS[endpoint])


def cases(rows: Mapping[str, Row]) -> list[tuple[str, str]]:
    return [(endpoint, method) for endpoint in rows if endpoint in METHODS for method in methods_of(endpoint)]


def _methods() -> dict[str, set[str]]:
    app = create_app(read_settings({"CARTREF_ENVIRONMENT": "test", "CARTREF_DATABASE_URL": "sqlite://"}))
    return {rule.endpoint: set(rule.methods or ()) for rule in app.url_map.iter_rules()}


METHODS = _methods()


def test_every_route_has_a_row_in_the_matrix() -> None:
    assert sorted(set(METHODS) - set(EVERYTHING)) == []


def test_every_row_of_the_matrix_is_a_route() -> None:
    assert sorted(set(EVERYTHING) - set(METHODS)) == []


def test_every_value_in_an_address_has_a_namesake_in_the_other_service(town: Town) -> None:
    named = {row_values(row)[name] for row in EVERYTHING.values() for name in named_in(row)}
    assert sorted(name for name in named if not {name, f"other_{name}"} <= set(town.ids)) == []
    assert all(town.ids[name] != town.ids[f"other_{name}"] for name in named)


@pytest.mark.parametrize(("endpoint", "method"), cases(STAFF))
def test_a_route_is_open_to_its_roles_and_closed_to_all_others(
    endpoint: str, method: str, ask: Callable[..., TestResponse], browser_of: Callable[[str], FlaskClient]
) -> None:
    row = STAFF[endpoint]
    turned_away = {role: ask(browser_of(role), endpoint, method, role).status_code for role in ROLES - row.roles}
    assert turned_away == dict.fromkeys(ROLES - row.roles, 403)
    for role in sorted(row.roles):
        answer = ask(browser_of(role), endpoint, method, role)
        assert answer.status_code not in {401, 403, 404, 405}, f"{role}: {answer.status}"
        assert answer.status_code < 500, f"{role}: {answer.status}"


@pytest.mark.parametrize(("endpoint", "method"), cases(STAFF))
def test_nobody_is_asked_to_sign_in_first(
    endpoint: str, method: str, ask: Callable[..., TestResponse], browser_of: Callable[[str], FlaskClient]
) -> None:
    answer = ask(browser_of("nobody"), endpoint, method)
    assert (answer.status_code, answer.location.split("?")[0]) == (303, "/sign-in")


def test_a_script_that_nobody_signed_in_for_is_told_so_in_json(browser_of: Callable[[str], FlaskClient]) -> None:
    answer = browser_of("nobody").get("/patients", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden.not-signed-in")


FOREIGN = [
    (endpoint, method, name)
    for endpoint, method in cases(STAFF)
    for name in named_in(STAFF[endpoint])
    if method == "POST" or name not in STAFF[endpoint].data or name in STAFF[endpoint].query
]


@pytest.mark.parametrize(("endpoint", "method", "name"), FOREIGN)
def test_what_belongs_to_another_service_is_not_there(
    endpoint: str, method: str, name: str, ask: Callable[..., TestResponse], browser_of: Callable[[str], FlaskClient]
) -> None:
    found = {
        role: ask(browser_of(role), endpoint, method, role, foreign=name).status_code for role in STAFF[endpoint].roles
    }
    assert found == dict.fromkeys(STAFF[endpoint].roles, 404)


@pytest.mark.parametrize(("endpoint", "method"), cases(PUBLIC))
def test_a_public_route_needs_no_sign_in(
    endpoint: str, method: str, ask: Callable[..., TestResponse], browser_of: Callable[[str], FlaskClient]
) -> None:
    assert ask(browser_of("nobody"), endpoint, method).status_code in {200, 303, 422}


@pytest.fixture
def holder(app: Flask, town: Town) -> FlaskClient:
    """Return the browser of somebody who opened the link to the visit."""
    browser = app.test_client()
    assert browser.get(f"/v/{town.ids['link_token']}").status_code == 303
    return browser


@pytest.fixture
def visitor(holder: FlaskClient, town: Town) -> FlaskClient:
    """Return the browser of the patient who gave her birth date too."""
    born = {"born_on-day": "14", "born_on-month": "3", "born_on-year": "1939"}
    assert holder.post(f"/visit/{town.ids['appointment']}/who", data=born).status_code == 303
    return holder


@pytest.mark.parametrize(("endpoint", "method"), cases(HOLDERS))
def test_whoever_holds_the_link_may_ask_for_the_visit(
    endpoint: str, method: str, ask: Callable[..., TestResponse], holder: FlaskClient
) -> None:
    assert ask(holder, endpoint, method).status_code in {200, 422}


@pytest.mark.parametrize(("endpoint", "method"), cases(VISITORS))
def test_whoever_gave_the_birth_date_may_visit(
    endpoint: str, method: str, ask: Callable[..., TestResponse], visitor: FlaskClient
) -> None:
    assert ask(visitor, endpoint, method).status_code not in {401, 403, 404, 405, 410, 500, 503}


@pytest.mark.parametrize(("endpoint", "method"), cases(VISITORS))
def test_the_link_alone_leads_back_to_the_question(
    endpoint: str, method: str, ask: Callable[..., TestResponse], holder: FlaskClient, town: Town
) -> None:
    answer = ask(holder, endpoint, method)
    asked = answer.status_code == 303 and answer.location == f"/visit/{town.ids['appointment']}"
    assert asked or answer.status_code == 403


@pytest.mark.parametrize(("endpoint", "method"), cases(HOLDERS | VISITORS))
@pytest.mark.parametrize("role", ["nobody", "admin", "clinician"])
def test_a_visit_is_not_there_without_its_link(
    role: str, endpoint: str, method: str, ask: Callable[..., TestResponse], browser_of: Callable[[str], FlaskClient]
) -> None:
    assert ask(browser_of(role), endpoint, method).status_code in {403, 404}


@pytest.mark.parametrize(("endpoint", "method"), cases(HOLDERS | VISITORS))
def test_one_visits_cookies_open_no_other_visit(
    endpoint: str, method: str, ask: Callable[..., TestResponse], app: Flask, visitor: FlaskClient, town: Town
) -> None:
    thief = app.test_client()
    for name in ("cartref_link", "cartref_visit"):
        kept = visitor.get_cookie(name, path=f"/visit/{town.ids['appointment']}")
        assert kept is not None
        thief.set_cookie(name, kept.value, path="/")
    assert ask(thief, endpoint, method, foreign="visit_id").status_code in {403, 404}


def test_events_without_a_signature_are_refused(ask: Callable[..., TestResponse], app: Flask) -> None:
    assert [ask(app.test_client(), endpoint, "POST").status_code for endpoint in SIGNED] == [401]


@pytest.mark.parametrize("endpoint", sorted(set(METHODS) - set(SIGNED)))
def test_a_change_without_the_forms_token_is_refused(
    endpoint: str, app: Flask, ask: Callable[..., TestResponse], browser_of: Callable[[str], FlaskClient]
) -> None:
    if "POST" not in METHODS[endpoint]:
        return
    app.config["WTF_CSRF_ENABLED"] = True
    role = min(EVERYTHING[endpoint].roles, default="nobody")
    assert ask(browser_of(role), endpoint, "POST", role).status_code == 400


@pytest.mark.parametrize("endpoint", METHODS)
def test_a_route_answers_no_other_method(
    endpoint: str, ask: Callable[..., TestResponse], browser_of: Callable[[str], FlaskClient]
) -> None:
    role = min(EVERYTHING[endpoint].roles, default="nobody") if endpoint in EVERYTHING else "nobody"
    answers = {method: ask(browser_of(role), endpoint, method, role).status_code for method in UNUSED}
    assert answers == dict.fromkeys(UNUSED, 405)
