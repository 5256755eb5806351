"""Programs of a running clinic that can be ended as a power cut would end them, and be there again in a moment.

A start of Python with all that CARTREF imports takes two seconds. So it is imported once, in a process that forks
itself whenever a program is to be started (multiprocessing's fork server). What runs then is the same command with the
same settings, and the process is as dead after SIGKILL as any other.
"""

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

from cartref.app import VIEWS

IMPORTED = [
    "cartref.cli", *VIEWS, "waitress", "weasyprint", "psycopg", "notifications_python_client.notifications",
]  # fmt: skip


class EndedByItself(Exception):
    """A program was dead before anybody killed it; the message has the end of what it wrote."""


class Programs:
    """`cartref web` and `cartref worker`, each running or dead; they write to the file `log`."""

    def __init__(self, environ: Mapping[str, str], log: Path) -> None:
        self._environ, self._log = dict(environ), log
        self._running: dict[str, BaseProcess] = {}
        self._fork = get_context("forkserver")
        self._fork.set_forkserver_preload(IMPORTED)

    def start(self, name: str) -> None:
        """Start a program, which is ready some moments later."""
        process = self._fork.Process(target=become, args=(name, self._environ, str(self._log)), daemon=True)
        process.start()
        self._running[name] = process

    def kill(self, name: str) -> None:
        """End a program with SIGKILL, and return once it is dead."""
        process = self._running.pop(name)
        process.kill()
        process.join()
        if process.exitcode != -signal.SIGKILL:
            raise EndedByItself(f"{name}, with {process.exitcode}: {self._log.read_text(errors='replace')[-3000:]}")

    def kill_all(self) -> None:
        """End whatever runs."""
        for process in self._running.values():
            process.kill()
            process.join()
        self._running.clear()


@contextmanager
def programs(environ: Mapping[str, str], log: Path) -> Iterator[Programs]:
    """Hand out the programs, none of them running yet; none runs afterwards."""
    running = Programs(environ, log)
    try:
        yield running
    finally:
        running.kill_all()


def become(name: str, environ: dict[str, str], log: str) -> None:
    """Be `cartref NAME` from here on."""
    from cartref import cli  # the new process has it; whoever asks for it need not

    os.environ.clear()
    os.environ.update(environ)
    written = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(written, 1)
    os.dup2(written, 2)
    sys.argv = ["cartref", name]
    cli.main()
