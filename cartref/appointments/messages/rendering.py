"""Putting a notice into words when it goes: the service's own wording or CARTREF's, in her language, or in both."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.models import Service
from cartref.appointments import queries
from cartref.appointments.messages import kinds
from cartref.appointments.messages.recipients import Recipient, of_patient, recipients
from cartref.appointments.messages.values import Facts, of_sender, values
from cartref.appointments.messages.words import needs, own, template_kind
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.i18n import other, words
from cartref.links import queries as links
from cartref.links.addresses import Addresses
from cartref.notifications import wording
from cartref.notifications.message import Message, Part
from cartref.notifications.models import Channel, Notice
from cartref.notifications.wording import Wording
from cartref.referrals.models import EntryStatus, WaitingEntry

TEMPLATES = Environment(
    loader=PackageLoader("cartref", "templates/notices"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip
BETWEEN_LANGUAGES = "\n\n" + 24 * "–" + "\n\n"
SAID_ONCE = ("link", "phone")  # of a short text in two languages, the second need not repeat these

ValuesOf = Callable[[str, bool], dict[str, str]]  # (language, short) -> what the placeholders stand for


def _still_to_come(appointment: Appointment) -> bool:
    return appointment.status is AppointmentStatus.BOOKED and appointment.starts_at > clock.now()


def _late_and_to_come(appointment: Appointment) -> bool:
    late = timedelta(minutes=appointment.session.late_minutes)
    return appointment.live and clock.now() < appointment.starts_at + late


# While this is so of the appointment, the notice still has something to say.
STILL_TRUE: dict[str, Callable[[Appointment], bool]] = {
    kinds.CONFIRMATION: lambda appointment: appointment.live,
    kinds.CHANGED: _still_to_come,
    kinds.CANCELLED: lambda appointment: appointment.status is AppointmentStatus.CANCELLED,
    kinds.REMINDER: _still_to_come,
    kinds.LATE: _late_and_to_come,
    kinds.MISSED: lambda appointment: appointment.status in {AppointmentStatus.NOSHOW, AppointmentStatus.FULFILLED},
}


def render(session: Session, addresses: Addresses, notice: Notice) -> Message | None:
    """Return the notice for its recipient, None when it is true no more or she is no longer to be told that way."""
    appointment = queries.for_visit(session, notice.subject_id)
    if appointment is None or not STILL_TRUE[notice.kind](appointment):
        return None
    recipient = _reader(recipients(session, appointment), notice)
    if recipient is None:
        return None
    template = template_kind(notice.kind, recipient.kind)
    link = _link(session, addresses, appointment, recipient) if appointment.live else None

    def told(language: str, short: bool) -> dict[str, str]:
        facts = Facts(appointment, recipient, words(language), link, notice.payload, short)
        return values(facts, needs(template).allowed)

    return compose(session, notice, recipient, template, told)


def render_review(session: Session, _addresses: Addresses, notice: Notice) -> Message | None:
    """Return the notice that the next appointment is due to be arranged; None when it was, or need not be."""
    entry = session.get(WaitingEntry, notice.subject_id)
    if entry is None or entry.status is not EntryStatus.WAITING:
        return None
    recipient = _reader(of_patient(session, entry.patient), notice)
    if recipient is None:
        return None
    service = session.get_one(Service, entry.service_id)

    def told(language: str, _short: bool) -> dict[str, str]:
        return of_sender(entry.clinic, service, recipient, entry.patient.spoken_name, language)

    return compose(session, notice, recipient, template_kind(notice.kind, recipient.kind), told)


def compose(session: Session, notice: Notice, recipient: Recipient, template: str, told: ValuesOf) -> Message:
    """Return the message of a notice: its wording in one language or two, filled in, as its channel wants it."""
    languages = [notice.language, *([other(notice.language)] if notice.bilingual else [])]
    worded = {language: _wording(session, notice.service_id, template, language) for language in languages}
    to = recipient.at(notice.channel)
    if notice.channel is Channel.TEXT:
        return Message(to, "", short_text(worded, told))
    return long_message(to, [part(worded[language], told(language, False), language) for language in languages])


def short_text(worded: dict[str, Wording], told: ValuesOf) -> str:
    """Return a text message; of two languages the first says everything, the other what can't be read from it."""
    texts = [
        wording.brief(found.short, told(language, True), without=SAID_ONCE if number else ())
        for number, (language, found) in enumerate(worded.items())
    ]
    return " / ".join(filter(None, texts))


def part(found: Wording, told: dict[str, str], language: str) -> Part:
    """Return a wording filled in."""
    return Part(
        language, wording.fill(found.subject, told), wording.paragraphs(found.body, told), told.get("link") or None
    )


def long_message(to: str, parts: list[Part]) -> Message:
    """Return an e-mail or a letter of these parts, as text and as HTML."""
    return Message(
        to=to,
        subject=" / ".join(found.subject for found in parts),
        text=BETWEEN_LANGUAGES.join("\n\n".join(found.paragraphs) for found in parts) + "\n",
        html=TEMPLATES.get_template("message.html").render(
            language=parts[0].language, subject=" / ".join(found.subject for found in parts),
            parts=[(found, [list(_lines(paragraph, found.link)) for paragraph in found.paragraphs]) for found in parts],
        ),
        parts=tuple(parts),
    )  # fmt: skip


def _lines(paragraph: str, link: str | None) -> Iterator[list[tuple[str, bool]]]:
    """Yield the lines of a paragraph, each as pieces of (text, whether it is the address to follow)."""
    for line in paragraph.split("\n"):
        if link is None or link not in line:
            yield [(line, False)]
        else:
            before, _link_itself, after = line.partition(link)
            yield [(before, False), (link, True), (after, False)]


def _wording(session: Session, service_id: str, template: str, language: str) -> Wording:
    found = wording.find(session, service_id, template, language)
    return Wording(found.subject, found.body, found.short) if found else own(template, language)


def _reader(people: list[Recipient], notice: Notice) -> Recipient | None:
    """Return the notice's recipient, None once it may not go to her, or not that way."""
    found = next((person for person in people if person.id == notice.recipient_id), None)
    return found if found and found.obstacle is None and notice.channel in found.ways else None


def _link(session: Session, addresses: Addresses, appointment: Appointment, recipient: Recipient) -> str | None:
    found = links.of_holder(session, visit_id=appointment.id, holder=recipient.kind, holder_id=recipient.id)
    return addresses.url(found) if found is not None and found.revoked_at is None else None
