"""A good plan in milliseconds: the hardest first, then mended by moving one to make room for another. Deterministic."""

from collections.abc import Iterator, Sequence

from cartref.appointments.replanning.plan import UNPLACED, Option, Person, Plan, Taken, make_plan

MOST_ROUNDS = 20  # of mending: each gains something, and a plan rarely takes more than five


def solve(people: Sequence[Person]) -> Plan:
    """Return a plan that no single change, and no change that moves one other person along, makes cheaper."""
    desk = _Desk(people)
    desk.place_all()
    for _round in range(MOST_ROUNDS):
        if not desk.mend():
            break
    return make_plan(people, desk.chosen)


class _Desk:
    """A plan while it is made."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.people = {person.appointment_id: person for person in people}
        self.chosen: dict[str, int | None] = dict.fromkeys(self.people)
        self._taken = Taken()
        # Cheapest first for everybody; the earlier number decides between equals, so that twice gives the same.
        self._ranked = {
            key: sorted(range(len(person.options)), key=lambda n, person=person: (person.options[n].cost, n))  # type: ignore[misc] # bound at once
            for key, person in self.people.items()
        }

    def place_all(self) -> None:
        """Give everybody, those with the fewest times first, the cheapest time that is still free."""
        for key in sorted(self.people, key=lambda key: (len(self.people[key].options), key)):
            self._choose(key, self._cheapest_free(key))

    def mend(self) -> bool:
        """Change what makes the plan cheaper, and tell whether anything did."""
        gained = [self._better(key) for key in sorted(self.people)]
        return any(gained)

    def _better(self, key: str) -> bool:
        """Give somebody a cheaper time that is free, or is freed by moving one other for less than it gains."""
        now = self._cost(key, self.chosen[key])
        for number in self._ranked[key]:
            gain = now - self.people[key].options[number].cost
            if gain <= 0:
                return False
            if self._move_to(key, number, gain):
                return True
        return False

    def _move_to(self, key: str, number: int, gain: int) -> bool:
        in_the_way = self._taken.in_the_way(self.people[key].options[number], key)
        if len(in_the_way) > 1:
            return False
        before = self.chosen[key]
        self._choose(key, number)
        if not in_the_way:
            return True
        (other,) = in_the_way
        others = self.chosen[other]
        self._choose(other, None)
        self._taken.take(self.people[key].options[number], key)  # what both claimed is hers now
        elsewhere = self._cheapest_free(other)
        if self._cost(other, elsewhere) - self._cost(other, others) < gain:
            self._choose(other, elsewhere)
            return True
        self._choose(key, before)
        self._choose(other, others)
        return False

    def _cheapest_free(self, key: str) -> int | None:
        return next((n for n, option in self._options(key) if not self._taken.in_the_way(option, key)), None)

    def _options(self, key: str) -> Iterator[tuple[int, Option]]:
        return ((number, self.people[key].options[number]) for number in self._ranked[key])

    def _choose(self, key: str, number: int | None) -> None:
        before = self.chosen[key]
        if before is not None:
            self._taken.give_back(self.people[key].options[before])
        if number is not None:
            self._taken.take(self.people[key].options[number], key)
        self.chosen[key] = number

    def _cost(self, key: str, number: int | None) -> int:
        return UNPLACED if number is None else self.people[key].options[number].cost
