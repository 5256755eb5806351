"""CARTREF's own words for each kind of notice, for the patient and for her carer, as wordings with placeholders.

Short texts keep to letters that a text message holds 160 of: in Welsh that means words without a circumflex. No notice
says what is treated, and the clinic has its neutral public name.
"""

from dataclasses import dataclass, replace
from functools import cache

from cartref.appointments.messages.kinds import (
    CANCELLED,
    CHANGED,
    CONFIRMATION,
    LATE,
    MISSED,
    OFFER,
    REMINDER,
    REVIEW_DUE,
)
from cartref.i18n import N_, words
from cartref.links.models import Holder
from cartref.notifications.wording import Needs, Wording

# What a placeholder stands for is made by `values`; some are whole sentences, as they depend on how she is seen.
ABOUT_HER = frozenset({"name", "sender", "phone"})
ABOUT_THE_TIME = ABOUT_HER | {"when", "date", "on_date", "time", "clinic"}
OFFERED_TIME = ABOUT_THE_TIME | {"how", "clinician", "place", "link", "until"}
APPOINTMENT = ABOUT_THE_TIME | {"meeting", "appointment", "about", "clinician", "place", "helper", "link"}
# These may have nothing to say: what must be said has to stand apart from them.
MAY_BE_EMPTY = frozenset({"link", "place", "helper", "replaces", "sorry", "before"})

Paragraph = tuple[str, ...]


@dataclass(frozen=True)
class Own:
    """CARTREF's words for one notice: messages to be translated, the body by paragraphs, the short text by lines."""

    subject: str
    body: tuple[Paragraph, ...]
    short: Paragraph


DEAR: Paragraph = (N_("Dear %(name)s"),)
SIGNED: Paragraph = (N_("Yours sincerely"), "%(sender)s")
MEETING: Paragraph = ("%(meeting)s",)
PLACE: tuple[Paragraph, ...] = ((N_("Place: %(place)s"),), ("%(helper)s",))
PRIVATE = N_("Keep this link private. Do not share it.")
HER_LINK: Paragraph = (
    N_("Open this link before the day to check your camera, and again when it is time:"), "%(link)s",
    N_("You do not need an account or an app."),
    N_("We will ask for your date of birth."), PRIVATE,
)  # fmt: skip
CARERS_LINK: Paragraph = (
    N_("You can join by video. Open this link when it is time:"), "%(link)s",
    N_("We will ask for the date of birth of %(patient)s."), PRIVATE,
)  # fmt: skip
WELCOME: Paragraph = (N_("You are welcome to have someone with you."),)
AT_HAND: Paragraph = (N_("Have your list of medicines, your glasses and your hearing aid to hand."),)
TO_CHANGE: Paragraph = (N_("To change or cancel, ring us on %(phone)s."),)
QUESTIONS: Paragraph = (N_("If you have a question, ring us on %(phone)s."),)
WAS: Paragraph = (N_("The time before was: %(before)s"), N_("This date replaces the old one."))
REPLACES: Paragraph = ("%(replaces)s",)
SHORT_LINK = N_("To join: %(link)s")
SHORT_CHANGE = N_("To change: %(phone)s")
SHORT_QUESTIONS = N_("Questions: %(phone)s")
SHORT_TIME = "CARTREF: %(appointment)s"
NOW = N_("It is now %(when)s.")
NOT_THAT_DAY = N_("You do not need to do anything on that day.")
IF_WORSE: Paragraph = (N_("If you feel worse, ring your GP or 111. In an emergency, ring 999."),)

