"""Those who help a patient: added with what they may do, changed, and ended."""

import re
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.audit.reading import was_read
from cartref.db import db
from cartref.errors import StaleVersion
from cartref.office.clinic_book import last_saved
from cartref.office.forms.carers import CarerForm, ChangeCarerForm, EndCarerForm, beginning
from cartref.office.forms.changes import Difference, begun, merged
from cartref.office.forms.choices import version
from cartref.office.forms.hours import SPARE_DAYS, single_days, with_days
from cartref.office.speech import today
from cartref.office.views.blueprint import blueprint
from cartref.office.views.noting import noting
from cartref.patients import carers as service
from cartref.patients import hours as free_times
from cartref.patients import queries
from cartref.patients.hours import FreeHours
from cartref.patients.models import CareCircle
from cartref.web.locale import gettext

Answer = str | Response | tuple[str, int]
ROW = re.compile(r"day(\d{1,2})_hours")


@blueprint.route("/patients/<patient_id>/carers/new", methods=["GET", "POST"])
@requires(Permission.PATIENTS_WRITE)
def add_carer(patient_id: str) -> Answer:
    """Write down somebody who helps the patient, what she may do, and who agreed to it."""
    session, actor = db.session(), current_actor()
    patient = queries.find(session, actor, patient_id)
    form = CarerForm()
    if form.validate_on_submit():
        with form.attempt():
            place = service.add(session, actor, patient_id, form.details())
        if not form.refused:
            return _told(patient_id, gettext("%(name)s is added.", name=place.carer.name))
    page = render_template("office/add_carer.html", form=form, patient=patient)
    return (page, 422) if form.is_submitted() else page


@blueprint.route("/patients/<patient_id>/carers/<circle_id>", methods=["GET", "POST"])
@requires(Permission.PATIENTS_WRITE)
def carer(patient_id: str, circle_id: str) -> Answer:
    """Change what is written down of a carer; what somebody else changed meanwhile is shown beside what was typed."""
    session, actor = db.session(), current_actor()
    place = service.find(session, actor, patient_id, circle_id)
    hours = _to_come(free_times.of_carer(session, place.carer_id))
    make = with_days(ChangeCarerForm, _rows(hours))
    saved, now = beginning(service.details_of(place), hours, make.rows), place.carer.version
    form, meanwhile = begun(make, saved, now, request.form), None
    if form.validate_on_submit():
        with form.attempt(), noting() as noted:
            service.change(
                session, actor, patient_id, circle_id, version=version(form.version.data), details=form.details(),
                hours=form.hours(),
            )  # fmt: skip
        if not form.refused:
            return _told(patient_id, gettext("Your changes are saved."))
        if any(isinstance(error, StaleVersion) for error in noted):
            form, meanwhile = merged(make, form, saved, now, request.form)
    page = _page(place, form, EndCarerForm(formdata=None, data={"ended_on": today()}), meanwhile)
    return (page, 422) if form.is_submitted() else page


@blueprint.route("/patients/<patient_id>/carers/<circle_id>/end", methods=["GET", "POST"])
@requires(Permission.PATIENTS_WRITE)
def end_carer(patient_id: str, circle_id: str) -> Answer:
    """End somebody's place beside the patient on a day; as a page it is the carer's."""
    session, actor = db.session(), current_actor()
    place = service.find(session, actor, patient_id, circle_id)
    if request.method == "GET":
        return redirect(url_for("office.carer", patient_id=patient_id, circle_id=circle_id), 303)
    form = EndCarerForm()
    if form.validate() and form.ended_on.data:
        with form.attempt():
            service.end(session, actor, patient_id, circle_id, form.ended_on.data)
        if not form.refused:
            return _told(patient_id, gettext("%(name)s can no longer take part.", name=place.carer.name))
    hours = _to_come(free_times.of_carer(session, place.carer_id))
    make = with_days(ChangeCarerForm, len(single_days(hours)) + SPARE_DAYS)
    saved = beginning(service.details_of(place), hours, make.rows)
    shown: Any = make(formdata=None, obj=saved, data={"version": place.carer.version})
    return _page(place, shown, form, None), 422


def _page(
    place: CareCircle, form: ChangeCarerForm, ending: EndCarerForm, meanwhile: Sequence[Difference] | None
) -> str:
    session, actor = db.session(), current_actor()
    was_read(actor, "patient.read", "patient", place.patient_id, patient_id=place.patient_id)
    return render_template(
        "office/carer.html", form=form, ending=ending, place=place, patient=place.patient, meanwhile=meanwhile,
        saved=None if meanwhile is None else last_saved(session, actor, "carer", place.carer_id),
    )  # fmt: skip


def _told(patient_id: str, told: str) -> Response:
    flash(told, "success")
    return redirect(url_for("office.patient", patient_id=patient_id), 303)


def _to_come(hours: Sequence[FreeHours]) -> list[FreeHours]:
    """Return the free times without days that are over."""
    return [free for free in hours if free.on is None or free.on >= today()]


def _rows(hours: Sequence[FreeHours]) -> int:
    """Return how many rows for single days the form has: what is saved and some to spare, or what was sent."""
    sent = [int(found[1]) + 1 for name in request.form if (found := ROW.fullmatch(name))]
    return max([len(single_days(hours)) + SPARE_DAYS, *sent])
