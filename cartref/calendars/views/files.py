"""Calendars as files to keep."""

from flask import Response

from cartref import ical
from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.audit.reading import was_read
from cartref.calendars import rendering
from cartref.calendars.views.blueprint import attachment, blueprint, plain
from cartref.db import db


@blueprint.get("/clinics/<clinic_id>/calendar.ics")
@requires(Permission.CALENDARS_READ)
def clinic_ics(clinic_id: str) -> Response:
    """Give a clinic's calendar as a file."""
    actor = current_actor()
    name, body = rendering.clinic_ics(db.session(), actor, clinic_id)
    was_read(actor, "calendar.exported", "clinic", clinic_id)
    return attachment(body, ical.CONTENT_TYPE, f"{plain(name)}.ics")
