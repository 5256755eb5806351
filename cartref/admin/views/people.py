"""People: who works in the service, what they are there, and what patients read of them."""

from collections.abc import Callable

from flask import make_response, render_template
from werkzeug.wrappers import Response

from cartref.accounts import queries, service
from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.accounts.service import NewStaff
from cartref.admin.forms import ColleagueForm, NewPersonForm, PersonForm, RolesForm
from cartref.admin.views.blueprint import blueprint, said
from cartref.db import db
from cartref.web.forms import Form
from cartref.web.locale import gettext


@blueprint.get("/people")
@requires(Permission.PEOPLE_WRITE)
def people() -> str:
    """List who works in the service."""
    session, actor = db.session(), current_actor()
    staff, roles = queries.staff_in(session, actor.service), queries.roles_in(session, actor.service)
    return render_template("admin/people.html", staff=staff, roles=roles)


@blueprint.route("/people/new", methods=["GET", "POST"])
@requires(Permission.PEOPLE_WRITE)
def new_person() -> Response:
    """Add somebody new; the answer shows her first password, once."""
    form = NewPersonForm()
    if form.validate_on_submit():
        made: list[NewStaff] = []
        with form.attempt():
            made.append(service.create_staff(db.session(), current_actor(), form.details(), form.chosen))
        if not form.refused:
            return _first_password(made[0])
    return _page("admin/new_person.html", form)


@blueprint.route("/people/add", methods=["GET", "POST"])
@requires(Permission.PEOPLE_WRITE)
def add_colleague() -> Response:
    """Give somebody who works for the health board already a role in this service."""
    form = ColleagueForm()
    if form.validate_on_submit():
        with form.attempt():
            service.add_colleague(db.session(), current_actor(), form.email.data, form.chosen)
        if not form.refused:
            return said(gettext("Your changes are saved."), "admin.people")
    return _page("admin/add_colleague.html", form)


@blueprint.route("/people/<staff_id>", methods=["GET", "POST"])
@requires(Permission.PEOPLE_WRITE)
def person(staff_id: str) -> Response:
    """Show what is recorded of a member of staff, and change it."""
    form = PersonForm.of(queries.member(db.session(), current_actor(), staff_id))
    if form.validate_on_submit():
        with form.attempt():
            service.change_staff(db.session(), current_actor(), staff_id, form.version.data, form.details())
        if not form.refused:
            return said(gettext("Your changes are saved."), "admin.person", staff_id=staff_id)
    return _person_page(staff_id, form=form)


@blueprint.post("/people/<staff_id>/roles")
@requires(Permission.PEOPLE_WRITE)
def change_roles(staff_id: str) -> Response:
    """Change what a member of staff is in this service; none at all ends her work here."""
    form = RolesForm()
    if form.validate():
        with form.attempt():
            service.set_roles(db.session(), current_actor(), staff_id, form.chosen)
        if not form.refused:
            return said(gettext("Your changes are saved."), "admin.people")
    return _person_page(staff_id, roles_form=form)


@blueprint.post("/people/<staff_id>/leave")
@requires(Permission.PEOPLE_WRITE)
def leave(staff_id: str) -> Response:
    """Record that a member of staff has left the health board."""
    return _do(staff_id, lambda: _let_go(staff_id))


@blueprint.post("/people/<staff_id>/access")
@requires(Permission.PEOPLE_WRITE)
def renew_access(staff_id: str) -> Response:
    """Give somebody who can't sign in a new first password; the answer shows it, once."""
    return _do(staff_id, lambda: _first_password(service.renew_access(db.session(), current_actor(), staff_id)))


def _let_go(staff_id: str) -> Response:
    """Let her go, and say so."""
    service.leave(db.session(), current_actor(), staff_id)
    return said(gettext("This person cannot sign in any more."), "admin.people")


def _do(staff_id: str, act: Callable[[], Response]) -> Response:
    """Return the answer of `act`, or the person's page with why it can't be done."""
    form, answers = Form(), []
    with form.attempt():
        answers.append(act())
    return answers[0] if answers else _person_page(staff_id, refused=form)


def _person_page(
    staff_id: str, form: Form | None = None, roles_form: Form | None = None, refused: Form | None = None
) -> Response:
    session, actor = db.session(), current_actor()
    staff = queries.member(session, actor, staff_id)
    present = [role.value for role in queries.roles(session, staff_id, actor.service)]
    shown = {
        "form": form or PersonForm(formdata=None, obj=staff),
        "roles_form": roles_form or RolesForm(formdata=None, roles=present),
        "faults": next((each for each in (form, roles_form, refused) if each is not None and each.refused), None),
    }
    answer = make_response(render_template("admin/person.html", staff=staff, **shown))
    answer.status_code = 422 if shown["faults"] else 200
    return answer


def _first_password(made: NewStaff) -> Response:
    return make_response(render_template("admin/first_password.html", made=made))


def _page(template: str, form: Form) -> Response:
    answer = make_response(render_template(template, form=form))
    answer.status_code = 422 if form.refused else 200
    return answer
