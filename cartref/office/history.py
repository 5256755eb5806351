"""What has happened to an appointment, in order of time: from its own columns and its notices. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from cartref.appointments.messages import KIND_WORDS
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.appointments.status import CANCEL_REASONS, OFFER_REASONS, CancelReason
from cartref.consultations.models import LadderStep
from cartref.consultations.service import REASONS as LADDER_REASONS
from cartref.consultations.service import RUNGS, Reason
from cartref.i18n import N_, words
from cartref.notifications.models import Notice, NoticeState
from cartref.office.labels import WAYS
from cartref.office.speech import Speech

# What stands before the colon agrees with nothing after it.
NOTICE_WORDS = {
    NoticeState.PENDING: N_("On its way: %(what)s, %(way)s, %(name)s"),
    NoticeState.SENDING: N_("On its way: %(what)s, %(way)s, %(name)s"),
    NoticeState.SENT: N_("Sent: %(what)s, %(way)s, %(name)s"),
    NoticeState.WITHDRAWN: N_("Withdrawn before it was sent: %(what)s, %(way)s, %(name)s"),
    NoticeState.FAILED: N_("Could not be sent: %(what)s, %(way)s, %(name)s"),
}
KINDS = KIND_WORDS | {
    "calendar.invitation": N_("Calendar invitation"),
    "visit.unseen": N_("A patient who waits, to the clinic"),
}
REASONS = CANCEL_REASONS | OFFER_REASONS


class Happening(NamedTuple):
    """One thing that happened, in words."""

    at: datetime
    text: str


def history(
    appointment: Appointment, notices: Sequence[Notice], names: Mapping[str, str], language: str,
    steps: Sequence[LadderStep] = (),
) -> list[Happening]:  # fmt: skip
    """Return what happened, oldest first; `names` are those of staff and of the notices' recipients, by id.

    `steps` are those that the visit took between picture, sound, telephone and another day.
    """
    happenings = [*_own(appointment, names, language), *_notices(notices, names, language), *_steps(steps, language)]
    return sorted(happenings, key=attrgetter("at"))


def _steps(steps: Sequence[LadderStep], language: str) -> Iterator[Happening]:
    said = words(language)
    for step in steps:
        told = {"rung": said.gettext(RUNGS[step.rung]), "why": said.gettext(LADDER_REASONS[Reason(step.reason)])}
        yield Happening(step.at, said.gettext("%(rung)s: %(why)s", **told))


def _own(appointment: Appointment, names: Mapping[str, str], language: str) -> Iterator[Happening]:
    said, say = words(language), Speech(language)
    who = names.get(appointment.booked_by_id or "")
    if appointment.status is AppointmentStatus.PENDING:
        yield Happening(appointment.created_at, said.gettext("Held for an answer"))
    else:
        booked = said.gettext("Booked by %(name)s", name=who) if who else said.gettext("Booked")
        yield Happening(appointment.created_at, booked)
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
        said = words(language)
        what = said.gettext(KINDS[notice.kind]) if notice.kind in KINDS else notice.kind
        way, name = said.gettext(WAYS[notice.channel]), names.get(notice.recipient_id, "")
        text = said.gettext(NOTICE_WORDS[notice.state], what=what, way=way, name=name).removesuffix(", ")
        yield Happening(notice.sent_at or notice.created_at, text)
