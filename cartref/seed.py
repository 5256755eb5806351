"""One believable demonstration clinic, built through the services; every person and number in it is invented."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts import founding
from cartref.accounts.actor import Actor
from cartref.accounts.models import HealthBoard, Role, Service, Staff
from cartref.accounts.permissions import allowed
from cartref.appointments import queries as appointments
from cartref.appointments.models import Appointment, Mode
from cartref.appointments.service import book
from cartref.audit.models import ActorKind
from cartref.calendars import service as calendars
from cartref.calendars.models import FeedScope
from cartref.clinics import service as clinics
from cartref.clinics.models import Clinic, ClinicSession, Room, Site, SiteKind, Slot
from cartref.config import Settings
from cartref.errors import Invalid
from cartref.links import service as links
from cartref.links.addresses import Addresses
from cartref.links.models import Holder
from cartref.patients import service as patients
from cartref.patients.details import PatientDetails
from cartref.patients.models import CareCircle, Consenting, Patient, Relationship
from cartref.patients.nhs_number import TraceStatus, check_digit

ZONE = ZoneInfo("Europe/London")
PASSWORD = "quiet-morning-bangor"  # noqa: S105 # shown to everyone who starts the demonstration
SLOT = timedelta(minutes=20)
FIRST_NUMBER = 999_000_001
DAY_ENDS = 23 * 60 + 59  # in minutes: the last moment that a session can end on its own day


@dataclass(frozen=True)
class Person:
    """A member of staff to be made."""

    role: Role
    title: str
    given_name: str
    family_name: str
    email: str
    languages: tuple[str, ...] = ("en", "cy")
    introduction_en: str = ""
    introduction_cy: str = ""


@dataclass(frozen=True)
class Plan:
    """One service to be made, its staff and the patients of today's clinic, first the one due now."""

    name_en: str
    name_cy: str
    clinic: str
    public_en: str
    public_cy: str
    people: tuple[Person, ...]
    patients: tuple[PatientDetails, ...]


def _older(given: str, family: str, born: date, **values: Any) -> PatientDetails:
    return replace(PatientDetails(given, family, born, trace_status=TraceStatus.TRACED), **values)


ELDERLY = Plan(
    "Care of older people", "Gofal pobl hŷn", "Older people, Glan Llyn", "Glan Llyn clinic", "Clinig Glan Llyn",
    (
        Person(Role.ADMIN, "Ms", "Siân", "Tegid", "admin@demo.example"),
        Person(
            Role.CLINICIAN, "Dr", "Nia", "Prydderch", "clinician@demo.example", ("cy", "en"),
            "I am a doctor for older people.", "Rydw i'n feddyg i bobl hŷn.",
        ),
        Person(
            Role.PRESENTER, "Nurse", "Gwenno", "Maelor", "presenter@demo.example", ("cy", "en"),
            "I am a nurse, and I stay beside you.", "Rydw i'n nyrs, a bydda i wrth eich ochr.",
        ),
        Person(Role.MANAGER, "Mr", "Emrys", "Cadnant", "manager@demo.example"),
        Person(Role.PRIVACY, "Mrs", "Olwen", "Tryfan", "privacy@demo.example"),
    ),
    (
        _older(
            "Eluned", "Parry-Heli", date(1939, 3, 14), title="Mrs", language="cy", telephone="01632 960457",
            address="4 Maes y Dderwen, Llanfair Isaf", postcode="LL99 9ZZ", email="eluned@demo.example",
            email_consent=True, hearing_need="Hears better with headphones and captions", frailty_level=6,
            gp_practice="Meddygfa Glan Llyn", safe_contact="Land line, beside her chair. Let it ring.",
        ),
        _older(
            "Beryl", "Rowen", date(1942, 7, 2), title="Mrs", language="en", telephone="01632 960118",
            address="Tyddyn Uchaf, Bryn Heli", postcode="LL99 8YY", sight_need="Large print", frailty_level=5,
            gp_practice="Meddygfa Bryn Heli",
        ),
        _older(
            "Gwilym", "Pugh-Arfon", date(1937, 11, 21), title="Mr", language="cy", telephone="01632 960318",
            address="2 Rhes y Capel, Llan Ddu", postcode="LL99 7XX", memory_need="Say who, why and when",
            frailty_level=6, mobile="07700 900318",
        ),
        _older(
            "Nesta", "Vaughan-Tal", date(1940, 1, 9), title="Miss", language="en", telephone="01632 960774",
            address="Hafod y Gwynt, Cwm Isaf", postcode="LL99 6WW", hands_need="Uses one hand", frailty_level=4,
        ),
        _older(
            "Idwal", "Morris-Lleu", date(1933, 5, 30), title="Mr", language="cy", telephone="01632 960219",
            address="Fferm Tŷ Gwyn, Llan Ddu", postcode="LL99 7XW", frailty_level=7,
        ),
    ),
)  # fmt: skip
HEART = Plan(
    "Heart failure", "Methiant y galon", "Heart failure, Glan Llyn", "Glan Llyn clinic two", "Ail glinig Glan Llyn",
    (
        Person(Role.ADMIN, "Mr", "Dewi", "Ogwen", "admin2@demo.example"),
        Person(
            Role.CLINICIAN, "Dr", "Rhian", "Elidir", "clinician2@demo.example", ("en",),
            "I am a doctor.", "Meddyg ydw i.",
        ),
        Person(
            Role.PRESENTER, "Nurse", "Huw", "Cybi", "presenter2@demo.example", ("en", "cy"),
            "I am a nurse, and I stay beside you.", "Rydw i'n nyrs, a bydda i wrth eich ochr.",
        ),
    ),
    (
        _older(
            "Margaret", "Ellis-Coed", date(1944, 9, 17), title="Mrs", language="en", telephone="01632 960522",
            address="7 Stryd y Bont, Glan Llyn", postcode="LL99 5VV", email="margaret@demo.example",
            email_consent=True, frailty_level=5,
        ),
        _older(
            "Hywel", "Tudor-Bryn", date(1935, 12, 1), title="Mr", language="cy", telephone="01632 960633",
            address="Bryn Eithin, Cwm Isaf", postcode="LL99 6WV", frailty_level=6,
        ),
    ),
)  # fmt: skip


