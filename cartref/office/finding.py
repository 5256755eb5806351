"""What the office knows of somebody for whom a time is sought, and how that becomes what the search looks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from cartref import clock, postcodes
from cartref.accounts.actor import Actor
from cartref.appointments import queries as appointments
from cartref.appointments.finding import Helper, Need, Trip
from cartref.appointments.finding.modes import Circumstances, Suggestion, suggest
from cartref.appointments.finding.ranking import EARLY
from cartref.appointments.models import Appointment, AppointmentStatus, Mode
from cartref.clinics import queries as clinics
from cartref.clinics.lengths import minutes_needed
from cartref.clinics.models import Clinic, Site
from cartref.consultations.board.status import Line
from cartref.consultations.readiness.queries import last_of_patient
from cartref.errors import NotFound
from cartref.office.queries import last_line
from cartref.patients import hours as free_times
from cartref.patients import queries as patients
from cartref.patients import wishes
from cartref.patients.models import CareCircle, Patient
from cartref.patients.wishes import Wishes
from cartref.referrals import queries as referrals
from cartref.referrals.models import EntryKind, Priority, WaitingEntry

HOLD = timedelta(hours=24)  # that a time is kept while she thinks, or asks her daughter


@dataclass(frozen=True)
class Case:
    """Everything known of a patient that bears on her next visit; `entry` is the line of the waiting list it is for."""

    patient: Patient
    entry: WaitingEntry | None
    wishes: Wishes
    carer: CareCircle | None
    helper: Helper | None
    visits: Sequence[Appointment]
    clinics: Sequence[Clinic]
    sites: Sequence[Site]
    near: Mapping[str, float]
    presented: frozenset[str]
    helped: bool
    line: tuple[Line, bool]
    check: str
    zone: ZoneInfo
    now: datetime = field(default_factory=clock.now)

    @property
    def today(self) -> date:
        """Return what day it is."""
        return self.now.astimezone(self.zone).date()

    @property
    def due_on(self) -> date | None:
        """Return by which day she should be seen, where somebody said so."""
        return self.entry.due_on if self.entry else None


@dataclass(frozen=True)
class Chosen:
    """What whoever books has chosen; `without` are relaxations that she decided on."""

    mode: Mode
    first_on: date
    clinic_id: str | None = None
    site_id: str | None = None
    minutes: int | None = None
    with_helper: bool = True
    welsh: bool = False
    without: tuple[str, ...] = ()


def case_of(session: Session, actor: Actor, *, patient_id: str | None, entry_id: str | None) -> Case:
    """Return the case of a patient, or of a line of the waiting list; raise NotFound for another service's."""
    entry = referrals.find_entry(session, actor, entry_id) if entry_id else None
    if patient_id and entry and entry.patient_id != patient_id:
        raise NotFound(waiting_entry=entry_id)
    patient = patients.find(session, actor, entry.patient_id if entry else patient_id or "")
    wished, beside = wishes.find(session, patient.id), patients.carers(session, patient.id)
    carer = next((place for place in beside if place.carer_id == wished.carer_id), None)
    sites, presenters = clinics.sites(session, actor), clinics.presenters(session, actor)
    visits = appointments.of_patient(session, actor, patient.id)
    check = _check_since(session, actor, patient.id, visits)
    return Case(
        patient=patient,
        entry=entry,
        wishes=wished,
        carer=carer,
        helper=_helper(session, carer),
        visits=visits,
        clinics=clinics.clinics(session, actor),
        sites=sites,
        near=_near(patient, sites),
        presented=frozenset(placed.site_id for placed in presenters),
        helped=any(place.may_join for place in beside),
        line=(Line.UNKNOWN, False) if check else last_line(session, actor, patient.id),
        check=check,
        zone=clinics.zone(session, actor),
    )


def suggestion(case: Case) -> Suggestion:
    """Return how she might best be seen, and why."""
    patient, (line, failed) = case.patient, case.line
    distances = [case.near[site_id] for site_id in case.presented if site_id in case.near]
    return suggest(
        Circumstances(
            wish=Mode(case.wishes.mode) if case.wishes.mode else None,
            hearing=bool(patient.hearing_need),
            sight=bool(patient.sight_need),
            memory=bool(patient.memory_need),
            hands=bool(patient.hands_need),
            frailty=patient.frailty_level,
            helped=case.helped,
            line=line.value,
            failed=failed,
            check=case.check,
            kilometres=min(distances, default=None),
            presented=bool(case.presented),
        )
    )


