"""The list of a day or a week, as it is printed and as it goes into a spreadsheet, in the reader's language."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from cartref import formatting, sheets
from cartref.accounts.actor import Actor
from cartref.appointments import queries as appointments
from cartref.appointments.models import Appointment, AppointmentStatus, Mode
from cartref.calendars import scopes
from cartref.calendars.models import FeedScope
from cartref.clinics import queries as clinics
from cartref.i18n import N_, Words, words
from cartref.patients.needs import needs_of

MODES = {
    Mode.VIDEO_HOME: N_("Video, at home"),
    Mode.VIDEO_SITE: N_("Video, at a hospital"),
    Mode.TELEPHONE: N_("By telephone"),
    Mode.IN_PERSON: N_("Face to face"),
}
STATUSES = {  # neither a cancelled appointment nor a time that is only held is on a list
    AppointmentStatus.BOOKED: N_("Booked"),
    AppointmentStatus.ARRIVED: N_("Arrived"),
    AppointmentStatus.FULFILLED: N_("Seen"),
    AppointmentStatus.NOSHOW: N_("Did not attend"),
}


class Span(StrEnum):
    """How much one list holds."""

    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True)
class Line:
    """One appointment in finished words."""

    date: str
    starts: str
    ends: str
    patient: str
    nhs_number: str
    born: str
    telephone: str
    how: str
    clinician: str
    clinic: str
    place: str
    room: str
    needs: str
    status: str


# The columns of a sheet in order; a day's has no use for the first.
COLUMNS = {
    "date": N_("Date"), "starts": N_("Start time"), "ends": N_("End time"), "patient": N_("Patient"),
    "nhs_number": N_("NHS number"), "born": N_("Date of birth"), "telephone": N_("Telephone number"), "how": N_("How"),
    "clinician": N_("Clinician"), "clinic": N_("Clinic"), "place": N_("Place"), "room": N_("Room"),
    "needs": N_("Needs"), "status": N_("Status"),
}  # fmt: skip


@dataclass(frozen=True)
class Group:
    """The lines of one sitting, or of one day, under its heading."""

    heading: str
    detail: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class List:
    """The appointments of some days by time, and how they are said."""

    span: Span
    first: date
    last: date
    appointments: Sequence[Appointment]
    zone: ZoneInfo
    said: Words

    @property
    def days(self) -> str:
        """Return which days it holds: "Tuesday 8 December 2026", "7 to 13 December 2026"."""
        if self.span is Span.DAY:
            return formatting.date_label(self.first, self.said.language)
        return formatting.date_range(self.first, self.last, self.said.language)

    @property
    def groups(self) -> list[Group]:
        """Return the lines as they are printed: a day's by sitting, a week's by day."""
        grouped = _by_sitting(self) if self.span is Span.DAY else _by_day(self)
        return list(grouped)

    @property
    def table(self) -> list[list[str]]:
        """Return the rows of a sheet, the headings first."""
        columns = [name for name in COLUMNS if name != "date" or self.span is Span.WEEK]
        headings = [self.said.gettext(COLUMNS[name]) for name in columns]
        return [headings, *([getattr(line, name) for name in columns] for line in _lines(self, self.appointments))]

    def csv(self) -> str:
        """Return the list as CSV (RFC 4180); what a spreadsheet would run as a formula is made inert."""
        return sheets.csv_text(self.table)

    def xlsx(self) -> bytes:
        """Return the list as an XLSX workbook of one sheet, every cell of it text."""
        return sheets.xlsx(self.table, title=self.first.isoformat())


def list_of(
    session: Session, actor: Actor, span: Span, day: date, *, only: tuple[FeedScope, str] | None = None
) -> List:
    """Return the list of a day, or of the week (from Monday) that it lies in; cancelled appointments are left out.

    `only` narrows it to one clinician, clinic, place or room of the service; raise NotFound for any other's.
    """
    if only is not None:
        scopes.check(session, actor, *only)
    first = day if span is Span.DAY else day - timedelta(days=day.weekday())
    last = first if span is Span.DAY else first + timedelta(days=6)
    found = appointments.of_days(session, actor, first, last)
    return List(
        span, first, last, [one for one in found if only is None or _belongs(one, *only)],
        clinics.zone(session, actor), words(actor.language),
    )  # fmt: skip


def _belongs(appointment: Appointment, kind: FeedScope, scope_id: str) -> bool:
    there = {
        FeedScope.CLINICIAN: appointment.clinician_id,
        FeedScope.CLINIC: appointment.session.clinic_id,
        FeedScope.SITE: appointment.site_id,
        FeedScope.ROOM: appointment.room_id,
        FeedScope.SERVICE: appointment.service_id,
    }
    return there[kind] == scope_id


def _by_sitting(shown: List) -> Iterator[Group]:
    by_sitting = sorted(shown.appointments, key=lambda one: (one.session.starts_at, one.session_id, one.starts_at))
    for _sitting_id, found in groupby(by_sitting, key=lambda one: one.session_id):
        here = list(found)
        sitting = here[0].session
        span = formatting.time_range(
            formatting.local(sitting.starts_at, shown.zone), formatting.local(sitting.ends_at, shown.zone),
            shown.said.language,
        )  # fmt: skip
        yield Group(sitting.clinic.name, f"{span}, {here[0].clinician.display_name}", list(_lines(shown, here)))


def _by_day(shown: List) -> Iterator[Group]:
    for day, found in groupby(shown.appointments, key=lambda one: formatting.local(one.starts_at, shown.zone).date()):
        yield Group(formatting.date_label(day, shown.said.language), "", list(_lines(shown, found)))


def _lines(shown: List, found: Iterable[Appointment]) -> Iterator[Line]:
    return (_line(one, shown.zone, shown.said) for one in found)


def _line(appointment: Appointment, zone: ZoneInfo, said: Words) -> Line:
    patient, language = appointment.patient, said.language
    starts, ends = formatting.local(appointment.starts_at, zone), formatting.local(appointment.ends_at, zone)
    return Line(
        date=formatting.date_label(starts.date(), language),
        starts=formatting.time(starts, language),
        ends=formatting.time(ends, language),
        patient=patient.name,
        nhs_number=formatting.nhs_number_display(patient.nhs_number) if patient.nhs_number else "",
        born=formatting.plain_date(patient.born_on, language),
        telephone=formatting.telephone(patient.ring_on) if patient.ring_on else "",
        how=said.gettext(MODES[appointment.mode]),
        clinician=appointment.clinician.display_name,
        clinic=appointment.session.clinic.name,
        place=appointment.site.name if appointment.site else "",
        room=appointment.room.name if appointment.room else "",
        needs=", ".join(need.text for need in needs_of(patient)),
        status=said.gettext(STATUSES[appointment.status]),
    )
