"""What to say on the telephone, in the language of whoever is rung: from the appointment as it is now. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from cartref import formatting
from cartref.appointments.messages import kinds
from cartref.appointments.messages.values import ARRANGED
from cartref.appointments.models import Appointment, Mode
from cartref.i18n import N_, Words, words
from cartref.office.spoken import greeting, on_day_at_time

INVITATION = "calendar.invitation"


@dataclass(frozen=True)
class Rung:
    """Whom a line of the call list is about: somebody of that name and language, and the appointment if there is one.

    `patient` is None when the patient herself is rung, else what a carer calls her.
    """

    name: str
    language: str
    caller: str
    clinic: str
    phone: str
    now: datetime
    patient: str | None = None
    appointment: Appointment | None = None

    @property
    def said(self) -> Words:
        """Return the words of her language."""
        return words(self.language)

    @property
    def when(self) -> str:
        """Return when the appointment is, as one says it."""
        if self.appointment is None:
            return ""
        at = formatting.local(self.appointment.starts_at, ZoneInfo(self.appointment.session.zone))
        return on_day_at_time(at, self.language)


@dataclass(frozen=True)
class Script:
    """What to say: until it is sure who answers, and then."""

    language: str
    opening: tuple[str, ...]
    message: tuple[str, ...]


Sentences = Callable[[Rung], Iterator[str]]


def script(kind: str, rung: Rung) -> Script:
    """Return what to say about a notice of that kind."""
    message = [*_caller(rung), *MESSAGES.get(kind, _meeting)(rung), *_ending(rung)]
    return Script(rung.language, tuple(_opening(rung)), tuple(message))


def _opening(rung: Rung) -> Iterator[str]:
    _ = rung.said.gettext
    yield greeting(rung.now, rung.language)
    yield _(N_("My name is %(name)s."), name=rung.caller)
    yield _(N_("Is %(name)s there?"), name=rung.name)
    if rung.patient is None:
        yield _(N_("Before I go on: what is your date of birth?"))
    else:
        yield _(N_("Before I go on: what is the date of birth of %(patient)s?"), patient=rung.patient)


def _caller(rung: Rung) -> Iterator[str]:
    yield rung.said.gettext(N_("I am ringing from the clinic: %(clinic)s."), clinic=rung.clinic)


def _ending(rung: Rung) -> Iterator[str]:
    yield rung.said.gettext(N_("If you have a question, ring us on %(phone)s."), phone=rung.phone)


def _confirmation(rung: Rung) -> Iterator[str]:
    if rung.patient is None and rung.appointment is not None:
        yield rung.said.gettext(ARRANGED[rung.appointment.mode])
    yield from _meeting(rung)
    yield from _suits(rung)


def _changed(rung: Rung) -> Iterator[str]:
    yield rung.said.gettext(N_("The appointment has a new time."))
    yield from _meeting(rung)
    yield rung.said.gettext(N_("This date replaces the old one."))
    yield from _suits(rung)


def _cancelled(rung: Rung) -> Iterator[str]:
    if rung.patient is None:
        yield rung.said.gettext(N_("Your appointment %(when)s has been cancelled."), when=rung.when)
    else:
        sentence = N_("The appointment of %(patient)s %(when)s has been cancelled.")
        yield rung.said.gettext(sentence, patient=rung.patient, when=rung.when)


def _reminder(rung: Rung) -> Iterator[str]:
    yield rung.said.gettext(N_("I am ringing to remind you of the appointment."))
    yield from _meeting(rung)
    yield rung.said.gettext(N_("Have your list of medicines, your glasses and your hearing aid to hand."))


def _late(rung: Rung) -> Iterator[str]:
    if rung.appointment is not None:
        minutes = formatting.minutes(rung.appointment.session.late_minutes, rung.language)
        yield rung.said.gettext(N_("The clinic is running late: about %(minutes)s."), minutes=minutes)
        yield rung.said.gettext(N_("We are sorry. The appointment goes ahead."))


def _missed(rung: Rung) -> Iterator[str]:
    yield rung.said.gettext(N_("We could not reach you for the appointment %(when)s."), when=rung.when)
    yield rung.said.gettext(N_("Would you like a new time?"))


def _review(rung: Rung) -> Iterator[str]:
    if rung.patient is None:
        yield rung.said.gettext(N_("It is time for us to see you again."))
    else:
        yield rung.said.gettext(N_("It is time for us to see %(patient)s again."), patient=rung.patient)
    yield rung.said.gettext(N_("Shall we arrange a time now?"))


def _offer(rung: Rung) -> Iterator[str]:
    yield rung.said.gettext(N_("A time has come free."))
    yield from _meeting(rung)
    yield rung.said.gettext(N_("Would you like this time?"))
    yield rung.said.gettext(N_("If you say no, you keep your place on the list."))


def _invitation(rung: Rung) -> Iterator[str]:
    yield rung.said.gettext(N_("Your calendar told us that you cannot come %(when)s."), when=rung.when)
    yield rung.said.gettext(N_("Is that right?"))


def _meeting(rung: Rung) -> Iterator[str]:
    """Say who sees whom, when and where."""
    found = rung.appointment
    if found is None:
        return
    told = {"clinician": found.clinician.display_name, "when": rung.when, "patient": rung.patient or ""}
    yield rung.said.gettext(_sentence(found.mode is Mode.TELEPHONE, rung.patient is not None), **told)
    if found.site is not None:
        place = ", ".join(filter(None, (found.site.name, *found.site.address.split("\n"))))
        yield rung.said.gettext(N_("Place: %(place)s"), place=place)
    if found.mode is Mode.VIDEO_SITE:
        yield rung.said.gettext(N_("Somebody there will help with the video."))


def _sentence(by_telephone: bool, to_carer: bool) -> str:
    if to_carer:
        by_video = N_("%(patient)s is seeing %(clinician)s %(when)s.")
        return N_("%(clinician)s will ring %(patient)s %(when)s.") if by_telephone else by_video
    by_video = N_("You are seeing %(clinician)s %(when)s.")
    return N_("%(clinician)s will ring you %(when)s.") if by_telephone else by_video


def _suits(rung: Rung) -> Iterator[str]:
    yield rung.said.gettext(N_("Does this time suit you?"))


MESSAGES: Mapping[str, Sentences] = {
    kinds.CONFIRMATION: _confirmation,
    kinds.CHANGED: _changed,
    kinds.CANCELLED: _cancelled,
    kinds.REMINDER: _reminder,
    kinds.LATE: _late,
    kinds.MISSED: _missed,
    kinds.REVIEW_DUE: _review,
    kinds.OFFER: _offer,
    INVITATION: _invitation,
}
