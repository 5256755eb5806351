"""`make bench`: run every benchmark in turn and print its table."""

import platform
import sys
from os import cpu_count

from tests.bench import bench_calendars, bench_finding, bench_first_frame, bench_replanning, bench_signalling

BENCHES = {
    "first frame": bench_first_frame.run,
    "signalling": bench_signalling.run,
    "finding a time": bench_finding.run,
    "re-planning": bench_replanning.run,
    "calendars": bench_calendars.run,
}


def main(wanted: list[str]) -> None:
    """Print the machine and then the benchmarks named, all of them when none is."""
    print(f"{platform.platform()}, Python {platform.python_version()}, {cpu_count()} cores")
    for name, run in BENCHES.items():
        if not wanted or name in wanted:
            print(f"\n{name}\n{'=' * len(name)}\n{run()}")


if __name__ == "__main__":
    main(sys.argv[1:])
