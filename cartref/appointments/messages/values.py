"""What the placeholders of a notice stand for, in a language: facts of the appointment as it is when the notice goes.

A value that is empty has nothing to say, so that its paragraph is left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cartref import clock, formatting
from cartref.accounts.models import Service
from cartref.appointments.messages.recipients import Recipient
from cartref.appointments.models import Appointment, AppointmentStatus, Mode
from cartref.appointments.status import CANCEL_REASONS, CancelReason
from cartref.clinics.models import Clinic
from cartref.i18n import N_, Words
from cartref.links.models import Holder

ABOUT = {
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
IN_SHORT = {
    Mode.VIDEO_HOME: N_("your video appointment is %(when)s."),
    Mode.VIDEO_SITE: N_("your video appointment is %(when)s."),
    Mode.TELEPHONE: N_("we will ring you %(when)s."),
    Mode.IN_PERSON: N_("your face-to-face appointment is %(when)s."),
}
OFFERED = {
    Mode.VIDEO_HOME: N_("It is by video from your home, with %(clinician)s."),
    Mode.VIDEO_SITE: N_("It is by video with %(clinician)s. Somebody will be beside you."),
    Mode.TELEPHONE: N_("It is by phone: %(clinician)s would ring you."),
    Mode.IN_PERSON: N_("It is face to face, with %(clinician)s."),
}
ROUND, RANGE = 5, timedelta(minutes=15)


@dataclass(frozen=True)
class Facts:
    """What a notice tells one person in one language; `short` for a text message, whose dates go without the year.

    `payload` is the notice's own, as ISO 8601: `before`, the time that she was told before; of an offer `until`, when
    it runs out.
    """

    appointment: Appointment
    recipient: Recipient
    said: Words
    link: str | None
    payload: Mapping[str, Any] = field(default_factory=dict)
    short: bool = False

    @property
    def to_patient(self) -> bool:
        """Tell whether the patient herself reads it."""
        return self.recipient.kind is Holder.PATIENT

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone of the clinic's clocks."""
        return ZoneInfo(self.appointment.session.zone)

    def local(self, at: datetime) -> datetime:
        """Return a moment on the clinic's clocks."""
        return formatting.local(at, self.zone)

    @property
    def patient(self) -> str:
        """Return what a carer reads of the patient's name: no more than she needs."""
        return self.appointment.patient.spoken_name

    @property
    def when(self) -> str:
        """Return "on Tuesday 8 December 2026 at 9am"."""
        return formatting.on_day_at_time(
            self.local(self.appointment.starts_at), self.said.language, year=not self.short
        )


def values(facts: Facts, names: frozenset[str]) -> dict[str, str]:
    """Return what each of these placeholders stands for."""
    return {name: VALUES[name](facts) for name in names}


def of_sender(
    clinic: Clinic | None, service: Service, recipient: Recipient, patient: str, language: str
) -> dict[str, str]:
    """Return the values that every notice has: who reads it, of whom, and who sends it; `clinic` None: the board."""
    board = service.health_board.name_cy if language == "cy" else service.health_board.name_en
    clinics_name = clinic.public_name(language) if clinic else ""
    return {
        "name": recipient.salutation,
        "patient": patient,
        "clinic": clinics_name,
        "sender": ", ".join(filter(None, (clinics_name, board))),
        "phone": formatting.telephone(clinic.contact_phone if clinic else service.contact_phone),
    }


def _of_sender(name: str) -> Callable[[Facts], str]:
    def value(facts: Facts) -> str:
        clinic = facts.appointment.session.clinic
        return of_sender(clinic, clinic.service, facts.recipient, facts.patient, facts.said.language)[name]

    return value


def _clinician(facts: Facts) -> str:
    return facts.appointment.clinician.display_name


def _on_date(facts: Facts) -> str:
    return formatting.on_date(facts.local(facts.appointment.starts_at).date(), facts.said.language)


def _date(facts: Facts) -> str:
    day = facts.local(facts.appointment.starts_at).date()
    return formatting.date_label(day, facts.said.language, year=not facts.short)


def _about(facts: Facts) -> str:
    subject = ABOUT[facts.appointment.mode] if facts.to_patient else N_("An appointment %(on_date)s")
    return facts.said.gettext(subject, on_date=_on_date(facts))


def _meeting(facts: Facts) -> str:
    """Return who sees whom, and when: a sentence that depends on how, and on who reads it."""
    told = {"clinician": _clinician(facts), "when": facts.when}
    by_telephone = facts.appointment.mode is Mode.TELEPHONE
    if facts.to_patient:
        sentence = (
            N_("%(clinician)s will ring you %(when)s.")
            if by_telephone
            else N_("You are seeing %(clinician)s %(when)s.")
        )
        return facts.said.gettext(sentence, **told)
    sentence = (
        N_("%(clinician)s will ring %(patient)s %(when)s.")
        if by_telephone
        else N_("%(patient)s is seeing %(clinician)s %(when)s.")
    )
    return facts.said.gettext(sentence, patient=facts.patient, **told)


