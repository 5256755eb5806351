"""Notices that did not go, and trying them again."""

from flask import render_template
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.admin import queries, service
from cartref.admin.views.blueprint import blueprint, clock_face, said
from cartref.db import db
from cartref.web.locale import gettext


@blueprint.get("/notices")
@requires(Permission.NOTICES_READ)
def notices() -> str:
    """List the service's notices that were given up, so that somebody rings instead or sends them again."""
    session, actor = db.session(), current_actor()
    found = queries.failed_notices(session, actor)
    names = queries.patient_names(session, actor, {notice.recipient_id for notice in found})
    return render_template("admin/notices.html", notices=found, names=names, when=clock_face())


@blueprint.post("/notices/<notice_id>/again")
@requires(Permission.NOTICES_READ)
def send_again(notice_id: str) -> Response:
    """Let a notice that was given up go out again."""
    service.send_again(db.session(), current_actor(), notice_id)
    return said(gettext("The message goes out again now."), "admin.notices")
