"""An appointment as a calendar event: without anyone's identity, written when it changes and never when it is read."""

from datetime import datetime
from typing import TypedDict

from cartref import ical
from cartref.appointments.models import Appointment, AppointmentStatus, Mode
from cartref.i18n import N_, Language, words

SUMMARIES = {
    Mode.VIDEO_HOME: N_("Video appointment – %(clinic)s"),
    Mode.VIDEO_SITE: N_("Video appointment – %(clinic)s"),
    Mode.TELEPHONE: N_("Phone appointment – %(clinic)s"),
    Mode.IN_PERSON: N_("Face-to-face appointment – %(clinic)s"),
}
JOIN = N_("Open the visit")

# Pages for staff who are signed in: a calendar never carries a patient's way in.
VIDEO_PAGE = "/consultation/{id}"
OTHER_PAGE = "/appointments/{id}"


def write(appointment: Appointment, public_url: str | None) -> None:
    """Put the appointment's VEVENT in both languages on its row; without `public_url` it leads nowhere."""
    appointment.event_bytes = event(appointment, Language.ENGLISH, public_url)
    appointment.event_bytes_cy = event(appointment, Language.WELSH, public_url)


def event(appointment: Appointment, language: str, public_url: str | None) -> bytes:
    """Return the appointment's VEVENT (RFC 5545 3.6.1) as feeds show it; DTSTAMP is when it last changed."""
    return ical.event(
        sequence=appointment.sequence,
        status=_status(cancelled=appointment.status is AppointmentStatus.CANCELLED),
        **_facts(appointment, language),
        **_way_in(appointment, language, public_url),
    )


def invitation(
    appointment: Appointment,
    language: str,
    *,
    sequence: int,
    stamped_at: datetime,
    invited: ical.Invited | None,
    description: str = "",
    public_url: str | None = None,
    off: bool = False,
) -> bytes:
    """Return the appointment's VEVENT for one person; `off` takes it out of her calendar again.

    `public_url` is for staff alone: it leads to a page behind their sign-in.
    """
    return ical.event(
        sequence=sequence,
        status=_status(cancelled=off),
        stamped_at=stamped_at,
        invited=invited,
        description=description,
        **_facts(appointment, language),
        **_way_in(appointment, language, None if off else public_url),
    )


def summary(appointment: Appointment, language: str) -> str:
    """Return what the appointment is called in calendars: "Video appointment – Glan Llyn clinic"."""
    clinic = appointment.session.clinic.public_name(language)
    return words(language).gettext(SUMMARIES[appointment.mode], clinic=clinic)


class _Facts(TypedDict):
    uid: str
    revised_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str


class _WayIn(TypedDict):
    url: str | None
    conference_label: str


def _facts(appointment: Appointment, language: str) -> _Facts:
    return {
        "uid": appointment.uid,
        "revised_at": appointment.updated_at,
        "starts_at": appointment.starts_at,
        "ends_at": appointment.ends_at,
        "summary": summary(appointment, language),
        "location": _location(appointment),
    }


def _way_in(appointment: Appointment, language: str, public_url: str | None) -> _WayIn:
    label = words(language).gettext(JOIN) if appointment.by_video else ""
    return {"url": _page(appointment, public_url), "conference_label": label}


def _status(*, cancelled: bool) -> ical.EventStatus:
    return ical.EventStatus.CANCELLED if cancelled else ical.EventStatus.CONFIRMED


def _location(appointment: Appointment) -> str:
    places = (appointment.site, appointment.room)
    return ", ".join(place.name for place in places if place is not None)


def _page(appointment: Appointment, public_url: str | None) -> str | None:
    if public_url is None or appointment.status is AppointmentStatus.CANCELLED:
        return None
    page = VIDEO_PAGE if appointment.by_video else OTHER_PAGE
    return public_url + page.format(id=appointment.id)
