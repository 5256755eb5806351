"""Which way a notice goes to whom: a table of rules, and the one function that reads it. Pure."""

from dataclasses import dataclass, field
from datetime import timedelta

from cartref.appointments.messages.kinds import CANCELLED, CHANGED, CONFIRMATION, LATE, MISSED, REVIEW_DUE
from cartref.appointments.messages.recipients import Recipient
from cartref.links.models import Holder
from cartref.notifications.models import Channel

EMAIL, TEXT, LETTER = Channel.EMAIL, Channel.TEXT, Channel.LETTER
LETTER_TAKES = timedelta(days=4)  # printed today, second class, and a Sunday on the way
SOON = timedelta(days=2)  # an e-mail may lie unread as long as that
LETTERS_ARE_SURE = timedelta(days=10)  # nearer than that a letter may come too late


@dataclass(frozen=True)
class Rule:
    """For one sort of notice: the ways in the order in which they are tried, the first that reaches her being taken.

    `also_text` says, for a way taken, how near the appointment must be for a text beside it. `call`: somebody rings
    whom no way reaches.
    """

    patient: tuple[Channel, ...]
    carer: tuple[Channel, ...] = (EMAIL, TEXT)
    also_text: dict[Channel, timedelta] = field(default_factory=dict)
    call: bool = True


NEAR = {EMAIL: SOON, LETTER: LETTERS_ARE_SURE}
RULES = {
    CONFIRMATION: Rule((EMAIL, LETTER, TEXT), also_text=NEAR),
    CHANGED: Rule((EMAIL, LETTER, TEXT), also_text=NEAR),
    CANCELLED: Rule((EMAIL, LETTER, TEXT), also_text=NEAR),
    LATE: Rule((TEXT, EMAIL), carer=(TEXT, EMAIL)),
    MISSED: Rule((TEXT, EMAIL, LETTER), carer=(TEXT, EMAIL)),
    REVIEW_DUE: Rule((EMAIL, LETTER, TEXT)),
}
# Reminders by how many hours before the start they are due, at least.
REMINDERS = (
    (5 * 24, Rule((EMAIL, TEXT, LETTER), call=False)),  # a letter has the time, and another reminder follows
    (24, Rule((EMAIL, TEXT))),
    (0, Rule((TEXT, EMAIL), carer=(TEXT, EMAIL), call=False)),  # nobody is rung an hour before; she has her letter
)


@dataclass(frozen=True)
class Route:
    """By which ways a person is told; with none, whether somebody rings."""

    channels: tuple[Channel, ...]
    call: bool


def reminder_rule(hours: int) -> Rule:
    """Return the rule for a reminder that many hours before the start."""
    return next(rule for least, rule in REMINDERS if hours >= least)


def route(rule: Rule, recipient: Recipient, begins_in: timedelta | None) -> Route:
    """Return how a person is told of what begins in that time (None: of nothing that begins)."""
    if recipient.silent:
        return Route((), call=False)
    wanted = rule.patient if recipient.kind is Holder.PATIENT else rule.carer
    usable = [way for way in wanted if way in recipient.ways and _arrives(way, begins_in)]
    if not usable:
        return Route((), call=rule.call and recipient.arranges and recipient.may_be_rung)
    first = usable[0]
    near = first in rule.also_text and begins_in is not None and begins_in < rule.also_text[first]
    beside = (TEXT,) if near and TEXT in recipient.ways and first is not TEXT else ()
    return Route((first, *beside), call=False)


def _arrives(way: Channel, begins_in: timedelta | None) -> bool:
    return way is not LETTER or begins_in is None or begins_in >= LETTER_TAKES
