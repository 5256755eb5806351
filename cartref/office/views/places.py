"""Places where patients are seen: their rooms, and who is beside patients there."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from cartref.accounts import queries as accounts
from cartref.accounts.access import current_actor, requires
from cartref.accounts.models import Role
from cartref.accounts.permissions import Permission
from cartref.clinics import queries, service
from cartref.db import db
from cartref.office.forms.book import HoursForm
from cartref.office.forms.places import PlaceForm, PresenterForm, RoomForm
from cartref.office.labels import SITE_KINDS, WEEKDAYS
from cartref.office.views.blueprint import blueprint
from cartref.web.locale import gettext

Answer = str | Response | tuple[str, int]


@blueprint.get("/places")
@requires(Permission.CLINICS_READ)
def places() -> str:
    """List the places where the service sees patients."""
    sites = queries.sites(db.session(), current_actor())
    return render_template("office/places.html", sites=sites, kinds=SITE_KINDS)


@blueprint.route("/places/new", methods=["GET", "POST"])
@requires(Permission.CLINICS_WRITE)
def new_place() -> Answer:
    """Add a place."""
    form = PlaceForm()
    if form.validate_on_submit():
        with form.attempt():
            site = service.add_site(db.session(), current_actor(), **form.details())
        if not form.refused:
            flash(gettext("The place is added. Now add its rooms."), "success")
            return redirect(url_for("office.place", site_id=site.id), 303)
    page = render_template("office/new_place.html", form=form)
    return (page, 422) if form.is_submitted() else page


@blueprint.get("/places/<site_id>")
@requires(Permission.CLINICS_READ)
def place(site_id: str) -> Answer:
    """Show one place with its rooms and presenters."""
    return _page(site_id)


@blueprint.route("/places/<site_id>/rooms", methods=["GET", "POST"])
@requires(Permission.CLINICS_WRITE)
def add_room(site_id: str) -> Answer:
    """Add a room to a place."""
    form = RoomForm()
    queries.find_site(db.session(), current_actor(), site_id)
    if form.validate_on_submit():
        with form.attempt():
            service.add_room(db.session(), current_actor(), site_id, form.name.data)
            flash(gettext("The room is added."), "success")
    if form.refused:
        return _page(site_id, room_form=form), 422
    return redirect(url_for("office.place", site_id=site_id), 303)


@blueprint.route("/places/<site_id>/presenters", methods=["GET", "POST"])
@requires(Permission.CLINICS_WRITE)
def add_presenter(site_id: str) -> Answer:
    """Let a presenter of the service work at a place."""
    form = PresenterForm()
    queries.find_site(db.session(), current_actor(), site_id)
    form.offer(accounts.staff_in(db.session(), current_actor().service, Role.PRESENTER))
    if form.validate_on_submit():
        with form.attempt():
            placed = service.add_presenter(db.session(), current_actor(), site_id, form.staff_id.data)
            flash(gettext("%(name)s is added.", name=placed.staff.display_name), "success")
    if form.refused:
        return _page(site_id, presenter_form=form), 422
    return redirect(url_for("office.place", site_id=site_id), 303)


@blueprint.route("/places/<site_id>/hours", methods=["GET", "POST"])
@requires(Permission.CLINICS_WRITE)
def add_hours(site_id: str) -> Answer:
    """Say when a place is open on a weekday."""
    form = HoursForm()
    queries.find_site(db.session(), current_actor(), site_id)
    if form.validate_on_submit():
        with form.attempt():
            service.add_hours(db.session(), current_actor(), site_id, **form.details())
            flash(gettext("The hours are added."), "success")
    if form.refused:
        return _page(site_id, hours_form=form), 422
    return redirect(url_for("office.place", site_id=site_id), 303)


@blueprint.post("/places/<site_id>/hours/<hours_id>/remove")
@requires(Permission.CLINICS_WRITE)
def remove_hours(site_id: str, hours_id: str) -> Response:
    """Take hours away again."""
    service.remove_hours(db.session(), current_actor(), site_id, hours_id)
    flash(gettext("The hours are removed."), "success")
    return redirect(url_for("office.place", site_id=site_id), 303)


def _page(
    site_id: str,
    *,
    room_form: RoomForm | None = None,
    presenter_form: PresenterForm | None = None,
    hours_form: HoursForm | None = None,
) -> str:
    """Return a place's page with its forms, each as it was typed or (None) empty."""
    presenter_form = presenter_form or PresenterForm(formdata=None)
    session, actor = db.session(), current_actor()
    site = queries.find_site(session, actor, site_id)
    placed = queries.presenters(session, actor, site_id)
    there = {found.staff_id for found in placed}
    staff = accounts.staff_in(session, actor.service, Role.PRESENTER)
    presenter_form.offer(person for person in staff if person.id not in there)
    return render_template(
        "office/place.html",
        site=site,
        kinds=SITE_KINDS,
        rooms=queries.rooms(session, actor, site_id),
        placed=placed,
        room_form=room_form or RoomForm(formdata=None),
        presenter_form=presenter_form,
        hours=queries.site_hours(session, [site.id]),
        hours_form=hours_form or HoursForm(formdata=None),
        weekdays=WEEKDAYS,
    )
