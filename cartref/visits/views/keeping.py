"""The appointment as a file for the visitor's own calendar."""

from flask import Response

from cartref import ical
from cartref.appointments.models import Mode
from cartref.audit.reading import was_read
from cartref.calendars import rendering
from cartref.calendars.messages import description
from cartref.i18n import words
from cartref.visits.views.blueprint import blueprint
from cartref.visits.views.visitor import for_visitor
from cartref.visits.visitors import Visitor
from cartref.web import locale


@blueprint.get("/visit/<visit_id>/calendar.ics")
@for_visitor
def calendar(visitor: Visitor) -> Response:
    """Give the appointment as a file that calendar programs put in; the way in is not in it, and nobody is named."""
    visit, language = visitor.appointment, locale.language()
    was_read(visitor.actor, "calendar.exported", "appointment", visit.id, patient_id=visit.patient_id)
    said = description(visit, words(language), joins=visit.mode is Mode.VIDEO_HOME)
    answer = Response(rendering.one_ics(visit, language, said), content_type=ical.CONTENT_TYPE)
    answer.headers.set("Content-Disposition", "attachment", filename="appointment.ics")
    answer.headers["Cache-Control"] = "no-store"
    return answer
