"""A small health board for tests, made of rows alone; every person and number in it is invented."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from cartref import sheets
from cartref.accounts.actor import Actor
from cartref.accounts.models import HealthBoard, Membership, Role, Service, Staff
from cartref.accounts.permissions import allowed
from cartref.audit.models import ActorKind
from cartref.clinics.models import (
    Clinic,
    ClinicSession,
    Room,
    Site,
    SiteKind,
    SitePresenter,
    SiteUse,
    Slot,
)
from cartref.patients.models import CareCircle, Carer, CareRelationship, Consenting, Patient, Relationship
from cartref.patients.nhs_number import TraceStatus
from cartref.referrals.importing import known
from cartref.referrals.importing import service as importing
from cartref.referrals.importing.judging import judge_all
from cartref.referrals.importing.report import report
from cartref.referrals.importing.rows import Reading, read_row
from cartref.referrals.models import ImportSheet, Referral, SheetState, Source
from cartref.referrals.service import ReferralDetails, refer

PASSWORD = "A quiet morning in Bangor"
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
CREATED = datetime(2026, 1, 5, 9, tzinfo=UTC)
NHS_NUMBERS = ("9990000018", "9990000026", "9990000034", "9990000042", "9990000050", "9990000069", "9990000077")
ROLES = {
    "admin": Role.ADMIN,
    "manager": Role.MANAGER,
    "privacy": Role.PRIVACY,
    "clinician": Role.CLINICIAN,
    "presenter": Role.PRESENTER,
}


@dataclass
class World:
    """The rows that tests begin with; names beginning `other_` belong to the second service."""

    health_board: HealthBoard
    service: Service
    other_service: Service
    staff: dict[str, Staff] = field(default_factory=dict)
    patients: list[Patient] = field(default_factory=list)
    other_patient: Any = None
    carer: Any = None
    hub: Any = None
    spoke: Any = None
    room: Any = None
    clinic: Any = None
    other_clinic: Any = None
    clinic_session: Any = None
    other_session: Any = None
    password: str = PASSWORD

    def actor(self, name: str) -> Actor:
        """Return the actor of a member of staff in her own service."""
        staff = self.staff[name]
        service = self.other_service if name.startswith("other_") else self.service
        role = ROLES[name.removeprefix("other_")]
        return Actor(ActorKind.STAFF, staff.id, service.id, self.health_board.id, allowed(frozenset({role})))


def build_world(session: Session, *, starts_at: datetime | None = None) -> World:
    """Add the small health board; its clinic session has twelve free slots of 20 minutes from `starts_at` (UTC)."""
    board = HealthBoard(name_cy="Bwrdd Iechyd Glan Llyn", name_en="Glan Llyn Health Board")
    session.add(board)
    session.flush()
    world = World(board, make_service(session, board, "Elderly care"), make_service(session, board, "Heart failure"))
    for prefix, service in (("", world.service), ("other_", world.other_service)):
        for name, role in ROLES.items():
            world.staff[prefix + name] = make_staff(session, board, service, prefix + name, role)
    _add_places(session, world)
    _add_patients(session, world)
    starts_at = starts_at or datetime(2026, 12, 8, 9, tzinfo=UTC)
    world.clinic, world.clinic_session = make_clinic(session, world.service, world.staff["clinician"], starts_at)
    world.other_clinic, world.other_session = make_clinic(
        session, world.other_service, world.staff["other_clinician"], starts_at
    )
    session.flush()
    return world


def make_service(session: Session, board: HealthBoard, name: str) -> Service:
    """Add a service."""
    service = Service(
        health_board_id=board.id, name_en=name, name_cy=f"Gwasanaeth {name}", contact_phone="01632 960123",
        contact_email="clinic@example.org",
    )  # fmt: skip
    session.add(service)
    session.flush()
    return service


def make_staff(session: Session, board: HealthBoard, service: Service, name: str, role: Role) -> Staff:
    """Add a member of staff with one role in one service; the password is PASSWORD."""
    staff = Staff(
        health_board_id=board.id, email=f"{name.replace('_', '.')}@example.org",
        given_name=name.title().replace("_", " "), family_name="Prydderch",
        password_hash=_HASH, languages=["en", "cy"], created_at=CREATED,
        introduction_en="I am a doctor for older people.", introduction_cy="Rydw i'n feddyg i bobl hŷn.",
    )  # fmt: skip
    session.add(staff)
    session.flush()
    session.add(Membership(staff_id=staff.id, service_id=service.id, role=role, created_at=CREATED))
    return staff


def make_patient(session: Session, board: HealthBoard, service: Service, number: str, **values: Any) -> Patient:
    """Add a patient whom `service` looks after."""
    given = {
        "given_name": "Eluned", "family_name": "Parry", "title": "Mrs", "born_on": date(1939, 3, 14),
        "address": "4 Maes y Dderwen, Llanfair Isaf", "postcode": "LL99 9ZZ", "telephone": "01632 960457",
        "email": "eluned@example.org", "email_consent": True,
    }  # fmt: skip
    patient = Patient(
        health_board_id=board.id, nhs_number=number, trace_status=TraceStatus.TRACED, created_at=CREATED,
        updated_at=CREATED, **(given | values),
    )  # fmt: skip
    session.add(patient)
    session.flush()
    session.add(CareRelationship(patient_id=patient.id, service_id=service.id, created_at=CREATED))
    return patient


def make_clinic(
    session: Session, service: Service, clinician: Staff, starts_at: datetime, slots: int = 12
) -> tuple[Clinic, ClinicSession]:
    """Add a clinic with one session of 20-minute slots."""
    clinic = Clinic(
        service_id=service.id, name="Tuesday clinic", public_name_en="Glan Llyn clinic",
        public_name_cy="Clinig Glan Llyn", contact_phone="01632 960123",
        contact_email="clinic@example.org", created_at=CREATED,
    )  # fmt: skip
    session.add(clinic)
    session.flush()
    length = timedelta(minutes=20)
    sitting = ClinicSession(
        service_id=service.id, clinic_id=clinic.id, clinician_id=clinician.id, local_date=starts_at.date(),
        starts_at=starts_at, ends_at=starts_at + slots * length,
    )  # fmt: skip
    session.add(sitting)
    session.flush()
    for number in range(slots):
        session.add(
            Slot(
                session_id=sitting.id, service_id=service.id, clinician_id=clinician.id,
                starts_at=starts_at + number * length, ends_at=starts_at + (number + 1) * length,
            )
        )  # fmt: skip
    return clinic, sitting


def _add_places(session: Session, world: World) -> None:
    board = world.health_board.id
    world.hub = Site(health_board_id=board, name="Ysbyty Glan Llyn", kind=SiteKind.HUB_HOSPITAL)
    world.spoke = Site(health_board_id=board, name="Ysbyty Bryn Heli", kind=SiteKind.COMMUNITY_HOSPITAL)
    session.add_all([world.hub, world.spoke])
    session.flush()
    world.room = Room(site_id=world.spoke.id, name="Video room 1")
    session.add(world.room)
    for service in (world.service, world.other_service):
        session.add_all(SiteUse(site_id=site.id, service_id=service.id) for site in (world.hub, world.spoke))
    for name in ("presenter", "other_presenter"):
        session.add(SitePresenter(site_id=world.spoke.id, staff_id=world.staff[name].id))
    session.flush()


def _add_patients(session: Session, world: World) -> None:
    names = ("Eluned", "Hywel", "Beryl", "Gwilym", "Nesta", "Idwal")
    world.patients = [
        make_patient(session, world.health_board, world.service, number, given_name=name, language=language)
        for number, name, language in zip(NHS_NUMBERS, names, ("cy", "en", "en", "cy", "en", "cy"), strict=False)
    ]
    world.other_patient = make_patient(
        session, world.health_board, world.other_service, NHS_NUMBERS[6], given_name="Margaret", family_name="Ellis"
    )
    world.carer = Carer(
        health_board_id=world.health_board.id, given_name="Catrin", family_name="Parry", email="catrin@example.org",
        created_at=CREATED,
    )  # fmt: skip
    session.add(world.carer)
    session.flush()
    session.add(
        CareCircle(
            patient_id=world.patients[0].id, carer_id=world.carer.id, relationship_kind=Relationship.DAUGHTER,
            may_join=True, may_be_told=True, consented_by=Consenting.PATIENT, consented_on=date(2026, 1, 5),
            recorded_by_id=world.staff["admin"].id,
        )
    )  # fmt: skip


def make_referral(session: Session, world: World, *, patient: int = 0, **details: Any) -> Referral:
    """Return a GP's referral of the nth patient to the first service, recorded by its admin, whose clock runs."""
    given = {"source": Source.GP, "received_on": date(2026, 6, 1), "referrer": "Dr Llinos Cadwaladr, Meddygfa'r Llan"}
    return refer(session, world.actor("admin"), world.patients[patient].id, ReferralDetails(**(given | details)))


def make_sheet(session: Session, actor: Actor) -> ImportSheet:
    """Return a sheet of three rows, one of them wrong and one of somebody who is known, whose rows were checked."""
    cells = [
        ["NHS number", "Surname", "Forename", "DOB", "Postcode", "Date received", "Priority"],
        ["999 000 0107", "Rowlands", "Elfed", "31/02/1937", "LL99 1AA", "01/06/2026", "routine"],
        ["999 000 0115", "Llywelyn", "Mabli", "02/05/1938", "LL99 1AA", "01/06/2026", "Brys"],
        ["999 000 0018", "Parry", "Eluned", "14/03/1939", "LL98 2BB", "01/06/2026", "Brys"],
    ]
    sheet = importing.upload(session, actor, filename="atgyfeiriadau.csv", content=sheets.csv_text(cells).encode())
    reading = Reading(sheet.columns, {}, date(2026, 12, 8))
    rows = [read_row(number, row, reading) for number, row in enumerate(cells[1:], start=2)]
    sheet.report = report(judge_all(rows, known.find(session, actor, rows), sheet.columns))
    sheet.state = SheetState.CHECKED
    session.flush()
    return sheet