def plant(session: Session, settings: Settings) -> dict[str, Any]:
    """Make the demonstration's people unless they are there, and a clinic for today; return the facts about it all."""
    board = session.scalar(select(HealthBoard)) or _board(session, settings)
    gardens = [_Garden(session, settings, board, plan) for plan in (ELDERLY, HEART)]
    for garden in gardens:
        garden.people_and_places()
    for garden in gardens:
        garden.today()
    return {
        "web": settings.public_url,
        "signalling": settings.signalling_public_url,
        "staff": [fact for garden in gardens for fact in garden.staff_facts()],
        "visits": [fact for garden in gardens for fact in garden.visit_facts()],
        "feeds": [garden.feed() for garden in gardens],
    }


def _board(session: Session, settings: Settings) -> HealthBoard:
    board = HealthBoard(name_cy=settings.health_board, name_en="Glan Llyn Health Board")
    session.add(board)
    session.flush()
    return board


class _Garden:
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
        """Open a session around this moment, with the first patient due now, unless one is due already."""
        due = [visit for visit in self._visits_today() if visit.starts_at <= clock.now() < visit.ends_at]
        if not due:
            self._book_all(self._open_session())
        self.visits = sorted(
            self._visits_today(),
            key=lambda visit: (not visit.starts_at <= clock.now() < visit.ends_at, visit.starts_at),
        )

    def staff_facts(self) -> Iterator[dict[str, Any]]:
        """Yield who can sign in."""
        for role, staff in self.staff.items():
            yield {
                "role": role.value, "email": staff.email, "password": PASSWORD, "totp_secret": staff.totp_secret,
                "service": self.plan.name_en,
            }  # fmt: skip

    def visit_facts(self) -> Iterator[dict[str, Any]]:
        """Yield today's visits, the one due now first."""
        for visit in self.visits:
            yield {
                "id": visit.id,
                "patient": visit.patient.name,
                "link": self._address(visit, Holder.PATIENT, visit.patient_id),
                "date_of_birth": visit.patient.born_on.isoformat(),
                "starts_at": visit.starts_at.isoformat(),
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
            self.session, self._actor(Role.CLINICIAN), scope=FeedScope.CLINICIAN, scope_id=clinician.id, label="Demo",
        )[1]  # fmt: skip
        return {"url": f"{self.settings.public_url}/c/{token}.ics", "owner": clinician.email}

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
        admin = self._actor(Role.ADMIN)
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
        admin = self._actor(Role.ADMIN)
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
        patient = patients.register(self.session, self._actor(Role.ADMIN), replace(details, nhs_number=number))
        if index == 0:
            self._daughter(patient)
        return patient

    def _daughter(self, patient: Patient) -> None:
        patients.add_carer(
            self.session, self._actor(Role.ADMIN), patient.id, given_name="Catrin", family_name=patient.family_name,
            relationship_kind=Relationship.DAUGHTER, consented_by=Consenting.PATIENT, consented_on=patients.today(),
            telephone="07700 900812", email="", may_join=True, may_be_told=True, language=patient.language,
        )  # fmt: skip

    def _open_session(self) -> ClinicSession:
        now = clock.now().astimezone(ZONE)
        for start, end in _windows(now):
            try:
                with self.session.begin_nested():
                    return clinics.open_session(
                        self.session, self._actor(Role.ADMIN), self.clinic.id, local_date=now.date(), start_wall=start,
                        end_wall=end, clinician_id=self.staff[Role.CLINICIAN].id,
                    )  # fmt: skip
            except Invalid:  # the clocks change tonight, and this window has an hour that is not there, or there twice
                continue
        raise RuntimeError("no clinic can be opened in this hour, in which the clocks change: try again in an hour")

    def _book_all(self, sitting: ClinicSession) -> None:
        now = clock.now()
        free = [slot for slot in sitting.slots if slot.ends_at > now]
        modes = (Mode.VIDEO_HOME, Mode.VIDEO_SITE, Mode.VIDEO_HOME, Mode.TELEPHONE, Mode.VIDEO_HOME)
        for slot, patient, mode in zip(free, self.patients, modes, strict=False):
            self._book(slot, patient, mode)

    def _book(self, slot: Slot, patient: Patient, mode: Mode) -> None:
        at_site = mode is Mode.VIDEO_SITE
        helpers = self.session.scalars(select(CareCircle.carer_id).where(CareCircle.patient_id == patient.id)).all()
        book(
            self.session, self._actor(Role.ADMIN), addresses=self.addresses, slot_id=slot.id, patient_id=patient.id,
            mode=mode, room_id=self.room.id if at_site else None,
            presenter_id=self.staff[Role.PRESENTER].id if at_site else None,
            carer_ids=helpers, idempotency_key=f"demo-{slot.id}",
        )  # fmt: skip

    def _visits_today(self) -> list[Appointment]:
        day = clock.now().astimezone(ZONE).date()
        return list(appointments.of_day(self.session, self._actor(Role.ADMIN), day))

    def _address(self, visit: Appointment, holder: Holder, holder_id: str) -> str:
        link = links.issue(
            self.session, self.addresses, visit_id=visit.id, service_id=visit.service_id, holder=holder,
            holder_id=holder_id,
        )  # fmt: skip
        return self.addresses.url(link)

    def _actor(self, role: Role) -> Actor:
        return Actor(ActorKind.STAFF, self.staff[role].id, self.service.id, self.board.id, allowed(frozenset({role})))


def _windows(now: datetime) -> Iterator[tuple[time, time]]:
    """Yield spans of wall time, on the quarter hour or counted back from midnight, whose slots hold this moment."""
    minute = now.hour * 60 + now.minute
    length = int(SLOT.total_seconds()) // 60
    first = minute - minute % length
    last = DAY_ENDS - (DAY_ENDS - minute - 1) // length * length - length  # late at night, slots count back from 23:59
    begins = first if first + length <= DAY_ENDS else max(last, 0)
    for before in (3, 0):
        start = max(begins - before * length, begins % length)
        slots = min((DAY_ENDS - start) // length, before + 9)
        end = start + slots * length
        yield time(*divmod(start, 60)), time(*divmod(end, 60))


def _nhs_numbers(first: int, count: int) -> Iterator[str]:
    nine = first
    while count:
        check = check_digit(str(nine))
        if check < 10:
            yield f"{nine}{check}"
            count -= 1
        nine += 1
