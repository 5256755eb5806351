"""One day of the service: every session, its free times and who is booked."""

from datetime import date, timedelta

from flask import render_template, request

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments import queries as appointments
from cartref.appointments.service import offers_among
from cartref.clinics import queries as clinics
from cartref.clinics.bank_holidays import HOLIDAY_WORDS, bank_holiday
from cartref.consultations.labels import READY_WORDS
from cartref.consultations.readiness.queries import readied
from cartref.db import db
from cartref.office import ready_list
from cartref.office.diary import sittings
from cartref.office.labels import ASKED_WAYS, CLOSED_WORDS, MODES_SHORT, STATUS_WORDS, STATUSES
from cartref.office.queries import slots_of
from cartref.office.speech import today
from cartref.office.views.blueprint import blueprint


@blueprint.get("/day")
@requires(Permission.APPOINTMENTS_READ)
def day() -> str:
    """Show one day, today unless `date` names another; as many queries however full it is."""
    session, actor = db.session(), current_actor()
    shown = asked_date() or today()
    sessions = clinics.sessions(session, actor, first=shown, last=shown)
    slots = slots_of(session, actor, [sitting.id for sitting in sessions])
    booked = appointments.of_day(session, actor, shown, held=True)
    shown_sittings = list(sittings(sessions, slots, booked))
    return render_template(
        "office/day.html",
        shown=shown,
        today=today(),
        previous=shown - timedelta(days=1),
        following=shown + timedelta(days=1),
        sittings=shown_sittings,
        offers=offers_among(session, booked),
        ways=ASKED_WAYS,
        holiday=bank_holiday(shown),
        holiday_words=HOLIDAY_WORDS,
        closed_words=CLOSED_WORDS,
        modes=MODES_SHORT,
        statuses=STATUSES,
        status_words=STATUS_WORDS,
        ready_of=readied(session, booked),
        ready_words=READY_WORDS,
        to_ring=ready_list.to_ring(session, actor) if actor.may(Permission.CALLS_WRITE) else 0,
    )


def asked_date(name: str = "date") -> date | None:
    """Return the day that the address asks for; None when it names none that there is room for."""
    try:
        asked = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return asked if 1900 <= asked.year <= 9000 else None
