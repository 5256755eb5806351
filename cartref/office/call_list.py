"""The call list as the office sees it: each line with its people, its number, its appointment, and what to say.

However long it is, the same few queries gather it. Nobody stands on it who has died, who does not want to be contacted,
or who may not be told any more.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from cartref import clock, formatting
from cartref.accounts import queries as accounts
from cartref.accounts.actor import Actor
from cartref.accounts.models import Service
from cartref.accounts.permissions import Permission
from cartref.appointments.models import Appointment
from cartref.clinics.models import Clinic, ClinicSession
from cartref.notifications import calls
from cartref.notifications.models import Call
from cartref.office.call_script import Rung, Script, script
from cartref.office.speech import ZONE
from cartref.patients.models import CareCircle, Carer, Patient
from cartref.referrals.models import WaitingEntry

SOON, NOT_YET = timedelta(days=2), timedelta(days=7)
ABOUT_WHAT_IS_OVER = frozenset({"appointment.missed-you", "appointment.cancelled"})


@dataclass(frozen=True)
class Line:
    """One line: who is rung (`name`, in `language`, on `numbers`) about which patient; `script` None for a colleague.

    `helpers` are the carers who may be told, in case she can't come to the telephone.
    """

    call: Call
    name: str
    language: str
    numbers: tuple[str, ...]
    patient: Patient | None
    place: CareCircle | None
    appointment: Appointment | None
    helpers: Sequence[CareCircle]
    colleague: str
    done_by: str
    script: Script | None

    @property
    def may_be_rung(self) -> bool:
        """Tell whether she has agreed that her telephone rings."""
        return self.place is not None or self.patient is None or self.patient.telephone_consent

    @property
    def urgency(self) -> str:
        """Return how near the appointment is: "now" within two days, "soon" within a week, else "later"."""
        if self.appointment is None:
            return "later"
        away = self.appointment.starts_at - clock.now()
        return "now" if away < SOON else "soon" if away < NOT_YET else "later"


@dataclass(frozen=True)
class Facts:
    """Everything that the lines are about, by id."""

    service: Service
    caller: str
    appointments: Mapping[str, Appointment]
    entries: Mapping[str, WaitingEntry]
    patients: Mapping[str, Patient]
    places: Mapping[str, Sequence[CareCircle]]
    names: Mapping[str, str]
    now: datetime = field(default_factory=clock.now)


def to_ring(session: Session, actor: Actor, *, mine: bool = False) -> list[Line]:
    """Return the lines that are due by the end of today, the soonest first; `mine`: those with the actor's name on."""
    actor.require(Permission.CALLS_WRITE)
    lines = calls.open_lines(
        session, actor.service, due_before=_midnight(1), assigned_to_id=actor.id if mine else None
    )  # fmt: skip
    return _gathered(session, actor, lines)


def done_today(session: Session, actor: Actor) -> list[Line]:
    """Return the lines that were done since last midnight in Wales, the latest first."""
    actor.require(Permission.CALLS_WRITE)
    return _gathered(session, actor, calls.done_since(session, actor.service, _midnight(0)), over=True)


def _midnight(days: int) -> datetime:
    local = formatting.local(clock.now(), ZONE) + timedelta(days=days)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def _gathered(session: Session, actor: Actor, lines: Sequence[Call], *, over: bool = False) -> list[Line]:
    if not lines:
        return []
    facts = _facts(session, actor, lines)
    found = (_line(call, facts) for call in lines)
    return [line for line in found if line is not None and (over or _is_to_be_told(line, facts.now))]


def _facts(session: Session, actor: Actor, lines: Sequence[Call]) -> Facts:
    subjects = {call.subject_id for call in lines}
    appointments = {found.id: found for found in _appointments(session, actor, subjects)}
    entries = {found.id: found for found in _entries(session, actor, subjects - set(appointments))}
    named = {calls.patient_of(call) or "" for call in lines}
    known = {found.patient_id: found.patient for found in appointments.values()}
    known |= {found.patient_id: found.patient for found in entries.values()}
    known |= {found.id: found for found in session.scalars(select(Patient).where(Patient.id.in_(named - set(known))))}
    staff = {call.assigned_to_id or "" for call in lines} | {call.done_by_id or "" for call in lines}
    staff |= {call.recipient_id for call in lines if call.recipient_kind == "staff"} | {actor.id or ""}
    names = accounts.names_of(session, actor, staff)
    return Facts(
        session.get_one(Service, actor.service, options=[joinedload(Service.health_board)]),
        names.get(actor.id or "", ""), appointments, entries, known, places(session, known), names,
    )  # fmt: skip


