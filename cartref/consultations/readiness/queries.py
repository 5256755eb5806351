"""Reading how ready people are: for one visit's pages, for lists of visits, and for finding a time."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.appointments.models import Appointment, Mode
from cartref.consultations.models import ReadyCheck, ReadyHelp
from cartref.consultations.readiness import rules
from cartref.consultations.readiness.rules import Call, Settled, Standing


@dataclass(frozen=True)
class Readied:
    """How one visit stands, its checks and its calls, each in order of time."""

    standing: Standing
    checks: Sequence[ReadyCheck] = ()
    calls: Sequence[ReadyHelp] = ()

    @property
    def last(self) -> ReadyCheck | None:
        """Return the last check of what the patient will use."""
        return next((check for check in reversed(self.checks) if check.for_patient), None)

    @property
    def of_carers(self) -> Mapping[str, ReadyCheck]:
        """Return the last check of each carer's own device, by the carer's id."""
        return {check.holder_id: check for check in self.checks if not check.for_patient}

    @property
    def asked_at(self) -> datetime | None:
        """Return when help was asked for last, None too once somebody has helped since."""
        asked = rules.asked_at(check for check in self.checks if check.for_patient)
        helped = max((call.at for call in self.calls if call.result == Settled.HELPED), default=None)
        return asked if asked is not None and (helped is None or asked > helped) else None

    @property
    def call(self) -> ReadyHelp | None:
        """Return the last call."""
        return self.calls[-1] if self.calls else None


@dataclass
class _Found:
    checks: list[ReadyCheck] = field(default_factory=list)
    calls: list[ReadyHelp] = field(default_factory=list)


def readied(session: Session, visits: Collection[Appointment]) -> dict[str, Readied]:
    """Return how ready each visit is that is by video from home, or was before a call, by its id; two queries."""
    asked = {visit.id: visit for visit in visits if visit.mode in {Mode.VIDEO_HOME, Mode.TELEPHONE}}
    found = _found(session, asked)
    shown = {}
    for visit_id, visit in asked.items():
        one = _readied(found[visit_id])
        by_video = visit.mode is Mode.VIDEO_HOME
        if by_video != (one.standing is Standing.TELEPHONE):  # a visit planned by telephone needs no check
            shown[visit_id] = one
    return shown


def of_visit(session: Session, visit: Appointment) -> Readied | None:
    """Return how ready one visit is; None where it needs no check."""
    return readied(session, [visit]).get(visit.id)


def of_device(session: Session, visit_id: str, holder_id: str, device: str) -> ReadyCheck | None:
    """Return the last check that this holder of a link did on this device for the visit."""
    query = select(ReadyCheck).where(
        ReadyCheck.appointment_id == visit_id, ReadyCheck.holder_id == holder_id, ReadyCheck.device == device
    )
    return session.scalars(query.order_by(ReadyCheck.checked_at.desc(), ReadyCheck.id.desc())).first()


def last_of_patient(session: Session, actor: Actor, patient_id: str) -> ReadyCheck | None:
    """Return the patient's last check with the service, of a device that she uses; None when there was none."""
    query = select(ReadyCheck).where(
        ReadyCheck.service_id == actor.service, ReadyCheck.patient_id == patient_id, ReadyCheck.for_patient
    )
    return session.scalars(query.order_by(ReadyCheck.checked_at.desc(), ReadyCheck.id.desc())).first()


def _found(session: Session, ids: Collection[str]) -> Mapping[str, _Found]:
    found: defaultdict[str, _Found] = defaultdict(_Found)
    if not ids:
        return found
    checks = select(ReadyCheck).where(ReadyCheck.appointment_id.in_(ids)).order_by(ReadyCheck.checked_at, ReadyCheck.id)
    for check in session.scalars(checks):
        found[check.appointment_id].checks.append(check)
    calls = select(ReadyHelp).where(ReadyHelp.appointment_id.in_(ids)).order_by(ReadyHelp.at, ReadyHelp.id)
    for call in session.scalars(calls):
        found[call.appointment_id].calls.append(call)
    return found


def _readied(found: _Found) -> Readied:
    hers = [check for check in found.checks if check.for_patient]
    calls = [Call(Settled(call.result), call.at) for call in found.calls]
    return Readied(rules.standing(hers, calls), found.checks, found.calls)
