"""Services: what they are called, and where patients and colleagues ask them for help."""

from flask import make_response, render_template
from werkzeug.wrappers import Response

from cartref.accounts import queries, service
from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.admin.forms import ServiceForm
from cartref.admin.views.blueprint import blueprint, said
from cartref.db import db
from cartref.errors import NotFound
from cartref.web.locale import gettext


@blueprint.get("/services")
@requires(Permission.PEOPLE_WRITE)
def services() -> str:
    """List the services where this manager works; she changes the one she works for just now."""
    session, actor = db.session(), current_actor()
    found = queries.services_of(session, actor.id or "")
    return render_template("admin/services.html", services=found, present=actor.service)


@blueprint.route("/services/<service_id>", methods=["GET", "POST"])
@requires(Permission.PEOPLE_WRITE)
def edit_service(service_id: str) -> Response:
    """Change the names of the present service, its telephone number and its e-mail address."""
    session, actor = db.session(), current_actor()
    if service_id != actor.service:
        raise NotFound(service=service_id)
    form = ServiceForm.of(queries.own_service(session, actor))
    if form.validate_on_submit():
        service.change_service(
            session, actor, name_en=form.name_en.data, name_cy=form.name_cy.data,
            contact_phone=form.contact_phone.data, contact_email=form.contact_email.data,
        )  # fmt: skip
        return said(gettext("Your changes are saved."), "admin.services")
    answer = make_response(render_template("admin/edit_service.html", form=form))
    answer.status_code = 422 if form.refused else 200
    return answer
