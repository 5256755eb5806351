"""`make line`: put visits through bad lines and print the table of what came of it; `--write` keeps it in the docs.

Names choose scenarios: `python -m tests.line --write thin cut`.
"""

import platform
import re
import sys
import time
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from tests.line.namespaces import NotAllowed
from tests.line.scenarios import SCENARIOS, Outcome
from tests.line.stand import Ends, ends

DOCS = Path(__file__).parents[2] / "docs" / "line.md"
BETWEEN = re.compile("(<!-- table -->\n).*?(<!-- end of the table -->)", re.DOTALL)
HEAD = "| Line | What came of it | What has to | |\n|---|---|---|---|"


def main(arguments: list[str]) -> int:
    """Run the scenarios named, all of them when none is; return 1 when one of them does not hold, 0 else."""
    wanted = [name for name in arguments if name in SCENARIOS] or list(SCENARIOS)
    try:
        with sync_playwright() as playwright, ends(playwright) as running:
            outcomes = [_run(name, running) for name in wanted]
    except NotAllowed as refused:
        print(f"No network namespaces can be made here, so no line either: {refused}")
        return 0
    table = "\n".join([HEAD, *map(_row, outcomes)])
    print(table)
    if "--write" in arguments:
        on = time.strftime("%d %B %Y").lstrip("0")
        said = f"Measured on {on}: {platform.system()} {platform.machine()}.\n\n{table}\n"
        DOCS.write_text(BETWEEN.sub(lambda found: f"{found[1]}{said}{found[2]}", DOCS.read_text()))
    return 0 if all(outcome.holds for outcome in outcomes) else 1


def _run(name: str, running: Ends) -> Outcome:
    print(f"{name} …", file=sys.stderr, flush=True)
    try:
        return SCENARIOS[name](running)
    except (AssertionError, Error) as fault:
        running.link.repair()
        return Outcome(name, str(fault).strip().splitlines()[0], "an answer", holds=False)


def _row(outcome: Outcome) -> str:
    return f"| {outcome.line} | {outcome.found} | {outcome.wanted} | {'holds' if outcome.holds else 'does not hold'} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