def _appointments(session: Session, actor: Actor, ids: Collection[str]) -> Iterator[Appointment]:
    query = select(Appointment).where(Appointment.id.in_(ids), Appointment.service_id == actor.service)
    yield from session.scalars(
        query.options(
            joinedload(Appointment.patient),
            joinedload(Appointment.clinician),
            joinedload(Appointment.site),
            joinedload(Appointment.session).joinedload(ClinicSession.clinic),
        )
    )


def _entries(session: Session, actor: Actor, ids: Collection[str]) -> Iterator[WaitingEntry]:
    query = select(WaitingEntry).where(WaitingEntry.id.in_(ids), WaitingEntry.service_id == actor.service)
    yield from session.scalars(query.options(joinedload(WaitingEntry.patient), joinedload(WaitingEntry.clinic)))


def places(session: Session, patient_ids: Collection[str]) -> dict[str, list[CareCircle]]:
    """Return the carers of these patients who may be told, by the patient's id, in the order of their consent."""
    query = select(CareCircle).where(
        CareCircle.patient_id.in_(patient_ids), CareCircle.ended_at.is_(None), CareCircle.may_be_told
    )
    found: dict[str, list[CareCircle]] = {}
    for place in session.scalars(query.options(joinedload(CareCircle.carer)).order_by(CareCircle.consented_on)):
        found.setdefault(place.patient_id, []).append(place)
    return found


def _line(call: Call, facts: Facts) -> Line | None:
    """Return the line with all that belongs to it; None when there is nobody to be rung any more."""
    appointment, entry = facts.appointments.get(call.subject_id), facts.entries.get(call.subject_id)
    about = appointment or entry
    patient = about.patient if about else facts.patients.get(calls.patient_of(call) or "")
    places = facts.places.get(patient.id, ()) if patient else ()
    place = next((place for place in places if place.carer_id == call.recipient_id), None)
    if patient is None or not patient.may_be_told or (call.recipient_kind == "carer" and place is None):
        return None
    clinic = appointment.session.clinic if appointment else entry.clinic if entry else None
    name, language, numbers = _whom(call, patient, place, facts)
    return Line(
        call, name, language, numbers, patient, place, appointment,
        helpers=[other for other in places if other is not place and _numbers(other.carer)],
        colleague=facts.names.get(call.assigned_to_id or "", ""), done_by=facts.names.get(call.done_by_id or "", ""),
        script=None if call.recipient_kind == "staff" else script(
            call.kind, _rung(name, language, patient if place else None, appointment, clinic, facts)
        ),
    )  # fmt: skip


def _whom(call: Call, patient: Patient, place: CareCircle | None, facts: Facts) -> tuple[str, str, tuple[str, ...]]:
    if call.recipient_kind == "staff":
        return facts.names.get(call.recipient_id, ""), "en", ()
    if place is not None:
        return place.carer.name, place.carer.language, _numbers(place.carer)
    return patient.name, patient.language, _numbers(patient)


def _numbers(person: Patient | Carer) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (person.telephone, person.mobile))))


def _rung(
    name: str, language: str, cared_for: Patient | None, appointment: Appointment | None, clinic: Clinic | None,
    facts: Facts,
) -> Rung:  # fmt: skip
    board = facts.service.health_board
    return Rung(
        name=name, language=language, caller=facts.caller, now=formatting.local(facts.now, ZONE),
        clinic=clinic.public_name(language) if clinic else board.name_cy if language == "cy" else board.name_en,
        phone=formatting.telephone((clinic or facts.service).contact_phone),
        patient=cared_for.spoken_name if cared_for else None, appointment=appointment,
    )  # fmt: skip


def _is_to_be_told(line: Line, now: datetime) -> bool:
    """Tell whether there still is something to say: not of an appointment that has passed, but of its being missed."""
    found = line.appointment
    return found is None or found.ends_at > now or line.call.kind in ABOUT_WHAT_IS_OVER
