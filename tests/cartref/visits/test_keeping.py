"""The appointment as a file for the visitor's own calendar."""

from datetime import UTC

import vobject

from tests.cartref.visits.conftest import STARTS_AT, Visitor


def test_the_appointment_is_put_into_her_calendar_without_a_question_or_a_way_in(patient: Visitor) -> None:
    patient.prove()

    answer = patient.get("/calendar.ics")

    calendar = vobject.readOne(answer.text)
    assert answer.headers["Content-Disposition"] == "attachment; filename=appointment.ics"
    assert calendar.method.value == "PUBLISH"
    assert calendar.vevent.dtstart.value.astimezone(UTC) == STARTS_AT
    assert not {"attendee", "organizer", "url", "conference"} & set(calendar.vevent.contents)
    assert [secret for secret in ("/v/", "Eluned", "Parry", "999") if secret in answer.text] == []
