"""Why nothing was found, and what giving way in one thing would bring: from what was gathered, without asking again."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from cartref.appointments.finding.candidates import Candidate
from cartref.appointments.finding.need import Need
from cartref.appointments.finding.reasons import Reason
from cartref.appointments.finding.rules import mask
from cartref.i18n import N_


@dataclass(frozen=True)
class Relaxation:
    """Something that a person may decide to do without: which hard rules fall with it, and its words."""

    code: str
    rules: frozenset[str]
    reason: Callable[[Need], Reason]


RELAXATIONS = (
    Relaxation("shorter", frozenset({"enough"}), lambda _need: Reason(N_("If a shorter time is enough"))),
    Relaxation(
        "english", frozenset({"language"}),
        lambda _need: Reason(N_("If the patient agrees to be seen in English this time")),
    ),
    Relaxation(
        "interpreter", frozenset({"interpreter"}),
        lambda _need: Reason(N_("If an interpreter can come at short notice")),
    ),
    Relaxation(
        "alone", frozenset({"carer"}),
        lambda need: Reason(
            N_("If the patient can come without this person: %(carer)s"),
            {"carer": need.helper.name if need.helper else ""},
        ),
    ),
    Relaxation(
        "home", frozenset({"open", "room", "presenter"}),
        lambda _need: Reason(N_("If the patient can be seen by video at home")),
    ),
    Relaxation(
        "earlier", frozenset({"not-before"}),
        lambda need: Reason(N_("If it may be before %(time)s"), {"time": need.not_before}),
    ),
    Relaxation(
        "close", frozenset({"apart"}), lambda _need: Reason(N_("If it may be close to another appointment")),
    ),
    Relaxation(
        "rung", frozenset({"letter"}), lambda _need: Reason(N_("If the patient can be told by telephone")),
    ),
    Relaxation(
        "sooner", frozenset({"notice"}), lambda _need: Reason(N_("If the patient can come at shorter notice")),
    ),
)  # fmt: skip
RULES_OF = {relaxation.code: relaxation.rules for relaxation in RELAXATIONS}


@dataclass(frozen=True)
class Gain:
    """What one relaxation would bring: how many times more, and the soonest of them."""

    code: str
    reason: Reason
    count: int
    soonest: Candidate

    @property
    def minutes(self) -> timedelta:
        """Return how long the soonest is, which may be shorter than she needs."""
        return self.soonest.span.ends_at - self.soonest.span.starts_at


def waived(need: Need) -> int:
    """Return the rules that a person has decided to do without, as a sum of bits."""
    return mask(rule for code in need.waived for rule in RULES_OF.get(code, ()))


def gains(need: Need, judged: Iterable[tuple[int, Candidate]]) -> Sequence[Gain]:
    """Return what each single relaxation would bring, the one that brings most first, then the soonest.

    `judged` are all candidates with the rules that each breaks (`rules.broken`).
    """
    still = ~waived(need)
    judged = [(bits & still, candidate) for bits, candidate in judged]
    found = (_gain(relaxation, need, judged) for relaxation in RELAXATIONS if relaxation.code not in need.waived)
    return sorted(filter(None, found), key=lambda gain: (-gain.count, gain.soonest.span.starts_at))


def _gain(relaxation: Relaxation, need: Need, judged: Sequence[tuple[int, Candidate]]) -> Gain | None:
    dropped = mask(relaxation.rules)
    more = [candidate for bits, candidate in judged if bits and not bits & ~dropped]
    if not more:
        return None
    soonest = min(more, key=lambda candidate: (candidate.span.starts_at, candidate.slot_id))
    return Gain(relaxation.code, relaxation.reason(need), len(more), soonest)
