"""Finding the right time for somebody: what suits her, the best first and why, and why nothing does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.appointments.finding import gathering, ranking, rules, why_none
from cartref.appointments.finding.candidates import Candidate, Gathered, candidates
from cartref.appointments.finding.need import Helper, Need, Trip
from cartref.appointments.finding.reasons import Reason, said
from cartref.appointments.finding.why_none import RELAXATIONS, Gain

__all__ = ["OFFERS", "RELAXATIONS", "Found", "Gain", "Helper", "Need", "Offer", "Reason", "Trip", "find", "said"]

OFFERS = 3  # that can be read over the telephone, and kept in mind


@dataclass(frozen=True)
class Offer:
    """A time that can be booked, and what is to be said of it."""

    candidate: Candidate
    reasons: Sequence[Reason]

    @property
    def fits(self) -> bool:
        """Tell whether nothing speaks against it."""
        return not any(reason.against for reason in self.reasons)

    @property
    def minutes(self) -> int:
        """Return how long it is."""
        return round((self.candidate.span.ends_at - self.candidate.span.starts_at).total_seconds() / 60)


@dataclass(frozen=True)
class Found:
    """What a search found: offers, whether there are more, and what giving way in one thing would bring.

    `until` is the last day looked at; `free` how many free slots there are at all until then.
    """

    offers: Sequence[Offer]
    more: bool
    gains: Sequence[Gain]
    until: date
    free: int


def find(session: Session, actor: Actor, need: Need, *, after: int = 0, count: int = OFFERS) -> Found:
    """Return the best times for a need, `after` so many better ones; at most five queries, whatever there is to search.

    Eight weeks are looked at first, and a whole year when nothing suits in them.
    """
    judged: list[tuple[int, Candidate]] = []
    for gathered, window in zip(gathering.windows(session, actor, need), gathering.WINDOWS, strict=True):
        judged += judge(need, gathered)
        found = _chosen(need, judged, need.first_on + window, after, count)
        if found.offers or found.more:
            break
    return found


def judge(need: Need, gathered: Gathered) -> list[tuple[int, Candidate]]:
    """Return every candidate with the hard rules that it breaks."""
    applying = rules.applying(need)
    return [(rules.broken(candidate, need, applying), candidate) for candidate in candidates(need, gathered)]


def _chosen(need: Need, judged: Sequence[tuple[int, Candidate]], until: date, after: int, count: int) -> Found:
    still = ~why_none.waived(need)
    suitable = [candidate for bits, candidate in judged if not bits & still]
    best = list(islice(ranking.best_first(suitable, need), after, after + count))
    return Found(
        offers=[Offer(candidate, _reasons(candidate, need)) for candidate in best],
        more=len(suitable) > after + count,
        gains=why_none.gains(need, judged),
        until=until,
        free=len(judged),
    )


def _reasons(candidate: Candidate, need: Need) -> Sequence[Reason]:
    """Return what speaks for a time before what speaks against it."""
    hard = (
        rule.praise(candidate, need) if rule.kept(candidate, need) else rule.blame(candidate, need)
        for rule in rules.applying(need)
    )
    found = [*ranking.reasons(candidate, need), *filter(None, hard)]
    return sorted(found, key=lambda reason: reason.against)
