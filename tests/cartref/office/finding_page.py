"""The page that finds a time, as tests read it and press its buttons."""

import re
from datetime import date
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments.models import Appointment
from cartref.patients import hours as free_times
from cartref.patients import wishes
from cartref.patients.hours import FreeHours
from cartref.patients.wishes import Wishes
from cartref.referrals.models import EntryKind, WaitingEntry
from tests.cartref.office.booking import look
from tests.factories import CREATED, World


def wish(session: Session, world: World, *, patient: int = 0, hours: tuple[FreeHours, ...] = (), **values: Any) -> None:
    eluned = world.patients[patient].id
    before = wishes.of_patient(session, eluned)
    wishes.save(session, world.actor("admin"), eluned, Wishes(**values), version=before.version if before else 0)
    free_times.replace(session, world.carer.id, hours)
    session.commit()


def entry(session: Session, world: World, **values: Any) -> WaitingEntry:
    """Return a line of the waiting list, committed."""
    given: dict[str, Any] = {
        "service_id": world.service.id, "patient_id": world.patients[0].id, "clinic_id": world.clinic.id,
        "kind": EntryKind.NEW, "waiting_since": date(2026, 10, 1), "created_at": CREATED, "updated_at": CREATED,
    }  # fmt: skip
    line = WaitingEntry(**(given | values))
    session.add(line)
    session.commit()
    return line


def offered(page: str) -> list[str]:
    return re.findall(r'<h2 class="offer__when">([^<]*)</h2>', page)


def choices(page: str, name: str = "book") -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]*)"', page)


def key(page: str) -> str:
    found = re.search(r'name="idempotency_key"[^>]*value="([^"]*)"', page)
    assert found
    return found[1]


def action(page: str) -> str:
    found = re.search(r'<form method="post" action="(/find-time[^"]*)"', page)
    assert found
    return unescape(found[1])


def press(clerk: FlaskClient, page: str, number: int = 0, name: str = "book", **typed: str) -> Any:
    """Press the button of an offer on a page."""
    sent = {"idempotency_key": key(page), name: choices(page, name)[number]} | typed
    return clerk.post(action(page), data=sent)


def booked(session: Session) -> list[Appointment]:
    return list(look(session, select(Appointment)))
