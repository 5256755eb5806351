"""Real programs for the tests as pytest fixtures: PostgreSQL, Valkey, coturn, Chromium and a mail server.

Loaded by one line in `tests/conftest.py`: `pytest_plugins = ["tests.programs"]`.
"""

pytest_plugins = [
    "tests.programs.missing",
    "tests.programs.postgres",
    "tests.programs.valkey",
    "tests.programs.coturn",
    "tests.programs.chromium",
    "tests.programs.smtp",
]
