"""`make drills`: break a running clinic again and again and print what was found."""

import platform
import subprocess
import sys

from cartref import clock
from tests.drills import kills

ROUNDS = 500


def main(arguments: list[str]) -> int:
    """Run the drill (`python -m tests.drills [rounds]`), print its table, and return 1 when anything was lost."""
    rounds = int(arguments[0]) if arguments else ROUNDS
    commit = subprocess.run(("git", "rev-parse", "--short", "HEAD"), capture_output=True, text=True, check=False).stdout
    print(f"{clock.now().date().isoformat()}, {commit.strip() or 'no commit'}, Python {platform.python_version()}")
    found = kills.run(rounds)
    print(found.table())
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