def _appointment(facts: Facts) -> str:
    """Return when it is in one short sentence, which may follow a colon."""
    if facts.to_patient:
        return facts.said.gettext(IN_SHORT[facts.appointment.mode], when=facts.when)
    sentence = N_("%(patient)s has an appointment %(when)s.")
    return facts.said.gettext(sentence, patient=facts.patient, when=facts.when)


def _arranged(facts: Facts) -> str:
    return facts.said.gettext(ARRANGED[facts.appointment.mode])


def _replaces(facts: Facts) -> str:
    return facts.said.gettext(N_("This date replaces the old one.")) if facts.appointment.moved_at else ""


def _before(facts: Facts) -> str:
    text = facts.payload.get("before")
    before = datetime.fromisoformat(text) if text else facts.appointment.moved_from_at
    if before is None or before == facts.appointment.starts_at:  # it is at another place, at the same time
        return ""
    return formatting.day_and_time(facts.local(before), facts.said.language)


def _place(facts: Facts) -> str:
    site = facts.appointment.site
    return ", ".join(filter(None, (site.name, *site.address.split("\n"), site.postcode))) if site else ""


def _helper(facts: Facts) -> str:
    at_site = facts.appointment.mode is Mode.VIDEO_SITE
    return facts.said.gettext(N_("Somebody there will help with the video.")) if at_site else ""


def _link(facts: Facts) -> str:
    """Return the address by which she joins, or however she would be seen, answers an offer."""
    starts_at_home = facts.appointment.mode is Mode.VIDEO_HOME
    asked = facts.appointment.status is AppointmentStatus.PENDING
    return facts.link or "" if starts_at_home or asked or not facts.to_patient else ""


def _how(facts: Facts) -> str:
    return facts.said.gettext(OFFERED[facts.appointment.mode], clinician=_clinician(facts))


def _until(facts: Facts) -> str:
    """Return when the offer runs out, as it follows "until": "3:20pm on Tuesday 8 December"."""
    at = facts.local(datetime.fromisoformat(facts.payload["until"]))
    return f"{formatting.time(at, facts.said.language)} {formatting.on_date(at.date(), facts.said.language)}"


def _sorry(facts: Facts) -> str:
    """Return an apology where it was the clinic that cancelled; what follows is true, for she waits again."""
    found = CANCEL_REASONS.get(CancelReason(facts.appointment.cancelled_reason or CancelReason.PATIENT_CANNOT_COME))
    by_clinic = found is not None and not found.for_patient
    return facts.said.gettext(N_("We are sorry. We will send you a new date.")) if by_clinic else ""


def _minutes(facts: Facts) -> str:
    return formatting.minutes(facts.appointment.session.late_minutes, facts.said.language)


def _expected(facts: Facts) -> str:
    """Return between which times she may expect to be seen: an honest range in whole 5 minutes, never in the past."""
    late = timedelta(minutes=facts.appointment.session.late_minutes)
    first = _rounded(max(facts.appointment.starts_at + late, clock.now()))
    told = {
        "first": formatting.time(facts.local(first), facts.said.language),
        "last": formatting.time(facts.local(first + RANGE), facts.said.language),
    }
    if facts.to_patient:
        return facts.said.gettext(N_("We expect to see you between %(first)s and %(last)s."), **told)
    sentence = N_("We expect to see %(patient)s between %(first)s and %(last)s.")
    return facts.said.gettext(sentence, patient=facts.patient, **told)


def _rounded(at: datetime) -> datetime:
    past = timedelta(minutes=at.minute % ROUND, seconds=at.second, microseconds=at.microsecond)
    return at - past + (timedelta(minutes=ROUND) if past else timedelta())


VALUES: Mapping[str, Callable[[Facts], str]] = {
    **{name: _of_sender(name) for name in ("name", "patient", "clinic", "sender", "phone")},
    "about": _about,
    "appointment": _appointment,
    "arranged": _arranged,
    "before": _before,
    "clinician": _clinician,
    "date": _date,
    "expected": _expected,
    "helper": _helper,
    "how": _how,
    "link": _link,
    "meeting": _meeting,
    "minutes": _minutes,
    "on_date": _on_date,
    "place": _place,
    "replaces": _replaces,
    "sorry": _sorry,
    "time": lambda facts: formatting.time(facts.local(facts.appointment.starts_at), facts.said.language),
    "until": _until,
    "when": lambda facts: facts.when,
}
