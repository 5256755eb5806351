"""Sheets of patients and referrals: uploaded, matched, checked and taken over by the worker, forgotten."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor, system
from cartref.accounts.permissions import Permission
from cartref.audit.service import record
from cartref.errors import Conflict, IllegalTransition, Invalid
from cartref.jobs import queries as jobs
from cartref.jobs import service as work
from cartref.jobs.models import Job
from cartref.referrals.importing import queries
from cartref.referrals.importing.columns import BY_NAME, OF_REFERRAL, guess, lacking
from cartref.referrals.importing.reading import glance, read
from cartref.referrals.models import ImportSheet, SheetState

CHECK, APPLY = "import.check", "import.apply"
KEPT_FOR = timedelta(days=30)
LONGEST_NAME = 200
OPEN = {SheetState.UPLOADED, SheetState.CHECKED}


class ColumnMissing(Invalid):
    """A field that every patient has, or the day that every referral has, was given no column."""

    code = "import.column.missing"


class DayMissing(ColumnMissing):
    """The sheet tells of referrals, and no column says when they were received."""

    code = "import.column.referral"


class ColumnTwice(Invalid):
    """Two fields were given the same column."""

    code = "import.column.twice"


class SheetBusy(Conflict):
    """The worker is at this sheet."""

    code = "import.busy"


class NotWhole(Conflict):
    """Rows are wrong, and the person wants all of them or none."""

    code = "import.not-whole"


def upload(session: Session, actor: Actor, *, filename: str, content: bytes) -> ImportSheet:
    """Return the sheet, kept with what its columns seem to mean; raise SheetWrong for what is no sheet."""
    actor.require(Permission.PATIENTS_WRITE)
    actor.require(Permission.REFERRALS_WRITE)
    headings, rows = read(content)
    sheet = ImportSheet(
        service_id=actor.service, uploaded_by_id=actor.id, filename=_name(filename), content=content,
        sha256=hashlib.sha256(content).hexdigest(), rows=len(rows), columns=guess(headings),
        head=glance(headings, rows), created_at=clock.now(),
    )  # fmt: skip
    session.add(sheet)
    session.flush()
    _audit(session, actor, "import.uploaded", sheet, rows=sheet.rows)
    return sheet


def match(session: Session, actor: Actor, sheet_id: str, columns: Mapping[str, int]) -> Job:
    """Return the work that checks every row, now that it is said what the columns mean: field -> column, from 0.

    Raises ColumnMissing, ColumnTwice, SheetBusy, and IllegalTransition for a sheet that was taken over or forgotten.
    """
    sheet = _open(session, actor, sheet_id)
    _check_columns(columns, len((sheet.head or {}).get("headings", ())))
    sheet.columns, sheet.state, sheet.report = dict(columns), SheetState.UPLOADED, {}
    _audit(session, actor, "import.matched", sheet, fields=sorted(columns))
    return _begin(session, actor, sheet, CHECK)


def take_over(session: Session, actor: Actor, sheet_id: str, *, only_whole: bool) -> Job:
    """Return the work that takes over every row that is right, or (`only_whole`) all of them or none.

    Raises NotWhole, SheetBusy, and IllegalTransition for a sheet whose rows were not checked.
    """
    sheet = _open(session, actor, sheet_id)
    if sheet.state is not SheetState.CHECKED:
        raise IllegalTransition(sheet=sheet.id, state=sheet.state)
    if only_whole and sheet.report["counts"]["wrong"]:
        raise NotWhole(field="only_whole")
    _audit(session, actor, "import.begun", sheet, only_whole=only_whole)
    return _begin(session, actor, sheet, APPLY, only_whole=only_whole)


def forget(session: Session, actor: Actor, sheet_id: str) -> ImportSheet:
    """Return the sheet without its content: it is thrown away, or the rows that were left over are done with."""
    sheet = queries.find_for_change(session, actor, sheet_id)
    _check_idle(session, sheet)
    _empty(session, actor, sheet)
    return sheet


def forget_old(session: Session) -> int:
    """Forget the content of every sheet that has been here for KEPT_FOR, and return how many there were."""
    old = (ImportSheet.created_at < clock.now() - KEPT_FOR) & ImportSheet.content.is_not(None)
    sheets = session.scalars(select(ImportSheet).where(old)).all()
    for sheet in sheets:
        _empty(session, system(sheet.service_id), sheet)
    return len(sheets)


def job_of(session: Session, actor: Actor, sheet: ImportSheet) -> Job | None:
    """Return the last work on the sheet; None before there was any."""
    return jobs.find(session, actor.service, sheet.job_id) if sheet.job_id else None


def _open(session: Session, actor: Actor, sheet_id: str) -> ImportSheet:
    sheet = queries.find_for_change(session, actor, sheet_id)
    _check_idle(session, sheet)
    if sheet.state not in OPEN:
        raise IllegalTransition(sheet=sheet.id, state=sheet.state)
    return sheet


def _check_idle(session: Session, sheet: ImportSheet) -> None:
    if sheet.job_id and not jobs.find(session, sheet.service_id, sheet.job_id).over:
        raise SheetBusy(sheet=sheet.id)


def _check_columns(columns: Mapping[str, int], width: int) -> None:
    for name in lacking(columns):
        raise ColumnMissing(name)
    if "received_on" not in columns and any(name in columns for name in OF_REFERRAL):
        raise DayMissing("received_on")
    seen: set[int] = set()
    for name, column in columns.items():
        if name not in BY_NAME or not 0 <= column < width:
            raise ColumnMissing(name)
        if column in seen:
            raise ColumnTwice(name)
        seen.add(column)


def _begin(session: Session, actor: Actor, sheet: ImportSheet, kind: str, **arguments: object) -> Job:
    job = work.submit(session, kind, service_id=actor.service, owner_id=actor.id, sheet_id=sheet.id, **arguments)
    sheet.job_id = job.id
    session.flush()
    return job


def _empty(session: Session, actor: Actor, sheet: ImportSheet) -> None:
    if sheet.state is not SheetState.APPLIED:
        sheet.state = SheetState.DISCARDED
    if sheet.head is not None:  # as long as there is content
        sheet.content, sheet.head = None, None
        _audit(session, actor, "import.forgotten", sheet)


def _name(filename: str) -> str:
    last = PurePosixPath(filename.replace("\\", "/")).name
    return "".join(letter for letter in last if letter.isprintable())[-LONGEST_NAME:] or "?"


def _audit(session: Session, actor: Actor, action: str, sheet: ImportSheet, **details: Any) -> None:
    record(session, actor, action, "import", sheet.id, **details)
    session.flush()
