"""What has happened to an appointment, in order of time: from its own columns and its notices. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from cartref.appointments.models import Appointment
from cartref.appointments.status import CANCEL_REASONS, OFFER_REASONS, CancelReason
from cartref.i18n import N_, words
from cartref.notifications.models import Notice, NoticeState
from cartref.office.speech import Speech

NOTICE_WORDS = {
    NoticeState.PENDING: N_("Confirmation is on its way: %(name)s"),
    NoticeState.SENDING: N_("Confirmation is on its way: %(name)s"),
    NoticeState.SENT: N_("Confirmation sent: %(name)s"),
    NoticeState.WITHDRAWN: N_("Confirmation withdrawn before it was sent: %(name)s"),
    NoticeState.FAILED: N_("Confirmation could not be sent: %(name)s"),
}
REASONS = CANCEL_REASONS | OFFER_REASONS


class Happening(NamedTuple):
    """One thing that happened, in words."""

    at: datetime
    text: str


def history(
    appointment: Appointment, notices: Sequence[Notice], names: Mapping[str, str], language: str
) -> list[Happening]:
    """Return what happened, oldest first; `names` are those of staff and of the notices' recipients, by id."""
    happenings = [*_own(appointment, names, language), *_notices(notices, names, language)]
    return sorted(happenings, key=attrgetter("at"))


def _own(appointment: Appointment, names: Mapping[str, str], language: str) -> Iterator[Happening]:
    said, say = words(language), Speech(language)
    who = names.get(appointment.booked_by_id or "")
    yield Happening(
        appointment.created_at, said.gettext("Booked by %(name)s", name=who) if who else said.gettext("Booked")
    )
    if appointment.moved_at and appointment.moved_from_at:
        before = say.moment(appointment.moved_from_at)
        yield Happening(appointment.moved_at, said.gettext("Moved. The time before: %(time)s", time=before))
    if appointment.arrived_at:
        yield Happening(appointment.arrived_at, said.gettext("Arrived"))
    if appointment.cancelled_at and appointment.cancelled_reason:
        reason = said.gettext(REASONS[CancelReason(appointment.cancelled_reason)].words)
        yield Happening(appointment.cancelled_at, said.gettext("Cancelled. Reason: %(reason)s", reason=reason))


def _notices(notices: Sequence[Notice], names: Mapping[str, str], language: str) -> Iterator[Happening]:
    for notice in notices:
        name = names.get(notice.recipient_id, "")
        text = words(language).gettext(NOTICE_WORDS[notice.state], name=name)
        yield Happening(notice.sent_at or notice.created_at, text)
