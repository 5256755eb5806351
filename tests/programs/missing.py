"""What happens without a program: its tests are skipped, and the run ends with a red list of what was left out."""

import os
import shutil
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

import pytest

PACKAGES = {"chromium": "chromium", "turnserver": "coturn"}
REASON = "missing program: "


def find_program(name: str) -> Path:
    """Return the path of a program of this system; without it the test is skipped, or fails where all are required."""
    found = shutil.which(name)
    return Path(found) if found else missing(name)


def missing(name: str) -> NoReturn:
    """End the test: skipped with a reason the summary knows, failed when CARTREF_REQUIRE_PROGRAMS is set."""
    if os.environ.get("CARTREF_REQUIRE_PROGRAMS"):
        pytest.fail(f"{REASON}{name} (CARTREF_REQUIRE_PROGRAMS is set)", pytrace=False)
    pytest.skip(REASON + name)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say in red what was not tested, so that nobody takes a short run for a whole one."""
    left_out = Counter(map(_program, terminalreporter.stats.get("skipped", [])))
    left_out.pop(None, None)
    if not left_out:
        return
    terminalreporter.section("!!! TESTS SKIPPED: MISSING PROGRAMS !!!", sep="!", red=True, bold=True)
    for program, count in sorted(left_out.items(), key=str):
        install = f" (as root: apt install {PACKAGES[program]})" if program in PACKAGES else ""
        terminalreporter.write_line(f"{count} not run without {program}{install}", red=True)


def _program(report: Any) -> str | None:
    """Return the missing program a report was skipped for, None for any other reason."""
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    _, found, program = reason.partition(REASON)
    return program if found else None
