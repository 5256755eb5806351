"""Visits in every state in which their page can be found, and what else the demonstration has none of.

All is done through the services, on the database of a running clinic; what lies in the past is done in the past.
"""

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts import founding, totp
from cartref.accounts.actor import Actor
from cartref.accounts.models import Role, Service, Staff
from cartref.accounts.permissions import allowed
from cartref.appointments.models import Appointment, Mode
from cartref.appointments.queries import free_slots
from cartref.appointments.service import cancel, reschedule
from cartref.appointments.status import CancelReason
from cartref.audit.models import ActorKind
from cartref.clinics import queries as clinic_queries
from cartref.clinics import service as clinics
from cartref.config import Settings, read_settings
from cartref.consultations import service as consultations
from cartref.consultations.codes import Attendance, Ending, Outcome
from cartref.links import service as links
from cartref.notifications.models import Channel, NoticeState
from cartref.notifications.service import enqueue
from cartref.patients import service as patients
from cartref.patients.models import CareCircle
from cartref.seed import PASSWORD
from tests.browser import stack
from tests.browser.maker import BORN, Maker, States
from tests.browser.messages import to_ring_and_post
from tests.browser.office_states import of_the_book, offer_declined, offer_over, offered, referral, replan, sheet

CODED_EMAIL = "coded@demo.example"


def make_states(running: stack.Clinic) -> States:
    """Make every state on the database of a running clinic, and return what was made."""
    settings = read_settings(running.environ)
    engine = create_engine(settings.database_url)
    made = States()
    with Session(engine) as session:
        maker = _maker(session, settings, made)
        for name, make in STATES.items():
            make(maker, name)
            session.commit()
        made.ids |= _ids(session, running, maker)
        session.commit()
    engine.dispose()
    return made


def admin_of(session: Session) -> Actor:
    """Return the first service's admin."""
    staff = session.scalars(select(Staff).where(Staff.email == "admin@demo.example")).one()
    return _actor(staff, Role.ADMIN, _service(session))


def minutes(number: int, mode: Mode = Mode.VIDEO_HOME) -> Callable[[Maker, str], object]:
    """Return what makes a visit that begins so many minutes from now."""
    return lambda maker, name: maker.visit(name, timedelta(minutes=number), mode)


def finished(number: int, ending: Ending, attendance: Attendance) -> Callable[[Maker, str], object]:
    """Return what makes a visit with an outcome."""

    def make(maker: Maker, name: str) -> None:
        encounter = consultations.ensure_encounter(maker.session, maker.visit(name, timedelta(minutes=number)))
        consultations.finish(
            maker.session, maker.clinician, encounter.id, ending=ending, attendance=attendance,
            outcome=Outcome.CLOCK_GOES_ON,
        )  # fmt: skip

    return make


def wished(number: int, wish: consultations.Wish) -> Callable[[Maker, str], object]:
    """Return what makes a visit for which the patient has asked for something."""

    def make(maker: Maker, name: str) -> None:
        visit = maker.visit(name, timedelta(minutes=number))
        consultations.ask(maker.session, Actor(ActorKind.PATIENT, visit.patient_id, visit.service_id), visit, wish)

    return make


def _locked(maker: Maker, name: str) -> None:
    link = maker.link(maker.visit(name, timedelta(minutes=40)))
    for _ in range(links.MOST_TRIES):
        links.try_birth_date(maker.session, link, given=date(1900, 1, 1), born_on=BORN)


def _ended_link(maker: Maker, name: str) -> None:
    links.revoke(maker.session, maker.admin, maker.link(maker.visit(name, timedelta(days=5))).id)


def _cancelled(maker: Maker, name: str) -> None:
    visit = maker.visit(name, timedelta(minutes=100))
    cancel(
        maker.session, maker.admin, appointment_id=visit.id, version=visit.version, reason=CancelReason.PATIENT_UNWELL
    )


def _moved(maker: Maker, name: str) -> None:
    visit = maker.visit(name, timedelta(days=6))
    later = maker.slot(visit.starts_at + timedelta(days=1))
    reschedule(
        maker.session, maker.admin, addresses=maker.addresses, appointment_id=visit.id, version=visit.version,
        slot_id=later.id,
    )  # fmt: skip


def _turned_to_telephone(maker: Maker, name: str) -> None:
    encounter = consultations.ensure_encounter(maker.session, maker.visit(name, timedelta(minutes=50)))
    consultations.ring_instead(maker.session, maker.clinician, encounter.id)


def _deceased(maker: Maker, name: str) -> None:
    visit = maker.visit(name, timedelta(days=9))
    patients.record_death(maker.session, maker.admin, visit.patient_id, patients.today())


