"""The best plan, by OR-tools' CP-SAT where the extra `cartref[replan]` is installed; never worse than greedy."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from cartref.appointments.replanning import greedy
from cartref.appointments.replanning.plan import UNPLACED, Person, Plan, make_plan

SECONDS = 5.0  # of wall time at most
EFFORT = 4.0  # in CP-SAT's deterministic seconds: the same instance stops at the same place on every machine


def available() -> bool:
    """Tell whether OR-tools is installed."""
    try:
        import ortools  # noqa: F401, PLC0415 # an extra
    except ImportError:
        return False
    return True


def solve(people: Sequence[Person]) -> tuple[Plan, str]:
    """Return the cheaper of the greedy plan and CP-SAT's, which takes the greedy one as its hint, and whose it is."""
    first = greedy.solve(people)
    if not available():
        return first, "greedy"
    best = _solve(people, first)
    return (best, "cp-sat") if best is not None and best.cost <= first.cost else (first, "greedy")


def _solve(people: Sequence[Person], hint: Plan) -> Plan | None:
    from ortools.sat.python import cp_model  # noqa: PLC0415 # an extra

    model = cp_model.CpModel()
    choices = {
        (person.appointment_id, number): model.new_bool_var(f"{person.appointment_id}:{number}")
        for person in people
        for number in range(len(person.options))
    }
    for person in people:
        model.add_at_most_one([choices[person.appointment_id, number] for number in range(len(person.options))])
    for together in _exclusive(people):
        model.add_at_most_one([choices[key] for key in together])
    for (key, number), choice in choices.items():
        model.add_hint(choice, hint.chosen[key] == number)
    model.minimize(
        sum(
            (person.options[number].cost - UNPLACED) * choices[person.appointment_id, number]
            for person in people
            for number in range(len(person.options))
        )
    )
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_time_in_seconds = SECONDS
    solver.parameters.max_deterministic_time = EFFORT
    if solver.solve(model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return None
    return make_plan(people, {person.appointment_id: _chosen(solver, choices, person) for person in people})


def _chosen(solver: Any, choices: dict[tuple[str, int], Any], person: Person) -> int | None:
    numbers = range(len(person.options))
    return next((n for n in numbers if solver.boolean_value(choices[person.appointment_id, n])), None)


def _exclusive(people: Sequence[Person]) -> Iterator[tuple[tuple[str, int], ...]]:
    """Yield every set of choices of which one at most can be: those that need one resource at one moment.

    Spans that overlap pairwise share a moment, and one of them begins then: so it is enough to look at beginnings.
    """
    needs = defaultdict(list)
    for person in people:
        for number, option in enumerate(person.options):
            for claim in option.claims:
                needs[claim.resource_id].append((claim.span, (person.appointment_id, number)))
    for spans in needs.values():
        seen = set()
        for moment in sorted({span.starts_at for span, _key in spans}):
            together = tuple(sorted({key for span, key in spans if span.starts_at <= moment < span.ends_at}))
            if len({key for key, _number in together}) > 1 and together not in seen:
                seen.add(together)
                yield together
