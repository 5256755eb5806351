"""`make drills`: break a running clinic again and again and print what was found.

`python -m tests.drills [DRILL] [...]`; without the name of a drill it is `kills`.
"""

import sys
from collections.abc import Callable, Sequence

from tests.drills import kills

DRILLS: dict[str, Callable[[Sequence[str]], int]] = {"kills": kills.main}


def main(arguments: Sequence[str]) -> int:
    """Run the drill that is named first, with the arguments that follow, and return its exit status."""
    if arguments and arguments[0] in DRILLS:
        return DRILLS[arguments[0]](arguments[1:])
    return kills.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
