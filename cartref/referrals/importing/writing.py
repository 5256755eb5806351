"""Writing down at once what the rows of a sheet bring, each as if it had been typed in by hand."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.audit.models import ActorKind
from cartref.audit.service import record
from cartref.db import Base, new_id
from cartref.patients.models import CareRelationship, Patient
from cartref.patients.service import today
from cartref.referrals.importing.judging import Verdict
from cartref.referrals.models import ClockTick, EntryKind, EntryStatus, Referral, ReferralStatus, TickKind, WaitingEntry

Values = dict[str, Any]


def write(session: Session, actor: Actor, sheet_id: str, verdicts: Sequence[Verdict], now: datetime) -> None:
    """Add the patients, referrals and lines of the waiting list that these rows bring, and say so in the trail."""
    Writing(session, actor, sheet_id, now).write(verdicts)


class Writing:
    """One sheet's rows on their way to the tables: collected first, and then written a table at a time."""

    def __init__(self, session: Session, actor: Actor, sheet_id: str, now: datetime) -> None:
        self._session, self._actor, self._sheet_id, self._now = session, actor, sheet_id, now
        self._staff_id = actor.id if actor.kind is ActorKind.STAFF else None

    def write(self, verdicts: Sequence[Verdict]) -> None:
        """Write what the verdicts bring, whom before what she was referred for."""
        self._insert(Patient, [self._patient(verdict) for verdict in verdicts if verdict.brings_person])
        self._insert(CareRelationship, list(self._care(verdicts)))
        referred = [(verdict, new_id()) for verdict in verdicts if verdict.brings_referral]
        self._insert(Referral, [self._referral(*one) for one in referred])
        self._insert(ClockTick, [self._start(*one) for one in referred])
        self._insert(WaitingEntry, [self._line(*one) for one in referred])
        for verdict in verdicts:
            self._record_person(verdict)
        for verdict, referral_id in referred:
            self._record_referral(verdict, referral_id)
        self._session.flush()

    def _insert(self, table: type[Base], rows: list[Values]) -> None:
        if rows:
            # Without the option rows are sent apart wherever another of their columns is empty.
            self._session.execute(insert(table), rows, execution_options={"render_nulls": True})

    def _patient(self, verdict: Verdict) -> Values:
        assert verdict.person is not None
        values = dict(verdict.row.patient)
        judged = values["frailty_level"] is not None
        values |= {"frailty_by_id": self._staff_id if judged else None, "frailty_on": today() if judged else None}
        return values | self._row(verdict.person.id, changed=True) | {"health_board_id": self._actor.health_board_id}

    def _care(self, verdicts: Sequence[Verdict]) -> Iterator[Values]:
        for verdict in verdicts:
            if verdict.person and (verdict.brings_person or verdict.brings_care):
                yield self._row(new_id()) | {"patient_id": verdict.person.id, "service_id": self._actor.service}

    def _referral(self, verdict: Verdict, referral_id: str) -> Values:
        details = verdict.row.referral
        assert details is not None
        return self._of_patient(verdict, referral_id) | {
            "external_id": verdict.brings_referral, "source": details.source, "referrer": details.referrer,
            "reason": details.reason, "received_on": details.received_on, "status": ReferralStatus.ACTIVE,
            "clock_started_on": details.received_on, "recorded_by_id": self._staff_id,
        }  # fmt: skip

    def _start(self, verdict: Verdict, referral_id: str) -> Values:
        assert verdict.row.referral is not None
        return self._row(new_id()) | {
            "referral_id": referral_id, "number": 1, "kind": TickKind.START, "on": verdict.row.referral.received_on,
            "recorded_by_id": self._staff_id,
        }  # fmt: skip

    def _line(self, verdict: Verdict, referral_id: str) -> Values:
        assert verdict.row.referral is not None
        return self._of_patient(verdict, new_id()) | {
            "referral_id": referral_id, "kind": EntryKind.NEW, "status": EntryStatus.WAITING,
            "waiting_since": verdict.row.referral.received_on,
        }  # fmt: skip

    def _of_patient(self, verdict: Verdict, row_id: str) -> Values:
        details = verdict.row.referral
        assert details is not None
        assert verdict.person is not None
        return self._row(row_id, changed=True) | {
            "service_id": self._actor.service, "patient_id": verdict.person.id, "clinic_id": details.clinic_id,
            "priority": details.priority,
        }  # fmt: skip

    def _row(self, row_id: str, *, changed: bool = False) -> Values:
        made: Values = {"id": row_id, "created_at": self._now}
        return made | {"updated_at": self._now, "version": 1} if changed else made

    def _record_person(self, verdict: Verdict) -> None:
        if verdict.person and (verdict.brings_person or verdict.brings_care):
            action = "patient.registered" if verdict.brings_person else "patient.care-added"
            self._record(action, "patient", verdict.person.id, verdict.person.id)

    def _record_referral(self, verdict: Verdict, referral_id: str) -> None:
        assert verdict.row.referral is not None
        assert verdict.person is not None
        priority = verdict.row.referral.priority.value
        self._record("referral.recorded", "referral", referral_id, verdict.person.id, priority=priority)

    def _record(self, action: str, kind: str, subject_id: str, patient_id: str, **details: Any) -> None:
        record(
            self._session, self._actor, action, kind, subject_id, patient_id=patient_id, sheet=self._sheet_id,
            **details,
        )  # fmt: skip
