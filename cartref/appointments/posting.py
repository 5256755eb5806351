"""What a print run must know of a letter about an appointment, or about one that is to be booked."""

from datetime import timedelta

from sqlalchemy.orm import Session

from cartref import clock, formatting
from cartref.accounts.models import Service
from cartref.appointments.messages.ways import LETTER_TAKES
from cartref.appointments.models import Appointment
from cartref.clinics.models import Clinic
from cartref.i18n import Language
from cartref.notifications.letter import Letterhead
from cartref.notifications.models import Notice
from cartref.notifications.press import Posting
from cartref.patients.models import Patient
from cartref.referrals.models import WaitingEntry


def posting(session: Session, notice: Notice) -> Posting:
    """Return who writes, whether the reader wants it larger, and whether the post is too slow for it."""
    appointment = session.get(Appointment, notice.subject_id)
    clinic = appointment.session.clinic if appointment else _awaited(session, notice)
    reader = session.get(Patient, notice.recipient_id)
    return Posting(
        head=_head(clinic, session.get_one(Service, notice.service_id)),
        large=reader is not None and bool(reader.sight_need),
        begins_before=appointment is not None and _begins_before(appointment),
    )


def _begins_before(appointment: Appointment) -> bool:
    """Tell whether it begins before the post can bring a letter; what lies in the past can still be written about."""
    takes = min(LETTER_TAKES, timedelta(days=appointment.session.clinic.letter_days))
    now = clock.now()
    return now < appointment.starts_at < now + takes


def _awaited(session: Session, notice: Notice) -> Clinic | None:
    entry = session.get(WaitingEntry, notice.subject_id)
    return entry.clinic if entry else None


def _head(clinic: Clinic | None, service: Service) -> Letterhead:
    board = service.health_board
    boards = {Language.ENGLISH.value: board.name_en, Language.WELSH.value: board.name_cy}
    names = {language: (clinic.public_name(language), name) if clinic else (name,) for language, name in boards.items()}
    return Letterhead(names, formatting.telephone((clinic or service).contact_phone))
