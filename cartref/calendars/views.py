"""Pages of calendars: subscriptions, their feeds, and files to keep."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cartref import ical
from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.audit.reading import was_read
from cartref.calendars import queries, rendering, service
from cartref.calendars.forms import FeedForm
from cartref.calendars.models import CalendarFeed, FeedScope
from cartref.calendars.queries import Mark, Window
from cartref.clinics import queries as clinics
from cartref.clinics.service import today
from cartref.db import db
from cartref.errors import Invalid
from cartref.formatting import local, plain_date
from cartref.i18n import N_
from cartref.web.access import public
from cartref.web.locale import gettext, language
from cartref.web.session import after_reading

blueprint = Blueprint("calendars", __name__)
Answer = str | AnyResponse | tuple[str, int]

# Programs read a feed again after this many seconds at the soonest; what can't wait goes by message or telephone.
FEED_AGE = 900


class DateWrong(Invalid):
    """The date in the address is not one."""

    code = "calendar.date"
    field = "date"


ERROR_WORDS = {
    service.LabelMissing.code: N_("Enter a name of 80 letters or fewer"),
    DateWrong.code: N_("Enter a real date"),
}


@blueprint.get("/calendars", endpoint="list")
@requires(Permission.CALENDARS_READ)
def subscriptions() -> str:
    """List one's own subscriptions."""
    return _page(_form())


@blueprint.post("/calendars")
@requires(Permission.CALENDARS_READ)
def create() -> Answer:
    """Make a subscription and show its address: now or never, as it is not kept."""
    form = _form()
    if form.validate_on_submit():
        with form.attempt():
            scope, scope_id = form.chosen
            made, token = service.create_feed(
                db.session(), current_actor(), scope=scope, scope_id=scope_id, label=form.label.data
            )
        if not form.refused:
            return _page(_form(empty=True), address=_address(token), label=made.label)
    return _page(form), 422


@blueprint.post("/calendars/<feed_id>/revoke")
@requires(Permission.CALENDARS_READ)
def revoke(feed_id: str) -> AnyResponse:
    """End one's own subscription."""
    service.revoke_feed(db.session(), current_actor(), feed_id)
    flash(gettext("The subscription has ended."), "success")
    return redirect(url_for("calendars.list"), 303)


@blueprint.get("/c/<token>.ics")
@public
def feed(token: str) -> Response:
    """Answer a calendar program: with 304 when it has the present state, 404 for every feed that is not, or no more."""
    found = queries.find_feed(db.session(), token)
    if found is None:
        return Response(status=404, content_type="text/plain")  # programs read no pages, and are given no cookie
    if service.use_is_due(found):
        feed_id = found.id
        after_reading(lambda write: service.note_use(write, feed_id))
    scope, window = queries.scope_of(db.session(), found), Window.now()
    mark = queries.mark(db.session(), scope, window)
    validator = rendering.etag(scope, mark, found.language)
    if request.if_none_match.contains(validator):
        return _cacheable(Response(status=304), validator, mark)
    source = _address(token)
    body = rendering.feed_ics(db.session(), scope, window, language=found.language, source=source)
    return _cacheable(Response(body, content_type=ical.CONTENT_TYPE), validator, mark)


@blueprint.get("/clinics/<clinic_id>/calendar.ics")
@requires(Permission.CALENDARS_READ)
def clinic_ics(clinic_id: str) -> Response:
    """Give a clinic's calendar as a file."""
    actor = current_actor()
    name, body = rendering.clinic_ics(db.session(), actor, clinic_id)
    was_read(actor, "calendar.exported", "clinic", clinic_id)
    return _attachment(Response(body, content_type=ical.CONTENT_TYPE), f"{_plain(name)}.ics")


@blueprint.get("/day.csv")
@requires(Permission.APPOINTMENTS_READ)
def day_csv() -> Response:
    """Give the list of a day, `?date=2026-12-08` or today's, for a spreadsheet."""
    actor, local_date = current_actor(), _date_asked()
    found, text = rendering.day_csv(db.session(), actor, local_date)
    for appointment in found:
        was_read(actor, "appointment.exported", "appointment", appointment.id, patient_id=appointment.patient_id)
    answer = Response(text, content_type="text/csv; charset=utf-8; header=present")
    answer.headers["Cache-Control"] = "no-store"
    return _attachment(answer, f"{local_date.isoformat()}.csv")


def _form(*, empty: bool = False) -> FeedForm:
    form = FeedForm(formdata=None) if empty else FeedForm()
    session, actor = db.session(), current_actor()
    people = [(FeedScope.CLINICIAN, staff.id, staff.display_name) for staff in clinics.clinicians(session, actor)]
    people.sort(key=lambda row: row[1] != actor.id)  # one's own appointments first
    form.offer([*people, *((FeedScope.CLINIC, clinic.id, clinic.name) for clinic in clinics.clinics(session, actor))])
    return form


def _page(form: FeedForm, *, address: str | None = None, label: str = "") -> str:
    session, actor = db.session(), current_actor()
    zone, names = clinics.zone(session, actor), dict(form.scope.choices)
    return render_template(
        "calendars/list.html",
        form=form,
        feeds=[_row(feed, names, zone) for feed in queries.feeds(session, actor)],
        clinics=clinics.clinics(session, actor),
        address=address,
        label=label,
    )


def _row(feed: CalendarFeed, names: Mapping[str, str], zone: ZoneInfo) -> dict[str, str | None]:
    def on(moment: datetime) -> str:
        return plain_date(local(moment, zone).date(), language())

    return {
        "id": feed.id,
        "label": feed.label,
        "whose": names.get(f"{feed.scope.value}:{feed.scope_id}", ""),
        "made_on": on(feed.created_at),
        "used_on": on(feed.used_at) if feed.used_at else None,
    }


def _address(token: str) -> str:
    public_url: str = current_app.config["CARTREF"].public_url
    return public_url + url_for("calendars.feed", token=token)


def _cacheable(answer: Response, validator: str, mark: Mark) -> Response:
    answer.set_etag(validator)
    answer.last_modified = rendering.last_modified(mark)
    answer.headers["Cache-Control"] = f"private, max-age={FEED_AGE}"
    return answer


def _attachment(answer: Response, filename: str) -> Response:
    answer.headers.set("Content-Disposition", "attachment", filename=filename)
    return answer


def _plain(name: str) -> str:
    """Return a name as part of a file's name: small letters and hyphens."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or "calendar"


def _date_asked() -> date:
    asked = request.args.get("date")
    if not asked:
        return today(clinics.zone(db.session(), current_actor()))
    try:
        return date.fromisoformat(asked)
    except ValueError as fault:
        raise DateWrong from fault
