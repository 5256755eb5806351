"""An appointment as a calendar event: without anyone's identity, written when it changes and never when it is read."""

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
    """Return the appointment's VEVENT (RFC 5545 3.6.1); DTSTAMP is when it last changed."""
    said = words(language)
    clinic = appointment.session.clinic.public_name(language)
    cancelled = appointment.status is AppointmentStatus.CANCELLED
    return ical.event(
        uid=appointment.uid,
        sequence=appointment.sequence,
        revised_at=appointment.updated_at,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        status=ical.EventStatus.CANCELLED if cancelled else ical.EventStatus.CONFIRMED,
        summary=said.gettext(SUMMARIES[appointment.mode], clinic=clinic),
        location=_location(appointment),
        url=_page(appointment, public_url),
        conference_label=said.gettext(JOIN) if appointment.by_video else "",
    )


def _location(appointment: Appointment) -> str:
    places = (appointment.site, appointment.room)
    return ", ".join(place.name for place in places if place is not None)


def _page(appointment: Appointment, public_url: str | None) -> str | None:
    if public_url is None or appointment.status is AppointmentStatus.CANCELLED:
        return None
    page = VIDEO_PAGE if appointment.by_video else OTHER_PAGE
    return public_url + page.format(id=appointment.id)
