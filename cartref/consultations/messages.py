"""The words of the notices that consultations send: to the clinic in both languages, as nobody knows who reads them."""

from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from cartref import formatting
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.clinics.models import Clinic
from cartref.consultations.unseen import KIND
from cartref.i18n import Language, words
from cartref.links.addresses import Addresses
from cartref.notifications.message import Message
from cartref.notifications.models import Notice

BOTH = (Language.WELSH, Language.ENGLISH)


def unseen(session: Session, addresses: Addresses, notice: Notice) -> Message | None:
    """Return the message that somebody waits whom nobody has let in; no name is in it. None when the visit is over."""
    appointment = session.get_one(Appointment, notice.subject_id)
    if appointment.status not in {AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED}:
        return None
    to = session.get_one(Clinic, notice.recipient_id).contact_email
    subject = " / ".join(words(language).gettext("Somebody is waiting") for language in BOTH)
    return Message(to, subject, "\n\n".join(_text(appointment, addresses, language) for language in BOTH))


def _text(appointment: Appointment, addresses: Addresses, language: Language) -> str:
    said = words(language)
    at = formatting.local(appointment.starts_at, ZoneInfo(appointment.session.zone))
    lines = (
        said.gettext(
            "Somebody waits for the visit at %(time)s, and nobody has come.", time=formatting.time(at, language)
        ),
        said.gettext("Clinic: %(clinic)s", clinic=appointment.session.clinic.name),
        said.gettext("Board: %(url)s", url=f"{addresses.public_url}/board/{appointment.session_id}"),
    )
    return "\n".join(lines)


RENDERERS = {KIND: unseen}
