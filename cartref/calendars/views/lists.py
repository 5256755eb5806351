"""The lists of a day and of a week: to print, and for a spreadsheet."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from flask import Response, render_template, request

from cartref import sheets
from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.audit.reading import was_read
from cartref.calendars import scopes
from cartref.calendars.lists import List, Span, list_of
from cartref.calendars.models import FeedScope
from cartref.calendars.views.blueprint import attachment, blueprint
from cartref.clinics import queries as clinics
from cartref.clinics.service import today
from cartref.db import db
from cartref.errors import Invalid, NotFound

YEARS = range(1900, 9000)  # what there is room for, a week before and after


class DateWrong(Invalid):
    """The date in the address is not one."""

    code = "calendar.date"
    field = "date"


@blueprint.get("/day/sheet")
@requires(Permission.APPOINTMENTS_READ)
def day_sheet() -> str:
    """Show the list of a day as it is printed."""
    return _page(Span.DAY, timedelta(days=1))


@blueprint.get("/week/list")
@requires(Permission.APPOINTMENTS_READ)
def week_list() -> str:
    """Show the list of a week as it is printed."""
    return _page(Span.WEEK, timedelta(days=7))


@blueprint.get("/day.csv")
@requires(Permission.APPOINTMENTS_READ)
def day_csv() -> Response:
    """Give the list of a day, `?date=2026-12-08` or today's, for a spreadsheet."""
    return _file(Span.DAY, List.csv, sheets.CSV, "csv")


@blueprint.get("/day.xlsx")
@requires(Permission.APPOINTMENTS_READ)
def day_xlsx() -> Response:
    """Give the list of a day as a workbook."""
    return _file(Span.DAY, List.xlsx, sheets.XLSX, "xlsx")


@blueprint.get("/week.csv")
@requires(Permission.APPOINTMENTS_READ)
def week_csv() -> Response:
    """Give the list of the week that a day lies in, for a spreadsheet."""
    return _file(Span.WEEK, List.csv, sheets.CSV, "csv")


@blueprint.get("/week.xlsx")
@requires(Permission.APPOINTMENTS_READ)
def week_xlsx() -> Response:
    """Give the list of the week that a day lies in as a workbook."""
    return _file(Span.WEEK, List.xlsx, sheets.XLSX, "xlsx")


def _page(span: Span, step: timedelta) -> str:
    day = _day_asked() or _today()
    shown, choices = _list(span, day), scopes.choices(db.session(), current_actor())
    _note(shown, "appointment.printed")
    return render_template(
        "calendars/sheet.html",
        shown=shown,
        day=day,
        previous=day - step,
        following=day + step,
        choices=[(f"{choice.kind.value}:{choice.id}", choice.name) for choice in choices],
        only=request.args.get("of", ""),
    )


def _file(span: Span, write: Callable[[List], bytes | str], content_type: str, ending: str) -> Response:
    day = _day_asked()
    if day is None and request.args.get("date"):
        raise DateWrong
    shown = _list(span, day or _today())
    _note(shown, "appointment.exported")
    name = shown.first.isoformat() if span is Span.DAY else f"{shown.first.isoformat()}-{shown.last.isoformat()}"
    return attachment(write(shown), content_type, f"{name}.{ending}")


def _list(span: Span, day: date) -> List:
    return list_of(db.session(), current_actor(), span, day, only=_only_asked())


def _note(shown: List, action: str) -> None:
    note = partial(was_read, current_actor(), action, "appointment")
    for appointment in shown.appointments:
        note(appointment.id, patient_id=appointment.patient_id)


def _today() -> date:
    return today(clinics.zone(db.session(), current_actor()))


def _day_asked() -> date | None:
    """Return the day that the address asks for; None when it names none that there is room for."""
    try:
        asked = date.fromisoformat(request.args.get("date", ""))
    except ValueError:
        return None
    return asked if asked.year in YEARS else None


def _only_asked() -> tuple[FeedScope, str] | None:
    kind, _, scope_id = request.args.get("of", "").partition(":")
    if not kind:
        return None
    try:
        return FeedScope(kind), scope_id
    except ValueError as fault:
        raise NotFound(of=kind) from fault
