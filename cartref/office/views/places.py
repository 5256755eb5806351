"""Places where patients are seen: their rooms, and who is beside patients there."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from cartref.accounts import queries as accounts
from cartref.accounts.access import current_actor, requires
from cartref.accounts.models import Role
from cartref.accounts.permissions import Permission
from cartref.clinics import queries, service
from cartref.db import db
from cartref.office.forms.places import PlaceForm, PresenterForm, RoomForm
from cartref.office.labels import SITE_KINDS
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
    return _page(site_id, RoomForm(formdata=None), PresenterForm(formdata=None))


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
        return _page(site_id, form, PresenterForm(formdata=None)), 422
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
        return _page(site_id, RoomForm(formdata=None), form), 422
    return redirect(url_for("office.place", site_id=site_id), 303)


def _page(site_id: str, room_form: RoomForm, presenter_form: PresenterForm) -> str:
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
        room_form=room_form,
        presenter_form=presenter_form,
    )
