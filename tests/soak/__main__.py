"""`python -m tests.soak --minutes 30` prints how it went, and fails where something grew."""

import argparse
import asyncio
import sys

from tests.soak.forwarder import soak


def main() -> int:
    """Soak for as long as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    report = asyncio.run(soak(parser.parse_args().minutes * 60, tell=print))
    print(report)
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
