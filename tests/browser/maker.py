"""The hand that makes states: through the services, on the database of a running clinic."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.appointments.models import Appointment, Mode
from cartref.appointments.service import book
from cartref.clinics import queries as clinic_queries
from cartref.clinics import service as clinics
from cartref.clinics.models import Clinic, Room, Slot
from cartref.config import Settings
from cartref.links import service as links
from cartref.links.addresses import Addresses
from cartref.links.models import Holder, Link
from cartref.patients import service as patients
from cartref.patients.details import PatientDetails
from cartref.patients.models import Patient
from cartref.patients.nhs_number import TraceStatus
from cartref.seed import GRID, ZONE, shown_once

BORN = date(1938, 2, 5)


@dataclass
class States:
    """What was made: ids and links by the name of the state, for addresses such as `/visit/{early}`."""

    ids: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)


@dataclass
class Maker:
    """The hand that makes a state: a session of the database, the first service's people, and what it has made."""

    session: Session
    settings: Settings
    made: States
    clinic: Clinic
    admin: Actor
    clinician: Actor

    @property
    def addresses(self) -> Addresses:
        """Return the addresses of links."""
        return Addresses.from_settings(self.settings)

    def visit(self, name: str, offset: timedelta, mode: Mode = Mode.VIDEO_HOME) -> Appointment:
        """Book a visit of somebody new that begins so long from now, in a session of its own, and keep its link."""
        starts_at = _within_its_day(_on_the_grid(clock.now()) + offset)
        with time_machine.travel(min(clock.now(), starts_at) - timedelta(days=1)):
            visit = self._book(name, self.slot(starts_at), mode)
        self.made.ids |= {
            name: visit.id,
            f"{name}_patient": visit.patient_id,
            f"{name}_sitting": visit.session_id,
        }
        self.made.links[name] = self.addresses.url(self.link(visit))
        return visit

    def link(self, visit: Appointment) -> Link:
        """Return the patient's link to a visit."""
        return links.issue(
            self.session, self.addresses, visit_id=visit.id, service_id=visit.service_id, holder=Holder.PATIENT,
            holder_id=visit.patient_id,
        )  # fmt: skip

    def slot(self, starts_at: datetime) -> Slot:
        """Open a session of one slot that begins then, longer only on a night when the clocks change."""
        opens_at = shown_once(starts_at, -GRID).astimezone(ZONE)
        closes_at = shown_once(starts_at + GRID, GRID).astimezone(ZONE)
        sitting = clinics.open_session(
            self.session, self.admin, self.clinic.id, clinician_id=str(self.clinician.id), local_date=opens_at.date(),
            start_wall=opens_at.time(), end_wall=closes_at.time(),
        )  # fmt: skip
        return next(slot for slot in sitting.slots if slot.starts_at == starts_at)

    def _book(self, name: str, slot: Slot, mode: Mode) -> Appointment:
        at_site = mode in {Mode.VIDEO_SITE, Mode.IN_PERSON}
        room = self.session.scalars(select(Room).order_by(Room.name)).first()
        assert room is not None
        presenter = clinic_queries.presenters(self.session, self.admin)[0]
        return book(
            self.session, self.admin, addresses=self.addresses, slot_id=slot.id, mode=mode,
            patient_id=self.patient(name).id, room_id=room.id if at_site else None,
            presenter_id=presenter.staff_id if mode is Mode.VIDEO_SITE else None, idempotency_key=f"state-{name}",
        )  # fmt: skip

    def patient(self, name: str) -> Patient:
        """Register somebody new."""
        details = PatientDetails(
            "Mali", f"Tal-y-bont ({name})", BORN, title="Mrs", telephone="01632 960999", mobile="07700 900999",
            address="1 Rhes y Felin, Cwm Isaf", postcode="LL99 6WU", hearing_need="Hears better with headphones",
            memory_need="Say who, why and when", trace_status=TraceStatus.TRACE_REQUIRED,
        )  # fmt: skip
        return patients.register(self.session, self.admin, details)


def _on_the_grid(moment: datetime) -> datetime:
    return moment.replace(minute=moment.minute - moment.minute % 5, second=0, microsecond=0)


def _within_its_day(starts_at: datetime) -> datetime:
    """Return the moment, or one a minute earlier where a visit would end with the day, as no session does."""
    ends_at = (starts_at + GRID).astimezone(ZONE)
    return starts_at if ends_at.date() == starts_at.astimezone(ZONE).date() else starts_at - timedelta(minutes=1)
