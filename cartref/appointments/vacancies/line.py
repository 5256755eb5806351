"""The line before a vacancy: everyone who waits, with what she needs; as many queries however many wait."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, and_, or_, select
from sqlalchemy.orm import Session

from cartref import clock, postcodes
from cartref.accounts.actor import Actor
from cartref.appointments.finding.need import Helper, Need
from cartref.appointments.models import Appointment, Mode, Offer, OfferState, Vacancy
from cartref.appointments.vacancies.eligible import Next, Waiting, in_line
from cartref.appointments.vacancies.surroundings import surroundings
from cartref.appointments.vacancies.time_limits import EMAIL, TELEPHONE, TEXT
from cartref.clinics.lengths import minutes_needed
from cartref.clinics.models import Site
from cartref.i18n import Language
from cartref.patients.hours import FreeHours
from cartref.patients.models import CareCircle, Carer, CarerHours, Patient, VisitWishes
from cartref.referrals.models import EntryKind, EntryStatus, Referral, WaitingEntry

COLUMNS: tuple[Any, ...] = (
    WaitingEntry.id, WaitingEntry.patient_id, WaitingEntry.kind, WaitingEntry.priority, WaitingEntry.waiting_since,
    WaitingEntry.due_on, WaitingEntry.minutes, Referral.clock_started_on, Referral.clock_paused_on,
    Patient.title, Patient.given_name, Patient.family_name, Patient.postcode, Patient.language, Patient.interpreter,
    Patient.frailty_level, Patient.email, Patient.email_consent, Patient.mobile, Patient.text_consent,
    Patient.telephone, Patient.telephone_consent,
    VisitWishes.mode, VisitWishes.not_before, VisitWishes.notice_days, VisitWishes.short_notice, VisitWishes.bsl,
    CareCircle.carer_id.label("helper_id"), CareCircle.may_join,
    Carer.given_name.label("helper_given_name"), Carer.family_name.label("helper_family_name"),
)  # fmt: skip
HAD_HER_TURN = (OfferState.DECLINED, OfferState.EXPIRED)


def line(session: Session, actor: Actor, vacancy: Vacancy, *, instead_of: Offer | None = None) -> Iterator[Next]:
    """Yield whoever can be offered a vacancy now, the first in line first.

    With `instead_of`, an offer that is open, what it holds counts as free: the line behind her who is being asked.
    """
    zone, now = ZoneInfo(vacancy.session.zone), clock.now()
    gathered, sites = surroundings(session, actor, vacancy, held=instead_of.appointment if instead_of else None)
    waiting = _waiting(session, actor, vacancy, now, zone, sites)
    return in_line(waiting, gathered, day=vacancy.session.local_date, today=now.astimezone(zone).date())


def way_of(patient: Any) -> str | None:
    """Return how a patient is asked: by what she agreed to and reads soonest, else by telephone; None for not at all.

    `patient` has the columns of Patient.
    """
    if patient.email_consent and patient.email:
        return EMAIL
    if patient.text_consent and patient.mobile:
        return TEXT
    return TELEPHONE if patient.telephone_consent and (patient.telephone or patient.mobile) else None


def _waiting(
    session: Session, actor: Actor, vacancy: Vacancy, now: datetime, zone: ZoneInfo, sites: Sequence[Site]
) -> list[Waiting]:
    freed = session.get(Appointment, vacancy.from_appointment_id) if vacancy.from_appointment_id else None
    asked = _asked(session, vacancy)
    hours = _hours(session, actor)
    return [
        Waiting(
            entry_id=row.id,
            name=f"{row.title} {row.given_name} {row.family_name}".strip(),
            need=_need(row, vacancy, freed, now, zone, sites, hours),
            kind=row.kind,
            priority=row.priority,
            since=_since(row),
            way=way_of(row),
            due_on=row.due_on,
            paused=row.clock_paused_on is not None,
            asked=row.id in asked or (freed is not None and freed.patient_id == row.patient_id),
            guest_id=row.helper_id if row.may_join else None,
        )
        for row in session.execute(_lines(actor, vacancy))
    ]


def _lines(actor: Actor, vacancy: Vacancy) -> Select[Any]:
    beside = and_(
        CareCircle.patient_id == Patient.id, CareCircle.carer_id == VisitWishes.carer_id, CareCircle.ended_at.is_(None)
    )
    return (
        select(*COLUMNS)
        .join(Patient, Patient.id == WaitingEntry.patient_id)
        .outerjoin(Referral, Referral.id == WaitingEntry.referral_id)
        .outerjoin(VisitWishes, VisitWishes.patient_id == Patient.id)
        .outerjoin(CareCircle, beside)
        .outerjoin(Carer, Carer.id == CareCircle.carer_id)
        .where(
            WaitingEntry.service_id == actor.service,
            WaitingEntry.status == EntryStatus.WAITING,
            or_(WaitingEntry.clinic_id.is_(None), WaitingEntry.clinic_id == vacancy.session.clinic_id),
            Patient.deceased_on.is_(None),
            Patient.do_not_contact.is_(False),
        )
    )  # fmt: skip


def _since(row: Row[Any]) -> date:
    """Return the day from which the wait counts: by the clock, and for a review from the day on which it is due."""
    started: date = row.clock_started_on or row.waiting_since
    return (row.due_on or started) if row.kind is EntryKind.REVIEW else started


def _need(
    row: Row[Any], vacancy: Vacancy, freed: Appointment | None, now: datetime, zone: ZoneInfo, sites: Sequence[Site],
    hours: Mapping[str, Sequence[FreeHours]],
) -> Need:  # fmt: skip
    clinic = vacancy.session.clinic
    mode = Mode(row.mode) if row.mode else (freed.mode if freed else Mode.VIDEO_HOME)
    helper_name = f"{row.helper_given_name} {row.helper_family_name}"
    return Need(
        patient_id=row.patient_id,
        mode=mode,
        now=now,
        zone=zone,
        first_on=now.astimezone(zone).date(),
        site_id=_site_id(row, mode, freed, sites),
        minutes=row.minutes or minutes_needed(clinic.slot_minutes, clinic.minutes_by_frailty, row.frailty_level),
        welsh=row.language == Language.WELSH,
        interpreter=bool(row.interpreter or row.bsl),
        helper=Helper(row.helper_id, helper_name, hours.get(row.helper_id, ())) if row.helper_id else None,
        not_before=row.not_before,
        notice_days=0 if row.short_notice else row.notice_days or 0,
    )


def _site_id(row: Row[Any], mode: Mode, freed: Appointment | None, sites: Sequence[Site]) -> str | None:
    """Return where she would be seen: at the place nearest to her home, or where that is not known at the freed one."""
    there = freed.site_id if freed else None
    if mode is not Mode.VIDEO_SITE:
        return there if mode is Mode.IN_PERSON and freed and freed.mode is Mode.IN_PERSON else None
    far = [(postcodes.kilometres(row.postcode, site.postcode), site.id) for site in sites]
    near = [(distance, site_id) for distance, site_id in far if distance is not None]
    return min(near)[1] if near else there


def _asked(session: Session, vacancy: Vacancy) -> set[str]:
    """Return the lines that were offered this vacancy, or answered for the same time when it was free before."""
    same_time = and_(
        Vacancy.session_id == vacancy.session_id,
        Vacancy.starts_at < vacancy.ends_at,
        Vacancy.ends_at > vacancy.starts_at,
        Offer.state.in_(HAD_HER_TURN),
    )
    query = select(Offer.waiting_entry_id).join(Vacancy, Vacancy.id == Offer.vacancy_id)
    return set(session.scalars(query.where(or_(Offer.vacancy_id == vacancy.id, same_time))))


def _hours(session: Session, actor: Actor) -> Mapping[str, Sequence[FreeHours]]:
    """Return when the carers whom waiting patients want with them are free, by carer."""
    wanted = (
        select(VisitWishes.carer_id)
        .join(WaitingEntry, WaitingEntry.patient_id == VisitWishes.patient_id)
        .where(WaitingEntry.service_id == actor.service, WaitingEntry.status == EntryStatus.WAITING)
    )
    found: dict[str, list[FreeHours]] = defaultdict(list)
    for row in session.scalars(select(CarerHours).where(CarerHours.carer_id.in_(wanted))):
        found[row.carer_id].append(FreeHours(row.start_wall, row.end_wall, row.weekday, row.on))
    return found
