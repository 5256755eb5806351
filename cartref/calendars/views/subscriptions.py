"""Subscriptions to calendars, and whether one's own appointments come as invitations."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current, current_actor, requires_any
from cartref.accounts.permissions import Permission
from cartref.calendars import queries, scopes, service
from cartref.calendars.forms import FeedForm
from cartref.calendars.models import CalendarFeed
from cartref.calendars.views.blueprint import blueprint
from cartref.calendars.views.feeds import address
from cartref.clinics import queries as clinics
from cartref.db import db
from cartref.formatting import local, plain_date
from cartref.i18n import N_
from cartref.web.locale import gettext, language

Answer = str | Response | tuple[str, int]
CHOSEN = {True: N_("Your appointments come as invitations now."), False: N_("No more invitations will come.")}


@blueprint.get("/calendars", endpoint="list")
@requires_any(*scopes.SEES)
def subscriptions() -> str:
    """List one's own subscriptions."""
    return _page(_form())


@blueprint.post("/calendars")
@requires_any(*scopes.SEES)
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
            return _page(_form(empty=True), made_at=address(token), label=made.label)
    return _page(form), 422


@blueprint.post("/calendars/<feed_id>/revoke")
@requires_any(*scopes.SEES)
def revoke(feed_id: str) -> Response:
    """End one's own subscription."""
    service.revoke_feed(db.session(), current_actor(), feed_id)
    flash(gettext("The subscription has ended."), "success")
    return redirect(url_for("calendars.list"), 303)


@blueprint.post("/calendars/invitations")
@requires_any(Permission.CONSULT, Permission.PRESENT)
def want_invitations() -> Response:
    """Begin or end sending one's own appointments as invitations."""
    wanted = request.form.get("wanted") == "1"
    service.want_invitations(db.session(), current_actor(), wanted=wanted)
    said = (
        gettext("Your appointments come as invitations now.") if wanted else gettext("No more invitations will come.")
    )
    flash(said, "success")
    return redirect(url_for("calendars.list"), 303)


def _form(*, empty: bool = False) -> FeedForm:
    form = FeedForm(formdata=None) if empty else FeedForm()
    form.offer(scopes.choices(db.session(), current_actor()))
    return form


def _page(form: FeedForm, *, made_at: str | None = None, label: str = "") -> str:
    session, actor = db.session(), current_actor()
    zone, names = clinics.zone(session, actor), dict(form.scope.choices)
    return render_template(
        "calendars/list.html",
        form=form,
        feeds=[_row(feed, names, zone) for feed in queries.feeds(session, actor)],
        clinics=clinics.clinics(session, actor) if actor.may(Permission.CALENDARS_READ) else (),
        address=made_at,
        label=label,
        staff=current().sign_in.staff,
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
