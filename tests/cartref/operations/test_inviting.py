"""The worker hears of an appointment that changed, and invites."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments.models import Appointment
from cartref.calendars.models import Invitation
from cartref.operations import worker
from tests.cartref.appointments.conftest import Desk, desk, today

__all__ = ["desk", "today"]


def waiting(app: Flask) -> list[str]:
    """Return the names of the tasks that the worker has before it."""
    return [task.name for task in app.extensions["cartref.queue"].pending()]


def test_a_page_that_changes_an_appointment_wakes_the_worker(
    app: Flask, desk: Desk, sign_in: Callable[[str], FlaskClient]
) -> None:
    appointment = desk.book(0)
    address, version = f"/appointments/{appointment.id}/cancel", str(appointment.version)
    desk.session.commit()
    admin = sign_in("admin")

    admin.get(address)
    assert "invite" not in waiting(app)
    answer = admin.post(address, data={"reason": "patient-cannot-come", "version": version})

    assert answer.status_code == 303, answer.text
    assert "invite" in waiting(app)


def test_the_task_invites_and_the_timetable_does_so_every_minute(app: Flask, desk: Desk, session: Session) -> None:
    desk.world.staff["clinician"].wants_invitations = True
    desk.book(0)
    session.commit()

    app.extensions["cartref.invite"].call_local()

    assert session.scalars(select(Invitation.appointment_id)).all() == session.scalars(select(Appointment.id)).all()
    assert "send-invitations" in {job.name for job in worker.TIMETABLE}
