"""Reading imported sheets; their content is loaded when it is asked for."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, defer

from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.errors import NotFound
from cartref.referrals.models import ImportSheet, SheetState

MOST_SHOWN = 50


def find(session: Session, actor: Actor, sheet_id: str) -> ImportSheet:
    """Return one of the service's sheets; raise NotFound else."""
    return _found(session.scalar(_sheets(actor).where(ImportSheet.id == sheet_id)), sheet_id)


def find_for_change(session: Session, actor: Actor, sheet_id: str) -> ImportSheet:
    """Return one of the service's sheets as it is now, kept from others until the transaction ends."""
    query = _sheets(actor).where(ImportSheet.id == sheet_id)
    return _found(session.scalar(query.with_for_update().execution_options(populate_existing=True)), sheet_id)


def latest(session: Session, actor: Actor) -> Sequence[ImportSheet]:
    """Return the service's last sheets, newest first."""
    query = _sheets(actor).options(defer(ImportSheet.report))
    return session.scalars(query.order_by(ImportSheet.created_at.desc(), ImportSheet.id).limit(MOST_SHOWN)).all()


def applied_before(session: Session, actor: Actor, sheet: ImportSheet) -> ImportSheet | None:
    """Return the sheet of the very same content that was taken over last; None when there is none."""
    query = _sheets(actor).where(
        ImportSheet.sha256 == sheet.sha256, ImportSheet.id != sheet.id, ImportSheet.state == SheetState.APPLIED
    )
    query = query.options(defer(ImportSheet.report))
    return session.scalar(query.order_by(ImportSheet.applied_at.desc()).limit(1))


def _sheets(actor: Actor) -> Select[ImportSheet]:
    actor.require(Permission.REFERRALS_WRITE)
    actor.require(Permission.PATIENTS_WRITE)
    return select(ImportSheet).where(ImportSheet.service_id == actor.service)


def _found(sheet: ImportSheet | None, sheet_id: str) -> ImportSheet:
    if sheet is None:
        raise NotFound(sheet=sheet_id)
    return sheet
