"""Visits in every state in which their page can be found, and what else the demonstration has none of.

All is done through the services, on the database of a running clinic; what lies in the past is done in the past.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import time_machine
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts import founding, totp
from cartref.accounts.actor import Actor
from cartref.accounts.models import Role, Service, Staff
from cartref.accounts.permissions import allowed
from cartref.appointments.finding.reasons import Reason
from cartref.appointments.models import Appointment, Mode, MoveState, Offer, Replan, ReplanMove, ReplanState, Vacancy
from cartref.appointments.queries import free_slots
from cartref.appointments.replanning.keeping import kept
from cartref.appointments.service import book, cancel, reschedule
from cartref.appointments.status import CancelReason
from cartref.appointments.vacancies import answering, offering
from cartref.audit.models import ActorKind
from cartref.clinics import queries as clinic_queries
from cartref.clinics import service as clinics
from cartref.clinics.models import Clinic, Room, Slot
from cartref.clinics.service.closing import CloseReason
from cartref.config import Settings, read_settings
from cartref.consultations import service as consultations
from cartref.consultations.codes import Attendance, Ending, Outcome
from cartref.i18n import N_
from cartref.jobs import service as jobs
from cartref.jobs.models import JobState
from cartref.links import service as links
from cartref.links.addresses import Addresses
from cartref.links.models import Holder, Link
from cartref.notifications.models import Channel, NoticeState
from cartref.notifications.service import enqueue
from cartref.patients import service as patients
from cartref.patients.details import PatientDetails
from cartref.patients.models import Patient
from cartref.patients.nhs_number import TraceStatus
from cartref.referrals import service as referrals
from cartref.referrals.models import Priority, SheetState, Source, TickKind, WaitingEntry
from cartref.referrals.service import ReferralDetails, change_clock, close, refer
from cartref.seed import GRID, PASSWORD, ZONE, shown_once
from tests.browser import stack
from tests.browser.messages import to_ring_and_post
from tests.factories import make_sheet

BORN = date(1938, 2, 5)
CODED_EMAIL = "coded@demo.example"


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


def _offered(maker: Maker, name: str, days: int = 15) -> Offer:
    """Free a time and offer it to somebody who waits."""
    gone = maker.visit(f"{name}-gone", timedelta(days=days))
    cancel(maker.session, maker.admin, appointment_id=gone.id, version=gone.version, reason=CancelReason.PATIENT_UNWELL)
    waits = referrals.add_review(
        maker.session, maker.admin, maker.patient(name).id,
        referrals.EntryDetails(due_on=patients.today(), clinic_id=maker.clinic.id),
    )  # fmt: skip
    vacancy = maker.session.scalars(select(Vacancy).where(Vacancy.from_appointment_id == gone.id)).one()
    offer = offering.ask(maker.session, maker.admin, maker.addresses, vacancy.id, waits.id)
    maker.made.ids |= {name: offer.appointment_id, "vacancy": vacancy.id}
    maker.made.links[name] = maker.addresses.url(maker.link(offer.appointment))
    return offer


def _offer_declined(maker: Maker, name: str) -> None:
    before = maker.made.ids["vacancy"]
    declined = answering.decline(maker.session, maker.admin, _offered(maker, name, 16).id)
    maker.made.ids |= {"vacancy": before, "vacancy_declined": declined.vacancy_id}


def _offer_over(maker: Maker, name: str) -> None:
    before = maker.made.ids["vacancy"]
    offering.stop(maker.session, maker.admin, _offered(maker, name, 17).vacancy_id)
    maker.made.ids["vacancy"] = before


def _replan(maker: Maker, name: str) -> None:
    """Make a plan with one move to decide on and one patient left out, and a plan that the worker is still at."""
    visits = [maker.visit(f"{name}-{number}", timedelta(days=12 + number)) for number in range(2)]
    clinics.close_session(maker.session, maker.admin, visits[0].session_id, CloseReason.WEATHER)
    plan = Replan(
        service_id=visits[0].service_id, session_id=visits[0].session_id, state=ReplanState.PROPOSED,
        created_at=clock.now(),
    )  # fmt: skip
    running = jobs.submit(maker.session, "replan", service_id=plan.service_id, owner_id=maker.admin.id, replan="none")
    running.state, running.total, running.done, running.beat_at = JobState.RUNNING, 12, 5, clock.now()
    underway = Replan(service_id=plan.service_id, session_id=plan.session_id, job_id=running.id, created_at=clock.now())
    maker.session.add_all((plan, underway))
    maker.session.flush()
    later = maker.slot(visits[0].starts_at + timedelta(days=7))
    speaks = [kept(Reason(N_("Speaks Welsh"))), kept(Reason(N_("Not in the afternoon"), against=True))]
    lacks = [kept(Reason(N_("No time of this clinic is free in the year ahead"), against=True))]
    maker.session.add_all(
        (
            ReplanMove(
                replan_id=plan.id, appointment_id=visits[0].id, version=visits[0].version, slot_id=later.id,
                starts_at=later.starts_at, ends_at=later.ends_at, reasons={"reasons": speaks},
            ),
            ReplanMove(
                replan_id=plan.id, appointment_id=visits[1].id, version=visits[1].version, state=MoveState.UNPLACED,
                reasons={"reasons": lacks},
            ),
        )
    )  # fmt: skip
    maker.made.ids |= {name: plan.id, f"{name}_underway": underway.id}


def _sheet(maker: Maker, name: str) -> None:
    """Make a sheet whose rows were checked, one that was only sent, and one that the worker is at."""
    checked, sent, underway = (make_sheet(maker.session, maker.admin) for _count in range(3))
    sent.state, sent.report, underway.state = SheetState.UPLOADED, {}, SheetState.UPLOADED
    job = jobs.submit(
        maker.session, "import.check", service_id=maker.admin.service, owner_id=maker.admin.id, sheet_id=underway.id
    )  # fmt: skip
    job.state, job.total, job.done, job.beat_at = JobState.RUNNING, 5000, 1200, clock.now()
    underway.job_id = job.id
    maker.made.ids |= {name: checked.id, f"{name}_sent": sent.id, f"{name}_underway": underway.id, "job": job.id}


def _referral(maker: Maker, name: str) -> None:
    """Make a referral paused once, with the line that waits for it, and a closed one whose line is off the list."""
    session, admin, today = maker.session, maker.admin, patients.today()
    ids = {}
    for ending, weeks in (("", 30), ("_closed", 10)):
        details = ReferralDetails(Source.GP, today - timedelta(weeks=weeks), Priority.URGENT, "Dr Siwan", "Falls.")
        made = refer(session, admin, maker.patient(f"{name}{ending}").id, details)
        entry = session.scalars(select(WaitingEntry).where(WaitingEntry.referral_id == made.id)).one()
        ids |= {f"{name}{ending}": made.id, "entry_removed" if ending else "entry": entry.id}
    pause = today - timedelta(weeks=2)
    change_clock(session, admin, ids[name], kind=TickKind.PAUSE, on=pause, reason="With her sister")
    change_clock(session, admin, ids[name], kind=TickKind.RESUME, on=today, reason="Home again")
    close(session, admin, made.id, version=made.version, reason="not-wanted")
    maker.made.ids |= ids


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
    "offered": _offered,
    "offer-declined": _offer_declined,
    "offer-over": _offer_over,
    "replan": _replan,
    "sheet": _sheet,
    "referral": _referral,
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
        **to_ring_and_post(session, maker.admin, due),
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


def _on_the_grid(moment: datetime) -> datetime:
    return moment.replace(minute=moment.minute - moment.minute % 5, second=0, microsecond=0)


def _within_its_day(starts_at: datetime) -> datetime:
    """Return the moment, or one a minute earlier where a visit would end with the day, as no session does."""
    ends_at = (starts_at + GRID).astimezone(ZONE)
    return starts_at if ends_at.date() == starts_at.astimezone(ZONE).date() else starts_at - timedelta(minutes=1)
