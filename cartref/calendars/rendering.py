"""A calendar as a file: stored events joined, and a day's list as comma-separated values."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, date, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from cartref import formatting, ical
from cartref.accounts.actor import Actor
from cartref.appointments import queries as appointments
from cartref.appointments.models import Appointment, AppointmentStatus, Mode
from cartref.calendars import queries
from cartref.calendars.queries import Mark, Scope, Window
from cartref.clinics import queries as clinics
from cartref.i18n import N_, Words, words

BYTE_ORDER_MARK = "\ufeff"  # without it a spreadsheet takes "ŵ" for two letters
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet may run when a cell begins with it

HEADINGS = (
    N_("Start time"), N_("End time"), N_("Patient"), N_("NHS number"), N_("Date of birth"), N_("Telephone number"),
    N_("How"), N_("Clinician"), N_("Clinic"), N_("Place"), N_("Room"), N_("Status"),
)  # fmt: skip
MODES = {
    Mode.VIDEO_HOME: N_("Video, at home"),
    Mode.VIDEO_SITE: N_("Video, at a hospital"),
    Mode.TELEPHONE: N_("By telephone"),
    Mode.IN_PERSON: N_("Face to face"),
}
STATUSES = {  # a cancelled appointment is on no list
    AppointmentStatus.BOOKED: N_("Booked"),
    AppointmentStatus.ARRIVED: N_("Arrived"),
    AppointmentStatus.FULFILLED: N_("Seen"),
    AppointmentStatus.NOSHOW: N_("Did not attend"),
}


def feed_ics(session: Session, scope: Scope, window: Window, *, language: str, source: str | None = None) -> bytes:
    """Return the whole calendar (RFC 5545 3.4) in a language, with nobody's identity in it."""
    stored = queries.events(session, scope, window, language)
    return b"".join(ical.calendar(stored, name=scope.name, language=language, source=source))


def clinic_ics(session: Session, actor: Actor, clinic_id: str) -> tuple[str, bytes]:
    """Return the clinic's public name and its calendar file in the actor's language; raise NotFound."""
    scope = queries.scope_of_clinic(clinics.find(session, actor, clinic_id), actor.language)
    return scope.name, feed_ics(session, scope, Window.now(), language=actor.language)


def etag(scope: Scope, mark: Mark, language: str) -> str:
    """Return the strong validator (RFC 9110 8.8.3) of a calendar, without its quotes."""
    told = (scope, language, mark.count, mark.versions, mark.revised_at, mark.window.starts_at)
    return sha256(repr(told).encode()).hexdigest()[:32]


def last_modified(mark: Mark) -> datetime:
    """Return when the calendar last changed: with an appointment, or with the day."""
    return max(filter(None, (mark.revised_at, mark.window.starts_at + queries.BACK))).astimezone(UTC)


def day_csv(session: Session, actor: Actor, local_date: date) -> tuple[list[Appointment], str]:
    """Return the day's appointments and the same as CSV (RFC 4180) in the actor's language, cancelled ones left out.

    Cells that a spreadsheet would run as a formula are made inert.
    """
    found = list(appointments.of_day(session, actor, local_date))
    zone, said = clinics.zone(session, actor), words(actor.language)
    sheet = io.StringIO(BYTE_ORDER_MARK)
    sheet.seek(0, io.SEEK_END)
    rows = csv.writer(sheet)
    rows.writerow(said.gettext(heading) for heading in HEADINGS)
    rows.writerows(map(inert, _cells(appointment, zone, said)) for appointment in found)
    return found, sheet.getvalue()


def inert(cell: str) -> str:
    """Return the cell as text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _cells(appointment: Appointment, zone: ZoneInfo, said: Words) -> Iterable[str]:
    patient, sitting = appointment.patient, appointment.session
    for moment in (appointment.starts_at, appointment.ends_at):
        yield formatting.time(formatting.local(moment, zone), said.language)
    yield patient.name
    yield formatting.nhs_number_display(patient.nhs_number) if patient.nhs_number else ""
    yield formatting.plain_date(patient.born_on, said.language)
    yield formatting.telephone(patient.ring_on) if patient.ring_on else ""
    yield said.gettext(MODES[appointment.mode])
    yield appointment.clinician.display_name
    yield sitting.clinic.name
    yield appointment.site.name if appointment.site else ""
    yield appointment.room.name if appointment.room else ""
    yield said.gettext(STATUSES[appointment.status])
