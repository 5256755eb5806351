"""What a town of two services is made of: the same things in both, so that each id has a namesake in the other."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.appointments.models import Appointment, Mode, Offer, Replan, ReplanMove, ReplanState, Vacancy
from cartref.appointments.service import book
from cartref.calendars.models import FeedScope
from cartref.calendars.service import create_feed
from cartref.clinics import service as clinics
from cartref.clinics.models import ClinicSession, LeaveKind, SessionStatus, Site, SiteHours, SiteKind, Slot, SlotState
from cartref.consultations.models import Ask, Medicine, Observation
from cartref.consultations.service import ensure_encounter
from cartref.jobs import service as jobs
from cartref.links.addresses import Addresses
from cartref.links.models import Link
from cartref.notifications import calls
from cartref.notifications.models import Channel, NoticeState, PrintRun, PrintRunState
from cartref.notifications.service import enqueue
from cartref.patients.models import CareCircle
from cartref.referrals.models import EntryKind, Source, TickKind, WaitingEntry
from cartref.referrals.service import ReferralDetails, change_clock, refer
from tests.access_matrix import STAFF
from tests.factories import World, make_sheet

MORNING = datetime(2026, 12, 8, 9, tzinfo=UTC)
NOW = datetime(2026, 12, 8, 8, 50, tzinfo=UTC)
Ids = dict[str, str]


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
    ids |= examined(session, at_site, world.staff[f"{prefix}presenter"].id)
    ids |= sheet_and_job(session, world.actor(f"{prefix}admin"))
    return {f"{prefix}{name}": value for name, value in ids.items()}


def examined(session: Session, appointment: Appointment, staff_id: str) -> Ids:
    """Return a value that was taken beside the patient, a medicine she brought, and something that is asked."""
    encounter = ensure_encounter(session, appointment)
    of_visit: dict[str, Any] = {"encounter_id": encounter.id, "service_id": appointment.service_id, "key": "town-0001"}
    value = Observation(
        **of_visit, kind="pulse", value=Decimal(72), unit="/min", taken_by_id=staff_id, taken_at=NOW
    )  # fmt: skip
    medicine = Medicine(**of_visit, name="Aspirin", taking="yes", noted_by_id=staff_id, noted_at=NOW)
    ask = Ask(**of_visit, text="walk", asked_by_id=appointment.clinician_id, asked_at=NOW)
    session.add_all([value, medicine, ask])
    session.flush()
    return {"value": value.id, "medicine": medicine.id, "ask": ask.id}


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
    """Return a closed session, and a plan that proposes for an appointment the time it has."""
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
    move = ReplanMove(
        replan_id=made.id, appointment_id=appointment.id, version=appointment.version,
        starts_at=appointment.starts_at, ends_at=appointment.ends_at,
    )  # fmt: skip
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
