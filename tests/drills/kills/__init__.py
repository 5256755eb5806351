"""Kill -9 of the web process and of the worker while an office works: nothing acknowledged is lost, nothing sent twice.

Clerks book, move and cancel, write down answers to offers, print letters and post them; patients answer by their
links. At a moment chosen by chance, one process or both are ended as a power cut would. `docs/drills.md` says more.
"""

import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.drills.kills import leg, table
from tests.drills.kills.leg import Found, Leg
from tests.programs.postgres import running_postgres

ROUNDS = 500
LEGS = (
    Leg(postgres=False, by_notify=False), Leg(postgres=True, by_notify=True),
    Leg(postgres=True, by_notify=False), Leg(postgres=False, by_notify=True),
)  # fmt: skip


def run(rounds: int, legs: Sequence[Leg] = LEGS, seed: int = 1) -> list[Found]:
    """Return what each leg found, `rounds` being shared among them."""
    shares = [rounds // len(legs) + (place < rounds % len(legs)) for place in range(len(legs))]
    with ExitStack() as stack:
        postgres = stack.enter_context(running_postgres()) if any(one.postgres for one in legs) else None
        found = []
        for place, (one, share) in enumerate(zip(legs, shares, strict=True)):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "clinic"
            url = postgres.create_database() if postgres and one.postgres else None
            if share:
                found.append(leg.run(one, share, seed + place, folder, url))
        return found


def main(arguments: Sequence[str]) -> int:
    """Run the drill, print its table, and return 1 when anything was lost, doubled or untrue."""
    parser = ArgumentParser(prog="python -m tests.drills kills", description=__doc__)
    parser.add_argument("rounds", type=int, nargs="?", default=ROUNDS)
    parser.add_argument("--seed", type=int, default=1, help="another seed kills at other moments")
    parser.add_argument("--write", type=Path, help="put the table between the two marks of this page")
    asked = parser.parse_args(arguments)
    found = run(asked.rounds, seed=asked.seed)
    told = table.markdown(found)
    print(told)
    if asked.write:
        table.write(asked.write, told)
    wrong = [f"{one.leg}: {fault}" for one in found for fault in one.faults]
    print(*wrong, sep="\n", file=sys.stderr)
    return 1 if wrong else 0
