"""What the office has on its desk: offers, plans, sheets and referrals, each in a state that its page shows."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.appointments.finding.reasons import Reason
from cartref.appointments.models import (
    Appointment,
    AppointmentStatus,
    MoveState,
    Offer,
    Replan,
    ReplanMove,
    ReplanState,
    Vacancy,
)
from cartref.appointments.replanning.keeping import kept
from cartref.appointments.service import cancel
from cartref.appointments.status import CancelReason
from cartref.appointments.vacancies import answering, offering
from cartref.clinics import service as clinics
from cartref.clinics.service.closing import CloseReason
from cartref.i18n import N_
from cartref.jobs import service as jobs
from cartref.jobs.models import JobState
from cartref.patients import service as patients
from cartref.referrals import service as referrals
from cartref.referrals.models import Priority, SheetState, Source, TickKind, WaitingEntry
from cartref.referrals.service import ReferralDetails, change_clock, close, refer
from tests.browser.maker import Maker
from tests.factories import make_sheet


def of_the_book(session: Session, service_id: str) -> dict[str, str]:
    """Return the ids of what the demonstration has in its own clinic book: times held and offered, a closed session."""
    mine = select(Appointment).where(Appointment.service_id == service_id)
    asked = session.scalars(select(Offer).where(Offer.service_id == service_id).order_by(Offer.created_at)).first()
    plan = session.scalars(select(Replan).where(Replan.service_id == service_id).order_by(Replan.created_at)).first()
    overbooked = session.scalars(mine.where(Appointment.overbook_lane_id.is_not(None))).one()
    offered = select(Offer.appointment_id)
    held = session.scalars(
        mine.where(Appointment.status == AppointmentStatus.PENDING, Appointment.id.not_in(offered))
    ).one()
    assert asked is not None
    assert plan is not None
    return {
        "asked": asked.appointment_id, "held": held.id, "held_day": held.session.local_date.isoformat(),
        "overbooked": overbooked.id, "closed_sitting": plan.session_id,
    }  # fmt: skip


def offered(maker: Maker, name: str, days: int = 15) -> Offer:
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


def offer_declined(maker: Maker, name: str) -> None:
    before = maker.made.ids["vacancy"]
    declined = answering.decline(maker.session, maker.admin, offered(maker, name, 16).id)
    maker.made.ids |= {"vacancy": before, "vacancy_declined": declined.vacancy_id}


def offer_over(maker: Maker, name: str) -> None:
    before = maker.made.ids["vacancy"]
    offering.stop(maker.session, maker.admin, offered(maker, name, 17).vacancy_id)
    maker.made.ids["vacancy"] = before


def replan(maker: Maker, name: str) -> None:
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


def sheet(maker: Maker, name: str) -> None:
    """Make a sheet whose rows were checked, one that was only sent, and one that the worker is at."""
    checked, sent, underway = (make_sheet(maker.session, maker.admin) for _count in range(3))
    sent.state, sent.report, underway.state = SheetState.UPLOADED, {}, SheetState.UPLOADED
    job = jobs.submit(
        maker.session, "import.check", service_id=maker.admin.service, owner_id=maker.admin.id, sheet_id=underway.id
    )  # fmt: skip
    job.state, job.total, job.done, job.beat_at = JobState.RUNNING, 5000, 1200, clock.now()
    underway.job_id = job.id
    maker.made.ids |= {name: checked.id, f"{name}_sent": sent.id, f"{name}_underway": underway.id, "job": job.id}


def referral(maker: Maker, name: str) -> None:
    """Make a referral paused once, with the line that waits for it, and a closed one whose line is off the list."""
    session, admin, today = maker.session, maker.admin, patients.today()
    ids = {}
    for ending, weeks in (("", 30), ("_closed", 10)):
        details = ReferralDetails(Source.GP, today - timedelta(weeks=weeks), Priority.URGENT, "Dr Siwan", "Falls.")
        patient = maker.patient(f"{name}{ending}")
        made = refer(session, admin, patient.id, details)
        entry = session.scalars(select(WaitingEntry).where(WaitingEntry.referral_id == made.id)).one()
        ids |= {f"{name}{ending}": made.id, "entry_removed" if ending else "entry": entry.id}
        ids[f"{name}{ending}_patient"] = patient.id
    pause = today - timedelta(weeks=2)
    change_clock(session, admin, ids[name], kind=TickKind.PAUSE, on=pause, reason="With her sister")
    change_clock(session, admin, ids[name], kind=TickKind.RESUME, on=today, reason="Home again")
    close(session, admin, made.id, version=made.version, reason="not-wanted")
    maker.made.ids |= ids
