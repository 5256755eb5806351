"""The confirmation of an appointment, worded when it goes: with the time, the place and the link as they are then."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy.orm import Session

from cartref import formatting
from cartref.appointments import queries
from cartref.appointments.messages.recipients import Recipient, recipients
from cartref.appointments.models import Appointment, Mode
from cartref.i18n import N_, Words, words
from cartref.links import queries as links
from cartref.links.addresses import Addresses
from cartref.links.models import Holder
from cartref.notifications.message import Message
from cartref.notifications.models import Notice

TEMPLATES = Environment(
    loader=PackageLoader("cartref", "templates/notices"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip

SUBJECTS = {
    Mode.VIDEO_HOME: N_("Your video appointment %(on_date)s"),
    Mode.VIDEO_SITE: N_("Your video appointment %(on_date)s"),
    Mode.TELEPHONE: N_("Your phone appointment %(on_date)s"),
    Mode.IN_PERSON: N_("Your face-to-face appointment %(on_date)s"),
}
ARRANGED = {
    Mode.VIDEO_HOME: N_("We have arranged a video appointment for you."),
    Mode.VIDEO_SITE: N_("We have arranged a video appointment for you."),
    Mode.TELEPHONE: N_("We have arranged a phone appointment for you."),
    Mode.IN_PERSON: N_("We have arranged a face-to-face appointment for you."),
}


@dataclass(frozen=True)
class Line:
    """One paragraph of a message: words, or an address to follow."""

    text: str
    is_link: bool = False


@dataclass(frozen=True)
class Facts:
    """What a confirmation tells one recipient."""

    appointment: Appointment
    recipient: Recipient
    said: Words
    link: str | None

    @property
    def starts_at(self) -> datetime:
        """Return the start on the clinic's clocks."""
        return formatting.local(self.appointment.starts_at, ZoneInfo(self.appointment.session.zone))

    @property
    def when(self) -> str:
        """Return "on Tuesday 8 December 2026 at 9am"."""
        return formatting.on_day_at_time(self.starts_at, self.said.language, year=True)

    @property
    def clinician(self) -> str:
        """Return the clinician's name with its title."""
        return self.appointment.clinician.display_name

    @property
    def phone(self) -> str:
        """Return the number that the clinic answers."""
        return formatting.telephone(self.appointment.session.clinic.contact_phone)


def render(session: Session, addresses: Addresses, notice: Notice) -> Message | None:
    """Return the confirmation for the notice's recipient, None when she is no longer to be told."""
    appointment = queries.for_visit(session, notice.subject_id)
    if appointment is None or not appointment.live:
        return None
    for recipient in recipients(session, appointment):
        if recipient.id == notice.recipient_id and recipient.obstacle is None:
            link = _link(session, addresses, appointment, recipient)
            return _message(Facts(appointment, recipient, words(notice.language), link))
    return None


def _link(session: Session, addresses: Addresses, appointment: Appointment, recipient: Recipient) -> str | None:
    found = links.of_holder(session, visit_id=appointment.id, holder=recipient.kind, holder_id=recipient.id)
    return addresses.url(found) if found is not None and found.revoked_at is None else None


def _message(facts: Facts) -> Message:
    of_patient = facts.recipient.kind is Holder.PATIENT
    subject = facts.said.gettext(
        SUBJECTS[facts.appointment.mode] if of_patient else N_("An appointment %(on_date)s"),
        on_date=formatting.on_date(facts.starts_at.date(), facts.said.language),
    )
    lines = [*(_to_patient(facts) if of_patient else _to_carer(facts)), *_signature(facts)]
    page = TEMPLATES.get_template("message.html")
    return Message(
        to=facts.recipient.email,
        subject=subject,
        text="\n\n".join(line.text for line in lines) + "\n",
        html=page.render(language=facts.said.language.value, subject=subject, lines=lines),
    )


def _to_patient(facts: Facts) -> Iterator[Line]:
    _ = facts.said.gettext
    mode, patient = facts.appointment.mode, facts.appointment.patient
    yield Line(_(N_("Dear %(name)s"), name=f"{patient.title or patient.given_name} {patient.family_name}"))
    yield Line(_(ARRANGED[mode]))
    if mode is Mode.TELEPHONE:
        yield Line(_(N_("%(clinician)s will ring you %(when)s."), clinician=facts.clinician, when=facts.when))
    else:
        yield Line(_(N_("You are seeing %(clinician)s %(when)s."), clinician=facts.clinician, when=facts.when))
    yield from _moved(facts)
    yield from _place(facts)
    if mode is Mode.VIDEO_HOME and facts.link:
        yield Line(_(N_("Open this link when it is time:")))
        yield Line(facts.link, is_link=True)
        yield Line(_(N_("You do not need an account or an app.")))
        yield Line(_(N_("We will ask for your date of birth.")))
        yield Line(_(N_("Keep this link private. Do not share it.")))
    yield Line(_(N_("You are welcome to have someone with you.")))
    yield Line(_(N_("Have your list of medicines, your glasses and your hearing aid to hand.")))
    yield Line(_(N_("To change or cancel, ring us on %(phone)s."), phone=facts.phone))


def _to_carer(facts: Facts) -> Iterator[Line]:
    _ = facts.said.gettext
    patient = facts.appointment.patient.spoken_name  # no more of her than a carer needs
    yield Line(_(N_("Dear %(name)s"), name=facts.recipient.name))
    if facts.appointment.mode is Mode.TELEPHONE:
        sentence = N_("%(clinician)s will ring %(patient)s %(when)s.")
    else:
        sentence = N_("%(patient)s is seeing %(clinician)s %(when)s.")
    yield Line(_(sentence, patient=patient, clinician=facts.clinician, when=facts.when))
    yield from _moved(facts)
    yield from _place(facts)
    if facts.link:
        yield Line(_(N_("You can join by video. Open this link when it is time:")))
        yield Line(facts.link, is_link=True)
        yield Line(_(N_("We will ask for the date of birth of %(patient)s."), patient=patient))
        yield Line(_(N_("Keep this link private. Do not share it.")))
    yield Line(_(N_("If you have a question, ring us on %(phone)s."), phone=facts.phone))


def _moved(facts: Facts) -> Iterator[Line]:
    if facts.appointment.moved_at is not None:
        yield Line(facts.said.gettext(N_("This date replaces the old one.")))


def _place(facts: Facts) -> Iterator[Line]:
    _, site = facts.said.gettext, facts.appointment.site
    if site is None:
        return
    place = ", ".join(filter(None, (site.name, *site.address.split("\n"), site.postcode)))
    yield Line(_(N_("Place: %(place)s"), place=place))
    if facts.appointment.mode is Mode.VIDEO_SITE:
        yield Line(_(N_("Somebody there will help with the video.")))


def _signature(facts: Facts) -> Iterator[Line]:
    clinic, language = facts.appointment.session.clinic, facts.said.language
    board = clinic.service.health_board
    yield Line(facts.said.gettext(N_("Yours sincerely")))
    yield Line(f"{clinic.public_name(language)}, {board.name_cy if language == 'cy' else board.name_en}")
