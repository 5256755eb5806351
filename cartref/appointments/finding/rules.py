"""The hard rules: what a time must have, as a table; each tells in words that it is kept or broken."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cartref.appointments.finding.candidates import Candidate, Readiness
from cartref.appointments.finding.need import Need
from cartref.appointments.finding.reasons import Reason
from cartref.i18n import N_

INTERPRETER_DAYS = 10  # an interpreter, above all of British Sign Language, is seldom to be had sooner


def _nothing(_candidate: Candidate, _need: Need) -> Reason | None:
    return None


@dataclass(frozen=True)
class HardRule:
    """One rule: whether it applies to a need at all, whether a time keeps it, and what to say of that either way."""

    code: str
    applies: Callable[[Need], bool]
    kept: Callable[[Candidate, Need], bool]
    praise: Callable[[Candidate, Need], Reason | None] = _nothing
    blame: Callable[[Candidate, Need], Reason | None] = _nothing


def first_day(need: Need) -> date:
    """Return the first day of which she would know soon enough."""
    return need.today + timedelta(days=need.notice_days)


def first_letter_day(candidate: Candidate, need: Need) -> date:
    """Return the first day of which a letter would tell her in time."""
    return need.today + timedelta(days=candidate.sitting.letter_days)


def _speaks_welsh(candidate: Candidate) -> bool:
    seat = candidate.seat
    return candidate.sitting.welsh and (seat is None or seat.presenter is None or seat.presenter.welsh)


def _readiness(candidate: Candidate) -> Readiness:
    return candidate.seat.readiness if candidate.seat else Readiness.CLOSED


def _in_english(candidate: Candidate, _need: Need) -> Reason:
    if not candidate.sitting.welsh:
        return Reason(N_("The clinician does not speak Welsh"), against=True)
    return Reason(N_("Whoever is beside the patient does not speak Welsh"), against=True)


def _helper_free(candidate: Candidate, need: Need) -> bool:
    return need.helper is None or need.helper.is_free(candidate.starts, candidate.ends)


def _with_helper(_candidate: Candidate, need: Need) -> Reason | None:
    if need.helper is None or not need.helper.hours:
        return None
    return Reason(N_("%(carer)s is free then"), {"carer": need.helper.name})


def _without_helper(_candidate: Candidate, need: Need) -> Reason | None:
    return Reason(N_("%(carer)s is not free then"), {"carer": need.helper.name}, against=True) if need.helper else None


def _always(_need: Need) -> bool:
    return True


HARD_RULES = (
    HardRule(
        "window", _always,
        lambda candidate, need: candidate.starts.date() >= need.first_on and candidate.span.starts_at >= need.now,
    ),
    HardRule(
        "clinic", lambda need: need.clinic_id is not None,
        lambda candidate, need: candidate.sitting.clinic_id == need.clinic_id,
    ),
    HardRule(
        "enough", _always,
        lambda candidate, _need: not candidate.short,
        blame=lambda candidate, _need: Reason(
            N_("Only %(minutes)s"), {"minutes": candidate.span.ends_at - candidate.span.starts_at}, against=True
        ),
    ),
    HardRule("clinician-free", _always, lambda candidate, _need: not candidate.clinician_busy),
    HardRule("clinician-there", _always, lambda candidate, _need: not candidate.sitting.away),
    HardRule("patient-free", _always, lambda candidate, _need: not candidate.patient_busy),
    HardRule(
        "apart", _always,
        lambda candidate, _need: not candidate.close,
        blame=lambda _candidate, _need: Reason(N_("Close to another appointment"), against=True),
    ),
    HardRule(
        "language", lambda need: need.welsh,
        lambda candidate, _need: _speaks_welsh(candidate),
        praise=lambda _candidate, _need: Reason(N_("Speaks Welsh")),
        blame=_in_english,
    ),
    HardRule(
        "interpreter", lambda need: need.interpreter,
        lambda candidate, need: candidate.starts.date() >= need.today + timedelta(days=INTERPRETER_DAYS),
        blame=lambda _candidate, _need: Reason(N_("Soon, for finding an interpreter"), against=True),
    ),
    HardRule("carer", lambda need: need.helper is not None, _helper_free, _with_helper, _without_helper),
    HardRule(
        "open", lambda need: need.placed,
        lambda candidate, _need: _readiness(candidate) >= Readiness.OPEN,
    ),
    HardRule(
        "room", lambda need: need.placed,
        lambda candidate, _need: _readiness(candidate) >= Readiness.ROOM,
    ),
    HardRule(
        "presenter", lambda need: need.placed,
        lambda candidate, _need: _readiness(candidate) >= Readiness.PRESENTER,
    ),
    HardRule(
        "not-before", lambda need: need.not_before is not None,
        lambda candidate, need: need.not_before is None or candidate.starts.time() >= need.not_before,
        praise=lambda _candidate, need: Reason(N_("Not before %(time)s"), {"time": need.not_before}),
        blame=lambda _candidate, need: Reason(N_("Before %(time)s"), {"time": need.not_before}, against=True),
    ),
    HardRule(
        "letter", lambda need: need.by_letter,
        lambda candidate, need: candidate.starts.date() >= first_letter_day(candidate, need),
        blame=lambda _candidate, _need: Reason(N_("Too soon for a letter: ring the patient"), against=True),
    ),
    HardRule(
        "notice", lambda need: need.notice_days > 0,
        lambda candidate, need: candidate.starts.date() >= first_day(need),
        blame=lambda _candidate, _need: Reason(N_("Less notice than the patient needs"), against=True),
    ),
)  # fmt: skip
BITS = {rule.code: 1 << number for number, rule in enumerate(HARD_RULES)}


def broken(candidate: Candidate, need: Need, rules: Iterable[HardRule] = HARD_RULES) -> int:
    """Return the rules that a time breaks, as a sum of `BITS`; 0 when it keeps them all."""
    return sum(BITS[rule.code] for rule in rules if not rule.kept(candidate, need))


def applying(need: Need) -> tuple[HardRule, ...]:
    """Return the rules that matter to a need."""
    return tuple(rule for rule in HARD_RULES if rule.applies(need))


def mask(codes: Iterable[str]) -> int:
    """Return the sum of these rules' `BITS`."""
    return sum(BITS[code] for code in codes)