def beginning(case: Case) -> Chosen:
    """Return what is chosen before anybody chooses: what the waiting list, her wishes and her last visit say."""
    entry = case.entry
    last = _seen_last(case)
    clinic_id = entry.clinic_id if entry else last.session.clinic_id if last else None
    return Chosen(
        mode=suggestion(case).mode,
        first_on=_first_on(case),
        clinic_id=clinic_id or (case.clinics[0].id if len(case.clinics) == 1 else None),
        minutes=entry.minutes if entry else None,
        with_helper=case.helper is not None,
        welsh=case.patient.language == "cy",
    )


def need_of(case: Case, chosen: Chosen) -> Need:
    """Return what the search looks for."""
    patient, entry, wished = case.patient, case.entry, case.wishes
    last = _seen_last(case)
    return Need(
        patient_id=patient.id,
        mode=chosen.mode,
        now=case.now,
        zone=case.zone,
        first_on=chosen.first_on,
        clinic_id=chosen.clinic_id,
        site_id=chosen.site_id,
        minutes=chosen.minutes,
        frailty=patient.frailty_level,
        welsh=chosen.welsh,
        interpreter=wished.bsl or bool(patient.interpreter),
        helper=case.helper if chosen.with_helper else None,
        not_before=wished.not_before,
        notice_days=wished.notice_days,
        by_letter=_by_letter(patient, wished),
        time_of_day=wished.time_of_day,
        due_on=case.due_on,
        is_review=entry is not None and entry.kind is EntryKind.REVIEW,
        urgent=entry is not None and entry.priority is not Priority.ROUTINE,
        clinician_id=(entry.clinician_id if entry else None) or (last.clinician_id if last else None),
        trips=tuple(_trips(case)),
        near=case.near,
        waived=frozenset(chosen.without),
    )


def minutes_for(case: Case, chosen: Chosen) -> int | None:
    """Return how long the visit is to be; None while no clinic is chosen, whose slots would say so."""
    clinic = next((clinic for clinic in case.clinics if clinic.id == chosen.clinic_id), None)
    if chosen.minutes or clinic is None:
        return chosen.minutes
    return minutes_needed(clinic.slot_minutes, clinic.minutes_by_frailty, case.patient.frailty_level)


def _helper(session: Session, carer: CareCircle | None) -> Helper | None:
    if carer is None:
        return None
    return Helper(carer.carer_id, carer.carer.name, free_times.of_carer(session, carer.carer_id))


def _check_since(session: Session, actor: Actor, patient_id: str, visits: Sequence[Appointment]) -> str:
    """Return what her last ready check came to, empty where she was seen by video from home after it."""
    check = last_of_patient(session, actor, patient_id)
    seen = (visit for visit in visits if visit.mode is Mode.VIDEO_HOME and visit.status is AppointmentStatus.FULFILLED)
    last = next(seen, None)
    if check is None or (last is not None and last.starts_at > check.checked_at):
        return ""
    return check.result.value


def _near(patient: Patient, sites: Sequence[Site]) -> dict[str, float]:
    """Return the kilometres to each site by its id, where both postcodes are known."""
    found = {site.id: postcodes.kilometres(patient.postcode, site.postcode) for site in sites if site.postcode}
    return {site_id: kilometres for site_id, kilometres in found.items() if kilometres is not None}


def _seen_last(case: Case) -> Appointment | None:
    return next((visit for visit in case.visits if visit.status is AppointmentStatus.FULFILLED), None)


def _first_on(case: Case) -> date:
    """Return the day from which to look: today, or for a review a fortnight before it is due."""
    if case.entry and case.entry.kind is EntryKind.REVIEW and case.entry.due_on:
        return max(case.today, case.entry.due_on - EARLY)
    return case.today


def _trips(case: Case) -> Sequence[Trip]:
    """Return the visits ahead that take her to a place."""
    return [
        Trip(visit.starts_at.astimezone(case.zone).date(), visit.site.id, visit.site.name)
        for visit in case.visits
        if visit.site is not None and visit.live and visit.starts_at > case.now
    ]


def _by_letter(patient: Patient, wished: Wishes) -> bool:
    """Tell whether a letter has to reach her in time, as nothing quicker may be sent and she does not come at once."""
    by_mail = patient.email_consent and bool(patient.email)
    by_text = patient.text_consent and bool(patient.mobile)
    return not (by_mail or by_text or wished.short_notice)
