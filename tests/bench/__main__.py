"""`make bench`: run every benchmark in turn and print its table.

`python -m tests.bench [NAME ...] [--write PAGE]`: only those named; `--write` puts what is measured into a page.
"""

import platform
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from os import cpu_count
from pathlib import Path

from cartref import clock
from tests.bench import (
    bench_booking,
    bench_calendars,
    bench_examination,
    bench_finding,
    bench_first_frame,
    bench_forwarder,
    bench_replanning,
    bench_signalling,
)

BENCHES: dict[str, Callable[[], str]] = {
    "first frame": bench_first_frame.run,
    "examination": bench_examination.run,
    "forwarder": bench_forwarder.run,
    "signalling": bench_signalling.run,
    "finding a time": bench_finding.run,
    "booking at once": bench_booking.run,
    "re-planning": bench_replanning.run,
    "calendars": bench_calendars.run,
}
BEGIN, END = "<!-- the tables begin -->", "<!-- the tables end -->"


def main(arguments: Sequence[str]) -> None:
    """Print the machine and then the benchmarks named, all of them when none is; write them down when asked to."""
    wanted = list(arguments)
    page = None
    if "--write" in wanted:
        at = wanted.index("--write")
        page = Path(wanted[at + 1])
        del wanted[at : at + 2]
    print(_machine())
    tables = dict(_run(wanted or list(BENCHES)))
    if page is not None:
        page.write_text(with_tables(page.read_text("utf-8"), tables, _machine()), "utf-8")


def with_tables(page: str, tables: dict[str, str], machine: str) -> str:
    """Return the page with these tables in place of those that it had."""
    before, _begin, rest = page.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    found = [f"### {name[0].upper()}{name[1:]}\n\n```\n{table}\n```\n" for name, table in tables.items()]
    return "\n".join([before + BEGIN, f"{machine}\n", *found, END + after])


def _run(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        table = BENCHES[name]()
        print(f"\n{name}\n{'=' * len(name)}\n{table}", flush=True)
        yield name, table


def _machine() -> str:
    commit = subprocess.run(("git", "rev-parse", "--short", "HEAD"), capture_output=True, text=True, check=False).stdout
    day = clock.now().date().isoformat()
    return (
        f"{day}, {commit.strip() or 'no commit'}, Python {platform.python_version()}, {platform.platform()}, "
        f"{cpu_count()} cores"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
