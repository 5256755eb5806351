"""One service of the demonstration, made through the services; what is there already stays."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts import founding
from cartref.accounts.actor import Actor, system
from cartref.accounts.models import HealthBoard, Role, Service, Staff
from cartref.accounts.permissions import allowed
from cartref.appointments import queries as appointments
from cartref.appointments.models import Appointment, Mode
from cartref.appointments.service import book
from cartref.audit.models import ActorKind
from cartref.calendars import service as calendars
from cartref.calendars.models import FeedScope
from cartref.clinics import service as clinics
from cartref.clinics.models import Clinic, ClinicSession, Room, SessionStatus, Site, SiteKind, Slot
from cartref.config import Settings
from cartref.db import new_id
from cartref.links import service as links
from cartref.links.addresses import Addresses
from cartref.links.models import Holder
from cartref.patients import carers
from cartref.patients import service as patients
from cartref.patients.carers import CarerDetails
from cartref.patients.details import PatientDetails
from cartref.patients.models import CareCircle, Consenting, Patient, Relationship
from cartref.patients.nhs_number import check_digit
from cartref.seed.hours import ZONE, session_around
from cartref.seed.people import ELDERLY, PASSWORD, Person, Plan

MODES = (Mode.VIDEO_HOME, Mode.VIDEO_SITE, Mode.VIDEO_HOME, Mode.TELEPHONE, Mode.VIDEO_HOME)  # of the patients in turn
FIRST_NUMBER = 999_000_001


class Garden:
    """One service of the demonstration and everything in it."""

    def __init__(self, session: Session, settings: Settings, board: HealthBoard, plan: Plan) -> None:
        self.session, self.settings, self.board, self.plan = session, settings, board, plan
        self.addresses = Addresses.from_settings(settings)
        self.staff: dict[Role, Staff] = {}
        self.visits: list[Appointment] = []

    def people_and_places(self) -> None:
        """Make the service, its staff, places and patients, each unless it is there."""
        self.service = self._service()
        for person in self.plan.people:
            self.staff[person.role] = self._member(person)
        self.room = self._room()
        self.clinic = self._clinic()
        self.patients = [self._patient(number, details) for number, details in enumerate(self.plan.patients)]

    def today(self) -> None:
        """See that a visit is due now, the first patient's if it can be, and that everybody has a visit today."""
        if not any(map(_is_due, self._visits_today())):
            self._book_all(self._session_now() or self._open_session())
        places = {patient.id: place for place, patient in enumerate(self.patients)}
        self.visits = sorted(
            self._visits_today(),
            key=lambda visit: (not _is_due(visit), places.get(visit.patient_id, len(places)), visit.starts_at),
        )

    def staff_facts(self) -> Iterator[dict[str, Any]]:
        """Yield who can sign in."""
        for role, staff in self.staff.items():
            yield {
                "role": role.value, "email": staff.email, "password": PASSWORD, "totp_secret": staff.totp_secret,
                "service": self.plan.name_en,
            }  # fmt: skip

    def visit_facts(self) -> Iterator[dict[str, Any]]:
        """Yield today's visits: the one due now, then the others in their patients' order."""
        for visit in self.visits:
            yield {
                "id": visit.id,
                "patient": visit.patient.name,
                "link": self._address(visit, Holder.PATIENT, visit.patient_id),
                "date_of_birth": visit.patient.born_on.isoformat(),
                "starts_at": visit.starts_at.isoformat(),
                "mode": visit.mode.value,
                "carer_link": next(
                    (
                        self._address(visit, Holder.CARER, guest.carer_id)
                        for guest in visit.participants
                        if guest.carer_id
                    ),
                    None,
                ),
                "service": self.plan.name_en,
            }

    def feed(self) -> dict[str, str]:
        """Return a new calendar subscription of the service's clinician."""
        clinician = self.staff[Role.CLINICIAN]
        token = calendars.create_feed(
            self.session, self.actor(Role.CLINICIAN), scope=FeedScope.CLINICIAN, scope_id=clinician.id, label="Demo",
        )[1]  # fmt: skip
        return {"url": f"{self.settings.public_url}/c/{token}.ics", "owner": clinician.email}

    def nhs_number(self, first: int, place: int) -> str:
        """Return the valid number at a place, from 0, among those that begin with the nine figures `first`."""
        return list(_nhs_numbers(first, place + 1))[place]

    def _service(self) -> Service:
        found = self.session.scalar(select(Service).where(Service.name_en == self.plan.name_en))
        if found is None:
            found = Service(
                health_board_id=self.board.id, name_en=self.plan.name_en, name_cy=self.plan.name_cy,
                contact_phone=self.settings.help_phone, contact_email=self.settings.mail_from,
            )  # fmt: skip
            self.session.add(found)
            self.session.flush()
        return found

    def _member(self, person: Person) -> Staff:
        found = self.session.scalar(select(Staff).where(Staff.email == person.email))
        return found or founding.member(
            self.session, self.service, role=person.role, email=person.email, password=PASSWORD, title=person.title,
            given_name=person.given_name, family_name=person.family_name, languages=person.languages,
            introduction_en=person.introduction_en, introduction_cy=person.introduction_cy,
        )  # fmt: skip

    def _room(self) -> Room:
        admin = self.actor(Role.ADMIN)
        site = self.session.scalar(select(Site).where(Site.kind == SiteKind.COMMUNITY_HOSPITAL))
        if site is None:
            clinics.add_site(self.session, admin, name="Ysbyty Glan Llyn", kind=SiteKind.HUB_HOSPITAL)
            site = clinics.add_site(
                self.session, admin, name="Ysbyty Bryn Heli", kind=SiteKind.COMMUNITY_HOSPITAL, telephone="01632 960200"
            )
        clinics.use_site(self.session, admin, site.id)
        clinics.add_presenter(self.session, admin, site.id, self.staff[Role.PRESENTER].id)
        name = "Video room 1" if self.plan is ELDERLY else "Video room 2"
        room = self.session.scalar(select(Room).where(Room.site_id == site.id, Room.name == name))
        return room or clinics.add_room(self.session, admin, site.id, name=name)

    def _clinic(self) -> Clinic:
        admin = self.actor(Role.ADMIN)
        found = self.session.scalar(select(Clinic).where(Clinic.service_id == self.service.id))
        if found is not None:
            return found
        clinic = clinics.create_clinic(
            self.session, admin, name=self.plan.clinic, public_name_en=self.plan.public_en,
            public_name_cy=self.plan.public_cy, slot_minutes=20, runs_in_order=True,
            contact_phone=self.settings.help_phone, contact_email=self.settings.mail_from,
        )  # fmt: skip
        clinics.add_pattern(
            self.session, admin, clinic.id, clinician_id=self.staff[Role.CLINICIAN].id, weekday=1, start_wall=time(9),
            end_wall=time(12), from_date=patients.today() + timedelta(days=1), to_date=None, week_interval=1,
        )  # fmt: skip
        clinics.generate_sessions(self.session, admin, patients.today() + timedelta(weeks=8))
        return clinic

    def _patient(self, index: int, details: PatientDetails) -> Patient:
        first = FIRST_NUMBER + (0 if self.plan is ELDERLY else 100)
        number = list(_nhs_numbers(first, len(self.plan.patients)))[index]
        found = self.session.scalar(select(Patient).where(Patient.nhs_number == number))
        if found is not None:
            return found
        patient = patients.register(self.session, self.actor(Role.ADMIN), replace(details, nhs_number=number))
        if index == 0:
            self._daughter(patient)
        return patient

    def _daughter(self, patient: Patient) -> None:
        details = CarerDetails(
            "Catrin", patient.family_name, Relationship.DAUGHTER, Consenting.PATIENT, patients.today(),
            telephone="07700 900812", may_join=True, may_be_told=True, language=patient.language,
        )  # fmt: skip
        carers.add(self.session, self.actor(Role.ADMIN), patient.id, details)

    def _session_now(self) -> ClinicSession | None:
        """Return the clinic's session in which this moment is, when it was opened before."""
        now = clock.now()
        query = select(ClinicSession).where(
            ClinicSession.clinic_id == self.clinic.id, ClinicSession.status == SessionStatus.OPEN,
            ClinicSession.starts_at <= now, ClinicSession.ends_at > now,
        )  # fmt: skip
        return self.session.scalars(query.order_by(ClinicSession.starts_at.desc())).first()

    def _open_session(self) -> ClinicSession:
        starts_at, ends_at = (moment.astimezone(ZONE) for moment in session_around(clock.now()))
        return clinics.open_session(
            self.session, self.actor(Role.ADMIN), self.clinic.id, local_date=starts_at.date(),
            start_wall=starts_at.time(), end_wall=ends_at.time(), clinician_id=self.staff[Role.CLINICIAN].id,
        )  # fmt: skip

    def _book_all(self, sitting: ClinicSession) -> None:
        """Book everybody who has no visit to come: from now on, and late in the evening before now too."""
        now, visits = clock.now(), self._visits_today()
        free = [slot for slot in sitting.slots if not any(_overlap(slot, visit) for visit in visits)]
        coming, over = [slot for slot in free if slot.ends_at > now], [slot for slot in free if slot.ends_at <= now]
        expected = {visit.patient_id for visit in visits if visit.ends_at > now}
        wanted = [(who, mode) for who, mode in zip(self.patients, MODES, strict=False) if who.id not in expected]
        for slot, (patient, mode) in zip((*coming, *reversed(over)), wanted, strict=False):
            self._book(slot, patient, mode)

    def _book(self, slot: Slot, patient: Patient, mode: Mode) -> None:
        at_site = mode is Mode.VIDEO_SITE
        helpers = self.session.scalars(select(CareCircle.carer_id).where(CareCircle.patient_id == patient.id)).all()
        is_over = slot.ends_at <= clock.now()  # then nobody of the staff may book it any more
        book(
            self.session, system(self.service.id) if is_over else self.actor(Role.ADMIN), addresses=self.addresses,
            slot_id=slot.id, patient_id=patient.id, mode=mode, room_id=self.room.id if at_site else None,
            presenter_id=self.staff[Role.PRESENTER].id if at_site else None,
            carer_ids=helpers, idempotency_key=new_id(),
        )  # fmt: skip

    def _visits_today(self) -> list[Appointment]:
        day = clock.now().astimezone(ZONE).date()
        return list(appointments.of_day(self.session, self.actor(Role.ADMIN), day))

    def _address(self, visit: Appointment, holder: Holder, holder_id: str) -> str:
        link = links.issue(
            self.session, self.addresses, visit_id=visit.id, service_id=visit.service_id, holder=holder,
            holder_id=holder_id,
        )  # fmt: skip
        return self.addresses.url(link)

    def actor(self, role: Role) -> Actor:
        return Actor(ActorKind.STAFF, self.staff[role].id, self.service.id, self.board.id, allowed(frozenset({role})))


def _is_due(visit: Appointment) -> bool:
    return visit.starts_at <= clock.now() < visit.ends_at


def _overlap(slot: Slot, visit: Appointment) -> bool:
    return slot.starts_at < visit.ends_at and visit.starts_at < slot.ends_at


def _nhs_numbers(first: int, count: int) -> Iterator[str]:
    nine = first
    while count:
        check = check_digit(str(nine))
        if check < 10:
            yield f"{nine}{check}"
            count -= 1
        nine += 1