# Ten minutes lie between any two: the last visit of a day is moved a little, so that it ends on its day.
STATES: dict[str, Callable[[Maker, str], object]] = {
    "open": minutes(20),
    "asked-to-ring": wished(10, consultations.Wish.RING),
    "not-coming": wished(30, consultations.Wish.CANNOT_COME),
    "late": minutes(-20),
    "early": minutes(60),
    "another-day": minutes(3 * 24 * 60),
    "past": minutes(-26 * 60),
    "forgotten": minutes(-20 * 24 * 60),
    "telephone": minutes(70, Mode.TELEPHONE),
    "rung": _turned_to_telephone,
    "at-site": minutes(80, Mode.VIDEO_SITE),
    "in-person": minutes(90, Mode.IN_PERSON),
    "seen": finished(-40, Ending.SEEN, Attendance.ON_TIME),
    "not-reached": finished(-50, Ending.COULD_NOT_CONNECT, Attendance.CANCELLED_BY_PROVIDER),
    "missed": finished(-60, Ending.DID_NOT_ATTEND, Attendance.DID_NOT_ATTEND),
    "moved": _moved,
    "cancelled": _cancelled,
    "locked": _locked,
    "ended-link": _ended_link,
    "deceased": _deceased,
    "offered": offered,
    "offer-declined": offer_declined,
    "offer-over": offer_over,
    "replan": replan,
    "sheet": sheet,
    "referral": referral,
}


def _service(session: Session) -> Service:
    return session.scalars(select(Service).where(Service.name_en == "Care of older people")).one()


def _maker(session: Session, settings: Settings, made: States) -> Maker:
    """Return the hand, with a clinician of its own, so that no visit of the demonstration is in its way."""
    service, admin = _service(session), admin_of(session)
    doctor = founding.member(
        session, service, role=Role.CLINICIAN, email="every.state@demo.example", password=PASSWORD, title="Dr",
        given_name="Non", family_name="Cwm-yr-afon", languages=("en", "cy"),
        introduction_en="I am a doctor for older people.", introduction_cy="Rydw i'n feddyg i bobl hŷn.",
    )  # fmt: skip
    clinic = clinics.create_clinic(
        session, admin, name="Every state", public_name_en="Glan Llyn clinic", public_name_cy="Clinig Glan Llyn",
        slot_minutes=5, runs_in_order=True, contact_phone=settings.help_phone, contact_email=settings.mail_from,
    )  # fmt: skip
    return Maker(session, settings, made, clinic, admin, _actor(doctor, Role.CLINICIAN, service))


def _actor(staff: Staff, role: Role, service: Service) -> Actor:
    return Actor(ActorKind.STAFF, staff.id, service.id, staff.health_board_id, allowed(frozenset({role})))


def _ids(session: Session, running: stack.Clinic, maker: Maker) -> dict[str, str]:
    """Return the ids of the demonstration's own things, by which staff pages are asked for."""
    due, at_site = (session.get_one(Appointment, fact["id"]) for fact in running.facts["visits"][:2])
    slots = clinic_queries.slots(session, maker.admin, due.session_id)
    _coded(session, due.service_id)
    _failed_notice(session, due)
    return {
        "due": due.id, "due_patient": due.patient_id,
        "due_number": str(due.patient.nhs_number), "due_link": maker.link(due).id, "sitting": due.session_id,
        "pattern": clinic_queries.patterns(session, maker.admin, due.session.clinic_id)[0].id,
        "clinic": due.session.clinic_id, "service": due.service_id, "site_visit": at_site.id,
        "site": at_site.site_id or "", "person": str(maker.clinician.id), "free": _free(session, maker.admin, due),
        "due_slot": next(slot.id for slot in slots if slot.starts_at == due.starts_at),
        "feed": running.facts["feeds"][0]["url"].rpartition("/")[2].removesuffix(".ics"),
        "circle": session.scalars(select(CareCircle.id).where(CareCircle.patient_id == due.patient_id)).one(),
        **of_the_book(session, due.service_id), **to_ring_and_post(session, maker.admin, due),
    }  # fmt: skip


def _free(session: Session, admin: Actor, due: Appointment) -> str:
    tomorrow = clock.now() + timedelta(days=1)
    return free_slots(session, admin, clinic_id=due.session.clinic_id, after=tomorrow, limit=1)[0].slot.id


def _coded(session: Session, service_id: str) -> None:
    """Make somebody who signs in with a code of a second factor."""
    coded = founding.member(
        session, session.get_one(Service, service_id), role=Role.ADMIN, email=CODED_EMAIL, password=PASSWORD,
        given_name="Mabli", family_name="Tre-lech",
    )  # fmt: skip
    coded.totp_secret = totp.new_secret()


def _failed_notice(session: Session, visit: Appointment) -> None:
    notice = enqueue(
        session, key="state:failed", service_id=visit.service_id, kind="appointment.confirmation",
        subject_id=visit.id, recipient_kind="patient", recipient_id=visit.patient_id, channel=Channel.EMAIL,
        language="cy",
    )  # fmt: skip
    notice.state = NoticeState.FAILED
