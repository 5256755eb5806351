"""The waiting list as it is worked: who is to be seen first, narrowed down, a page at a time, in the database's hands.

Each line has a day by which the patient should be seen: its due date, or for a first appointment the last day within
the target of 26 weeks. First come those who can be booked now (a clock that stands still means that she can't come),
then the clinical priority, then that day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, case, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, contains_eager, joinedload
from sqlalchemy.sql.functions import GenericFunction

from cartref.accounts.actor import Actor
from cartref.i18n import N_
from cartref.patients import queries as patients
from cartref.patients.models import Patient, VisitWishes
from cartref.patients.service import today
from cartref.referrals import queries
from cartref.referrals.models import EntryKind, EntryStatus, Priority, Referral, WaitingEntry
from cartref.referrals.waiting_time import TARGET, Waited

PAGE = 50
DAYS_WITHIN_TARGET = TARGET.days - 1  # on the next day she has waited the whole target, and it is missed
RANKS = {Priority.SUSPECTED_CANCER: 0, Priority.URGENT: 1, Priority.ROUTINE: 2}
_AT_A_SITE = select(VisitWishes.id).where(VisitWishes.patient_id == Patient.id, VisitWishes.mode == "video-site")
NEEDS: dict[str, tuple[str, ColumnElement[bool]]] = {
    "interpreter": (N_("Needs an interpreter"), Patient.interpreter != ""),
    "site": (N_("Wants to be seen with a nurse"), _AT_A_SITE.exists()),
    "hearing": (N_("Hearing"), Patient.hearing_need != ""),
    "sight": (N_("Sight"), Patient.sight_need != ""),
    "memory": (N_("Memory"), Patient.memory_need != ""),
    "hands": (N_("Hands"), Patient.hands_need != ""),
}


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed down to; the empty filters are the whole list. `need` is a key of `NEEDS`."""

    kind: EntryKind | None = None
    clinic_id: str | None = None
    priority: Priority | None = None
    language: str | None = None
    need: str | None = None
    overdue: bool = False
    name: str = ""


@dataclass(frozen=True)
class Line:
    """One line of the list, its patient, referral and clinic loaded; `waited` is None without a referral."""

    entry: WaitingEntry
    waited: Waited | None
    see_by: date
    overdue: bool


@dataclass(frozen=True)
class Found:
    """One page of the list, numbered from 1, and how much there is."""

    lines: Sequence[Line]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class Head:
    """How the whole list of a service stands."""

    waiting: int
    over_target: int
    reviews_overdue: int


class days_after(GenericFunction[date]):  # noqa: N801 # named as functions of SQL are
    """The date some whole days after another, in the SQL of either database."""

    type = Date()
    inherit_cache = True


@compiles(days_after, "postgresql")
def _days_after_postgresql(element: Any, compiler: Any, **options: Any) -> str:  # SQLAlchemy's compiler is untyped
    start, days = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({start} + CAST({days} AS INTEGER))"


@compiles(days_after, "sqlite")
def _days_after_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    start, days = (compiler.process(clause, **options) for clause in element.clauses)
    return f"date({start}, {days} || ' days')"


_can_come = Referral.clock_paused_on.is_(None)
_within_target = days_after(Referral.clock_started_on, DAYS_WITHIN_TARGET)
_see_by = func.coalesce(WaitingEntry.due_on, _within_target, days_after(WaitingEntry.waiting_since, DAYS_WITHIN_TARGET))
_rank = case(RANKS, value=WaitingEntry.priority)


def waiting_list(
    session: Session, actor: Actor, filters: Filters = Filters(), *, page: int = 1, per_page: int = PAGE
) -> Found:
    """Return one page of what waits to be booked, in the order in which it should be; as many queries however long.

    A page that is not there is the nearest that is.
    """
    wanted = _narrowed(actor, filters)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    pages = max(-(-total // per_page), 1)
    page = min(max(page, 1), pages)
    return Found(_lines(session, wanted.limit(per_page).offset((page - 1) * per_page)), total, page, pages)


def everything(session: Session, actor: Actor, filters: Filters) -> Sequence[Line]:
    """Return every line that fits, in order: for a file."""
    return _lines(session, _narrowed(actor, filters))


def next_to_book(session: Session, actor: Actor, filters: Filters = Filters()) -> Line | None:
    """Return the first line that can be booked now, None when there is none."""
    lines = _lines(session, _narrowed(actor, filters).where(_can_come).limit(1))
    return lines[0] if lines else None


def head(session: Session, actor: Actor) -> Head:
    """Return how many lines wait, how many of them longer than the target, and how many reviews are overdue."""
    by = func.coalesce(Referral.clock_paused_on, today())
    counts = _waiting(
        actor,
        func.count(),
        _count_if(_within_target < by),
        _count_if(and_(WaitingEntry.kind == EntryKind.REVIEW, WaitingEntry.due_on < today())),
    )
    waiting, over, overdue = session.execute(counts).one()
    return Head(waiting, over or 0, overdue or 0)


def _waiting(actor: Actor, *columns: Any) -> Select[Any]:
    """Return a query of what waits in the service; who has died waits for nothing, whichever service knows of it."""
    return (
        select(*columns)
        .select_from(WaitingEntry)
        .join(Patient, Patient.id == WaitingEntry.patient_id)
        .outerjoin(Referral, Referral.id == WaitingEntry.referral_id)
        .where(
            WaitingEntry.service_id == actor.service,
            WaitingEntry.status == EntryStatus.WAITING,
            Patient.deceased_on.is_(None),
        )
    )


def _narrowed(actor: Actor, filters: Filters) -> Select[Any]:
    query = _waiting(actor, WaitingEntry, _see_by.label("see_by")).where(*_clauses(filters))
    return query.order_by(
        _can_come.desc(), _rank, _see_by, WaitingEntry.waiting_since, WaitingEntry.created_at, WaitingEntry.id
    )


def _clauses(filters: Filters) -> list[ColumnElement[bool]]:
    equal = {
        WaitingEntry.kind: filters.kind,
        WaitingEntry.clinic_id: filters.clinic_id,
        WaitingEntry.priority: filters.priority,
        Patient.language: filters.language,
    }
    clauses = [column == value for column, value in equal.items() if value]
    clauses += [NEEDS[filters.need][1]] if filters.need in NEEDS else []
    clauses += [_see_by < today()] if filters.overdue else []
    return clauses + patients.sought_by(filters.name)


def _lines(session: Session, query: Select[Any]) -> Sequence[Line]:
    rows = session.execute(
        query.options(
            contains_eager(WaitingEntry.patient), contains_eager(WaitingEntry.referral), joinedload(WaitingEntry.clinic)
        )
    ).all()
    day = today()
    waited = queries.waited(session, (entry.referral_id for entry, _ in rows), day)
    return [Line(entry, waited.get(entry.referral_id or ""), see_by, see_by < day) for entry, see_by in rows]


def _count_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
