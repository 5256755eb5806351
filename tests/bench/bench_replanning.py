"""Moving a clinic's patients: the greedy plan and CP-SAT's, over the same instances, in time and in what they cost."""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from cartref.appointments.replanning import cpsat, greedy
from cartref.appointments.replanning.plan import UNPLACED, Claim, Option, Person, Plan
from cartref.clinics.availability import Span

PATIENTS, SLOTS, SEEDS = 60, 200, 8
SLOT = timedelta(minutes=20)
NINE = datetime(2026, 12, 7, 9, tzinfo=UTC)
A_DAY = 20  # slots
SUITS_NOT = 0.93  # of all slots: language, place, carer and room rarely meet


def run() -> str:
    """Return a table over the seeds: milliseconds, cost and people without a time, each as a share of the other's."""
    rows = [_measure(seed) for seed in range(SEEDS)]
    return "\n".join(_table(rows))


def instance(seed: int) -> list[Person]:
    """Return 60 people and 200 slots of two clinicians over weeks; few suit each, most need a room too."""
    chance = Random(seed)
    slots = [_slot(number, f"clinician-{number % 2}") for number in range(SLOTS)]
    return [Person(f"appointment-{number:02}", tuple(_options(number, slots, chance))) for number in range(PATIENTS)]


def _slot(number: int, clinician: str) -> tuple[str, Span, str]:
    at = number // 2
    start = NINE + timedelta(days=at // A_DAY) + at % A_DAY * SLOT
    return f"slot-{number}", Span(start, start + SLOT), clinician


def _options(patient: int, slots: list[tuple[str, Span, str]], chance: Random) -> Iterator[Option]:
    long, needs_room = chance.random() < 0.4, chance.random() < 0.7
    wanted_day, afternoon = chance.randrange(5), chance.random() < 0.5
    for slot_id, span, clinician in slots:
        if chance.random() < SUITS_NOT:
            continue
        taken = Span(span.starts_at, span.ends_at + (SLOT if long else timedelta()))
        needs = [clinician, f"patient-{patient}", *(["room"] if needs_room else [])]
        days = (span.starts_at - NINE).days
        cost = 10 * abs(days - wanted_day) + chance.randrange(5) + 5 * ((span.starts_at.hour >= 12) != afternoon)
        yield Option(slot_id, taken, tuple(Claim(name, taken) for name in needs), cost)


def _measure(seed: int) -> dict[str, float]:
    people = instance(seed)
    plan, greedy_ms = _timed(lambda: greedy.solve(people))
    best, cpsat_ms = _timed(lambda: cpsat.solve(people)[0])
    return {
        "greedy ms": greedy_ms, "cp-sat ms": cpsat_ms, "greedy cost": _cost(plan), "cp-sat cost": _cost(best),
        "greedy unplaced": _unplaced(plan), "cp-sat unplaced": _unplaced(best),
    }  # fmt: skip


def _timed(act: Callable[[], Plan]) -> tuple[Plan, float]:
    start = time.perf_counter()
    plan = act()
    return plan, (time.perf_counter() - start) * 1000


def _unplaced(plan: Plan) -> int:
    return sum(number is None for number in plan.chosen.values())


def _cost(plan: Plan) -> int:
    return plan.cost - UNPLACED * _unplaced(plan)


def _table(rows: list[dict[str, float]]) -> Iterator[str]:
    yield f"{PATIENTS} patients, {SLOTS} slots, {SEEDS} instances{'':14}{'median':>8}{'least':>8}{'most':>8}"
    for name in rows[0]:
        values = [row[name] for row in rows]
        yield f"{name:44}{statistics.median(values):8.0f}{min(values):8.0f}{max(values):8.0f}"
    ratios = {
        "cp-sat time / greedy time": [row["cp-sat ms"] / row["greedy ms"] for row in rows],
        "greedy cost / cp-sat cost": [row["greedy cost"] / max(row["cp-sat cost"], 1) for row in rows],
    }
    for name, values in ratios.items():
        yield f"{name:44}{statistics.median(values):8.2f}{min(values):8.2f}{max(values):8.2f}"


if __name__ == "__main__":
    print(run())