TO_PATIENT = {
    CONFIRMATION: Own(
        "%(about)s",
        # With its link it fits on one page of a letter in large print, in either language.
        (DEAR, ("%(arranged)s", *MEETING), REPLACES, *PLACE, HER_LINK, (*WELCOME, *AT_HAND), TO_CHANGE, SIGNED),
        (SHORT_TIME, SHORT_LINK, SHORT_CHANGE),
    ),
    CHANGED: Own(
        N_("Your appointment has changed"),
        (DEAR, (N_("Your appointment has changed."),), MEETING, WAS, *PLACE, HER_LINK, TO_CHANGE, SIGNED),
        (N_("CARTREF: your appointment has changed."), NOW, SHORT_LINK, SHORT_CHANGE),
    ),
    CANCELLED: Own(
        N_("Your appointment has been cancelled"),
        (
            DEAR, (N_("Your appointment %(when)s has been cancelled."), NOT_THAT_DAY), ("%(sorry)s",),
            (N_("If this is a mistake, or you have a question, ring us on %(phone)s."),), SIGNED,
        ),
        (N_("CARTREF: your appointment %(when)s has been cancelled."), NOT_THAT_DAY, SHORT_QUESTIONS),
    ),
    REMINDER: Own(
        N_("Reminder: %(about)s"),
        (DEAR, MEETING, *PLACE, HER_LINK, AT_HAND, (N_("If you cannot come, ring us on %(phone)s."),), SIGNED),
        (SHORT_TIME, SHORT_LINK, SHORT_CHANGE),
    ),
    LATE: Own(
        N_("The clinic is running late"),
        (
            DEAR, (N_("The clinic is about %(minutes)s late. We have not forgotten you."),), ("%(expected)s",),
            (N_("If you cannot wait, ring us on %(phone)s."),), SIGNED,
        ),
        (N_("CARTREF: the clinic is about %(minutes)s late."), "%(expected)s", SHORT_QUESTIONS),
    ),
    MISSED: Own(
        N_("We could not reach you"),
        (
            DEAR, (N_("We could not reach you for your appointment %(when)s."),),
            (N_("Ring us on %(phone)s, and we will find another time for you."),), IF_WORSE, SIGNED,
        ),
        (
            N_("CARTREF: we could not reach you for your appointment %(when)s."),
            N_("Ring us for another time: %(phone)s"),
        ),
    ),
    REVIEW_DUE: Own(
        N_("It is time to arrange your next appointment"),
        (
            DEAR, (N_("It is time to arrange your next appointment with us."),),
            (N_("Ring us on %(phone)s, and we will find a time that suits you."),),
            (N_("Somebody who helps you may ring for you."),), IF_WORSE, SIGNED,
        ),
        (N_("CARTREF: it is time to arrange your next appointment."), N_("Ring us for a time: %(phone)s")),
    ),
    OFFER: Own(
        N_("A time is free for you %(on_date)s"),
        (
            DEAR, (N_("A time is free for you %(when)s."), "%(how)s"), PLACE[0],
            (
                N_("Do you want this time? Open this link, and press yes or no:"), "%(link)s",
                N_("We will ask for your date of birth."), PRIVATE,
            ),
            (
                N_("We keep the time for you until %(until)s. Then we ask somebody else."),
                N_("If it does not suit you, you keep your place on the waiting list."),
            ),
            (N_("You can ring us instead on %(phone)s."),), SIGNED,
        ),
        (
            N_("CARTREF: a time is free for you %(when)s."), N_("Yes or no by %(until)s: %(link)s"),
            N_("Or ring %(phone)s."),
        ),
    ),
}  # fmt: skip
TO_CARER = {
    CONFIRMATION: Own(
        N_("An appointment %(on_date)s"),
        (DEAR, MEETING, REPLACES, *PLACE, CARERS_LINK, QUESTIONS, SIGNED),
        (SHORT_TIME, SHORT_LINK, SHORT_QUESTIONS),
    ),
    CHANGED: Own(
        N_("An appointment has changed"),
        (DEAR, (N_("The appointment of %(patient)s has changed."),), MEETING, WAS, *PLACE, CARERS_LINK,
         QUESTIONS, SIGNED),
        (N_("CARTREF: the appointment of %(patient)s has changed."), NOW, SHORT_LINK, SHORT_QUESTIONS),
    ),
    CANCELLED: Own(
        N_("An appointment has been cancelled"),
        (DEAR, (N_("The appointment of %(patient)s %(when)s has been cancelled."),), QUESTIONS, SIGNED),
        (N_("CARTREF: the appointment of %(patient)s %(when)s has been cancelled."), SHORT_QUESTIONS),
    ),
    REMINDER: Own(
        N_("Reminder: %(about)s"),
        (DEAR, MEETING, *PLACE, CARERS_LINK, QUESTIONS, SIGNED),
        (SHORT_TIME, SHORT_LINK, SHORT_QUESTIONS),
    ),
    LATE: Own(
        N_("The clinic is running late"),
        (DEAR, (N_("The clinic is about %(minutes)s late."),), ("%(expected)s",), QUESTIONS, SIGNED),
        (N_("CARTREF: the clinic is about %(minutes)s late."), "%(expected)s", SHORT_QUESTIONS),
    ),
    MISSED: Own(
        N_("We could not reach the person you help"),
        (
            DEAR, (N_("We could not reach %(patient)s for the appointment %(when)s."),),
            (N_("Ring us on %(phone)s, and we will find another time."),), SIGNED,
        ),
        (N_("CARTREF: we could not reach %(patient)s."), N_("Ring us for another time: %(phone)s")),
    ),
    REVIEW_DUE: Own(
        N_("It is time to arrange an appointment"),
        (
            DEAR, (N_("It is time to arrange the next appointment of %(patient)s with us."),),
            (N_("Ring us on %(phone)s, and we will find another time."),), SIGNED,
        ),
        (N_("CARTREF: it is time to arrange an appointment for %(patient)s."), N_("Ring us for a time: %(phone)s")),
    ),
}  # fmt: skip
OWN = {Holder.PATIENT: TO_PATIENT, Holder.CARER: TO_CARER}

