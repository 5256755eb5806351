"""The words and the calendar part of an invitation, made when it goes; nobody is named in either."""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy.orm import Session

from cartref import clock, formatting, ical
from cartref.appointments import events
from cartref.appointments import queries as appointments
from cartref.appointments.models import Appointment, AppointmentStatus, Mode
from cartref.calendars.inviting import KIND
from cartref.calendars.models import Invitation
from cartref.calendars.wanting import Kind, language_to_tell
from cartref.i18n import N_, Words, words
from cartref.ical import Method
from cartref.links.addresses import Addresses
from cartref.notifications.message import Message
from cartref.notifications.models import Notice

TEMPLATES = Environment(
    loader=PackageLoader("cartref", "templates/calendars"), autoescape=True, undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip
SUBJECTS = {
    Method.REQUEST: N_("For your calendar: %(when)s"),
    Method.CANCEL: N_("No longer in your calendar: %(when)s"),
}
JOIN = N_("To join, use the link in the message that we sent you.")


@dataclass(frozen=True)
class Facts:
    """What one message is made of."""

    appointment: Appointment
    invitation: Invitation
    method: Method
    said: Words

    @property
    def to_staff(self) -> bool:
        """Tell whether it goes to a colleague."""
        return self.invitation.person_kind == Kind.STAFF

    @property
    def joins(self) -> bool:
        """Tell whether it goes to somebody who has a link of her own to come in by."""
        if self.appointment.mode is not Mode.VIDEO_HOME or self.to_staff:
            return False
        guests = {guest.carer_id for guest in self.appointment.participants}
        return self.invitation.person_kind == Kind.PATIENT or self.invitation.person_id in guests

    @property
    def when(self) -> str:
        """Return "Tuesday 8 December 2026, 9am"."""
        zone = ZoneInfo(self.appointment.session.zone)
        return formatting.day_and_time(
            formatting.local(self.appointment.starts_at, zone), self.said.language, year=True
        )  # fmt: skip

    @property
    def phone(self) -> str:
        """Return the number that the clinic answers."""
        return formatting.telephone(self.appointment.session.clinic.contact_phone)


def render(session: Session, addresses: Addresses, notice: Notice) -> Message | None:
    """Return the invitation or its withdrawal; None when something later overtook it, or she may not be told now."""
    invitation = session.get_one(Invitation, notice.subject_id)
    appointment = appointments.for_visit(session, invitation.appointment_id)
    method = Method(notice.payload["method"])
    if appointment is None or _overtaken(appointment, invitation, notice, method):
        return None
    language = language_to_tell(session, appointment, invitation.person_kind, invitation.person_id)
    if language is None:
        return None
    facts = Facts(appointment, invitation, method, words(language))
    return _message(facts, notice, addresses)


def description(appointment: Appointment, said: Words, *, joins: bool) -> str:
    """Return what an entry in a patient's or carer's calendar says beside the time: never her way in itself."""
    phone = formatting.telephone(appointment.session.clinic.contact_phone)
    how = [said.gettext(JOIN)] if joins else []
    return "\n".join([*how, said.gettext(N_("To change or cancel, ring us on %(phone)s."), phone=phone)])


def _overtaken(appointment: Appointment, invitation: Invitation, notice: Notice, method: Method) -> bool:
    latest = notice.payload["sequence"] == invitation.sequence
    if method is Method.CANCEL:  # to an address that was given up, it goes whatever came after at another
        return not latest and invitation.cancelled_at is None and notice.payload["email"] == invitation.email
    current = invitation.cancelled_at is None and invitation.revision == appointment.sequence
    return not (latest and current and appointment.live and appointment.ends_at > clock.now())


def _message(facts: Facts, notice: Notice, addresses: Addresses) -> Message:
    to, language = str(notice.payload["email"]), facts.said.language
    subject = facts.said.gettext(SUBJECTS[facts.method], when=facts.when)
    lines = list(_lines(facts))
    return Message(
        to=to,
        subject=subject,
        text="\n\n".join(lines) + "\n",
        html=TEMPLATES.get_template("invitation.html").render(language=language.value, subject=subject, lines=lines),
        calendar=_calendar(facts, notice, addresses, to),
        method=facts.method.value,
    )


def _calendar(facts: Facts, notice: Notice, addresses: Addresses, to: str) -> bytes:
    appointment, language = facts.appointment, facts.said.language
    clinic = appointment.session.clinic
    event = events.invitation(
        appointment,
        language,
        sequence=notice.payload["sequence"],
        stamped_at=notice.created_at,
        invited=ical.Invited(clinic.contact_email, clinic.public_name(language), to),
        description="" if facts.to_staff else description(appointment, facts.said, joins=facts.joins),
        public_url=addresses.public_url if facts.to_staff else None,
        off=facts.method is Method.CANCEL,
    )
    return ical.message(event, method=facts.method, language=language)


def _lines(facts: Facts) -> Iterator[str]:
    _ = facts.said.gettext
    yield f"{events.summary(facts.appointment, facts.said.language)}\n{facts.when}"
    yield from _withdrawn(facts) if facts.method is Method.CANCEL else _invited(facts)
    yield _(N_("If you have a question, ring us on %(phone)s."), phone=facts.phone)


def _withdrawn(facts: Facts) -> Iterator[str]:
    _ = facts.said.gettext
    if facts.appointment.status is AppointmentStatus.CANCELLED:
        yield _(N_("This appointment is cancelled. We have taken it out of your calendar."))
    else:
        yield _(N_("We have taken this entry out of your calendar."))
        yield _(N_("The appointment itself is not cancelled."))


def _invited(facts: Facts) -> Iterator[str]:
    _ = facts.said.gettext
    yield _(N_("This message is for your calendar. If the appointment changes, we will send you another."))
    if facts.joins:
        yield _(JOIN)
    if facts.to_staff:
        yield _(N_("If you answer No, the booking desk rings you. Nothing is cancelled by that."))
    else:
        yield _(N_("If you answer No, we will ring you. Nothing is cancelled by that."))


RENDERERS = {KIND: render}
