"""Asking somebody whether she wants a freed time: in her language, by her own way, worded when it goes."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import formatting
from cartref.appointments import queries as appointments
from cartref.appointments.messages.recipients import Recipient, from_patient
from cartref.appointments.messages.rendering import long_message, part, short_text
from cartref.appointments.messages.values import Facts, values
from cartref.appointments.messages.words import ABOUT_THE_TIME, DEAR, PLACE, PRIVATE, SIGNED
from cartref.appointments.messages.writing import about, enqueue
from cartref.appointments.models import Appointment, Mode, Offer, OfferState
from cartref.appointments.vacancies import queries
from cartref.appointments.vacancies.time_limits import EMAIL, TELEPHONE, TEXT
from cartref.i18n import N_, Words, other, words
from cartref.links import queries as links
from cartref.links.addresses import Addresses
from cartref.links.models import Holder
from cartref.notifications import calls
from cartref.notifications.message import Message
from cartref.notifications.models import Call, Channel, Notice
from cartref.notifications.wording import Wording
from cartref.patients.models import Patient, VisitWishes

OFFER = "appointment.offer"
HELD_FOR_HER = "offer"  # a code of `calls.REASONS`
CHANNELS = {EMAIL: Channel.EMAIL, TEXT: Channel.TEXT}

SUBJECT = N_("A time is free for you %(on_date)s")
HOW = {
    Mode.VIDEO_HOME: N_("It is by video from your home, with %(clinician)s."),
    Mode.VIDEO_SITE: N_("It is by video with %(clinician)s. Somebody will be beside you."),
    Mode.TELEPHONE: N_("It is by phone: %(clinician)s would ring you."),
    Mode.IN_PERSON: N_("It is face to face, with %(clinician)s."),
}
BODY = (
    DEAR,
    (N_("A time is free for you %(when)s."), "%(how)s"),
    PLACE[0],
    (
        N_("Do you want this time? Open this link, and press yes or no:"), "%(link)s",
        N_("We will ask for your date of birth."), PRIVATE,
    ),
    (
        N_("We keep the time for you until %(until)s. Then we ask somebody else."),
        N_("If it does not suit you, you keep your place on the waiting list."),
    ),
    (N_("You can ring us instead on %(phone)s."),),
    SIGNED,
)  # fmt: skip
SHORT = (
    N_("CARTREF: a time is free for you %(when)s."),
    N_("Yes or no by %(until)s: %(link)s"),
    N_("Or ring %(phone)s."),
)
OF_APPOINTMENT = ABOUT_THE_TIME | {"clinician", "place"}
MARKS = {name: f"(({name}))" for name in OF_APPOINTMENT | {"how", "link", "until"}}


def tell(session: Session, offer: Offer) -> Notice | Call:
    """Return the notice by which somebody is asked, or the line of the call list where somebody rings her."""
    held = offer.appointment
    if offer.channel == TELEPHONE:
        return calls.add(
            session, key=f"{OFFER}:{offer.id}", service_id=offer.service_id, kind=OFFER, reason=HELD_FOR_HER,
            subject_id=held.id, recipient_kind=Holder.PATIENT.value, recipient_id=held.patient_id,
            offer_id=offer.id, vacancy_id=offer.vacancy_id,
        )  # fmt: skip
    person = _reader(session, held.patient)
    return enqueue(session, about(held, OFFER, offer.id), person, CHANNELS[offer.channel], offer_id=offer.id)


def render(session: Session, addresses: Addresses, notice: Notice) -> Message | None:
    """Return the offer for its patient; None once it was answered, ran out, or may not go to her that way."""
    held = appointments.for_visit(session, notice.subject_id)
    offer = queries.of_appointment(session, notice.subject_id)
    if held is None or offer is None or offer.state is not OfferState.OPEN:
        return None
    person = _reader(session, held.patient)
    link = links.of_holder(session, visit_id=held.id, holder=Holder.PATIENT, holder_id=held.patient_id)
    if link is None or person.obstacle is not None or notice.channel not in person.ways:
        return None
    languages = [notice.language, *([other(notice.language)] if notice.bilingual else [])]
    worded = {language: _wording(words(language)) for language in languages}

    def told(language: str, short: bool) -> dict[str, str]:
        return _values(held, person, words(language), addresses.url(link), offer.expires_at, short=short)

    if notice.channel is Channel.TEXT:
        return Message(person.mobile, "", short_text(worded, told))
    return long_message(person.email, [part(worded[one], told(one, False), one) for one in languages])


def _wording(said: Words) -> Wording:
    def worded(line: str) -> str:
        return said.gettext(line, **MARKS)

    body = "\n\n".join("\n".join(map(worded, paragraph)) for paragraph in BODY)
    return Wording(worded(SUBJECT), body, "\n".join(map(worded, SHORT)))


def _values(
    held: Appointment, person: Recipient, said: Words, url: str, until: datetime, *, short: bool
) -> dict[str, str]:
    facts = Facts(held, person, said, url, short=short)
    clinician = held.clinician.display_name
    return values(facts, frozenset(OF_APPOINTMENT)) | {
        "how": said.gettext(HOW[held.mode], clinician=clinician),
        "link": url,
        "until": moment(facts.local(until), said.language),
    }


def moment(at: datetime, language: str) -> str:
    """Return a moment as it follows "until": "3:20pm on Tuesday 8 December"."""
    return f"{formatting.time(at, language)} {formatting.on_date(at.date(), language)}"


def _reader(session: Session, patient: Patient) -> Recipient:
    bilingual = session.scalar(select(VisitWishes.bilingual).where(VisitWishes.patient_id == patient.id))
    return from_patient(patient, bilingual=bool(bilingual))


RENDERERS = {OFFER: render}