PHONE, LINK, WHEN = frozenset({"phone"}), frozenset({"link"}), frozenset({"when", "meeting", "appointment"})
THE_TIME, UNTIL = frozenset({"when"}), frozenset({"until"})
HOW_LATE = frozenset({"minutes", "expected"})


def _needs(allowed: frozenset[str], *groups: frozenset[str]) -> Needs:
    return Needs(allowed, groups, groups, MAY_BE_EMPTY)


NEEDS = {
    CONFIRMATION: _needs(APPOINTMENT | {"arranged", "replaces"}, WHEN, LINK, PHONE),
    CHANGED: _needs(APPOINTMENT | {"before"}, WHEN, LINK, PHONE),
    CANCELLED: _needs(ABOUT_THE_TIME | {"sorry"}, THE_TIME, PHONE),
    REMINDER: _needs(APPOINTMENT, WHEN, LINK, PHONE),
    LATE: _needs(ABOUT_THE_TIME | HOW_LATE, HOW_LATE, PHONE),
    MISSED: _needs(ABOUT_THE_TIME, PHONE),
    REVIEW_DUE: _needs(ABOUT_HER, PHONE),
    # Whoever is asked always has a link to answer by, so that it need not stand apart.
    OFFER: replace(_needs(OFFERED_TIME, THE_TIME, UNTIL, LINK, PHONE), may_be_empty=frozenset({"place"})),
}
CARERS = ".carer"  # what the name of a wording for carers ends with


def template_kind(kind: str, reader: Holder) -> str:
    """Return the name under which a service's own words for that reader are kept."""
    return kind if reader is Holder.PATIENT else kind + CARERS


def split(template: str) -> tuple[str, Holder]:
    """Return the kind of notice and the reader that a wording's name stands for; raise KeyError for an unknown one."""
    reader = Holder.CARER if template.endswith(CARERS) else Holder.PATIENT
    kind = template.removesuffix(CARERS)
    if kind not in OWN[reader]:
        raise KeyError(template)
    return kind, reader


def templates() -> list[str]:
    """Return the name of every wording there is: each kind for the patient, then for her carer if she is told too."""
    readers = (Holder.PATIENT, Holder.CARER)
    return [template_kind(kind, reader) for kind in TO_PATIENT for reader in readers if kind in OWN[reader]]


def needs(template: str) -> Needs:
    """Return what a wording may and must hold; a carer's may name the patient too."""
    kind, reader = split(template)
    found = NEEDS[kind]
    if reader is Holder.PATIENT:
        return found
    return replace(found, allowed=found.allowed | {"patient"})


@cache
def own(template: str, language: str) -> Wording:
    """Return CARTREF's own wording in a language."""
    kind, reader = split(template)
    said, found = words(language), OWN[reader][kind]

    def worded(line: str) -> str:
        return said.gettext(line, **MARKS)

    body = "\n\n".join("\n".join(map(worded, paragraph)) for paragraph in found.body)
    return Wording(worded(found.subject), body, "\n".join(map(worded, found.short)))


NAMES = frozenset().union(*(found.allowed for found in NEEDS.values())) | {"patient"}
MARKS = {name: f"(({name}))" for name in NAMES}
