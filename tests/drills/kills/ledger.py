"""What was asked of a clinic during a drill, and what it said it had done: the other side of the comparison."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.drills.desk import NoAnswer, Refused


@dataclass
class Ledger:
    """What clerks and patients were told: ids of what was acknowledged, and how much was never answered.

    `booked` holds appointments by the key of their form; `papers` the file of each print run that somebody put into the
    post, `taken_out` the letters that she took out of it before.
    """

    acknowledged: Counter[str] = field(default_factory=Counter)
    cut_off: Counter[str] = field(default_factory=Counter)
    booked: dict[str, str] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    moved: Counter[str] = field(default_factory=Counter)
    cancelled: set[str] = field(default_factory=set)
    answered: dict[str, str] = field(default_factory=dict)
    papers: dict[str, bytes] = field(default_factory=dict)
    taken_out: dict[str, frozenset[str]] = field(default_factory=dict)
    rung: set[str] = field(default_factory=set)
    killed: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @contextmanager
    def asking(self, what: str) -> Iterator[None]:
        """Count a request as acknowledged, or as cut off when no answer came (NoAnswer goes on to whoever asked)."""
        try:
            yield
        except NoAnswer:
            self.cut_off[what] += 1
            raise
        except Refused as refusal:
            self.faults.append(f"{what} refused: {refusal}")
            raise
        self.acknowledged[what] += 1
