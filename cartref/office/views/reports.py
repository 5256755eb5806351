"""Reports of the office: who was seen in the language they chose."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import Response, render_template, request
from werkzeug.datastructures import MultiDict

from cartref import sheets
from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments import language_report as report
from cartref.appointments.language_report import ClinicCount
from cartref.db import db
from cartref.office.forms.reports import SpanForm
from cartref.office.speech import today
from cartref.office.views.blueprint import blueprint
from cartref.web.locale import gettext

USUAL = timedelta(days=90)


@blueprint.get("/reports/language")
@requires(Permission.APPOINTMENTS_READ)
def language_report() -> str | tuple[str, int]:
    """Show how many visits of patients who chose Welsh were in Welsh, clinic by clinic."""
    form = _form()
    if not form.validate():
        return render_template("office/language_report.html", form=form, counts=None), 422
    counts = report.count(db.session(), current_actor(), _day(form.first.data), _day(form.last.data))
    return render_template(
        "office/language_report.html",
        form=form,
        counts=counts,
        visits=sum(one.visits for one in counts),
        in_welsh=sum(one.in_welsh for one in counts),
        span=_address(form),
    )


@blueprint.get("/reports/language.csv")
@requires(Permission.APPOINTMENTS_READ)
def language_report_csv() -> Response | tuple[str, int]:
    """Give the same for a spreadsheet."""
    form = _form()
    if not form.validate():
        return render_template("office/language_report.html", form=form, counts=None), 422
    counts = report.count(db.session(), current_actor(), _day(form.first.data), _day(form.last.data))
    answer = Response(sheets.csv_text(_rows(counts)), content_type=sheets.CSV)
    answer.headers.set("Content-Disposition", "attachment", filename=f"welsh-{form.first.data}-{form.last.data}.csv")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _form() -> SpanForm:
    """Return the form with what the address asks for; without anything it is the last 90 days."""
    usual = {"first": today() - USUAL, "last": today()}
    asked = request.args if {"first-day", "last-day"} & request.args.keys() else None
    return SpanForm(formdata=MultiDict(asked) if asked else None, data=usual)


def _day(chosen: date | None) -> date:
    assert chosen is not None
    return chosen


def _address(form: SpanForm) -> dict[str, int]:
    """Return the span as it stands in an address."""
    days = {"first": _day(form.first.data), "last": _day(form.last.data)}
    return {f"{name}-{part}": getattr(day, part) for name, day in days.items() for part in ("day", "month", "year")}


def _rows(counts: Sequence[ClinicCount]) -> list[list[str]]:
    headings = [gettext("Clinic"), gettext("Visits"), gettext("In Welsh"), gettext("Not in Welsh")]
    return [
        headings,
        *([one.clinic, str(one.visits), str(one.in_welsh), str(one.not_in_welsh)] for one in counts),
    ]
