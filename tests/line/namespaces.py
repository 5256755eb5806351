"""Network namespaces without a name: each lives as long as one small process, which ends when this one does."""

import ctypes
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

CLONE_NEWNET = 0x40000000
OWN = Path("/proc/thread-self/ns/net")
Answer = TypeVar("Answer")


class NotAllowed(Exception):
    """This machine does not let us make namespaces; the message says what was refused."""


class Namespace:
    """One network of its own, with nothing in it but its loopback."""

    def __init__(self, holder: subprocess.Popen[bytes]) -> None:
        self._holder = holder
        self.path = Path(f"/proc/{holder.pid}/ns/net")

    def run(self, act: Callable[[], Answer]) -> Answer:
        """Return what `act` returns when it runs in this network, as everything does that it starts."""
        answers: list[Answer] = []
        faults: list[BaseException] = []

        def inside() -> None:
            try:
                _enter(self.path)
                answers.append(act())
            except BaseException as fault:  # handed to the caller below, whatever it is
                faults.append(fault)

        thread = Thread(target=inside)
        thread.start()
        thread.join()
        if faults:
            raise faults[0]
        return answers[0]

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Let this thread, and every process that it starts, be in this network for the length of a block."""
        back = os.open(OWN, os.O_RDONLY)
        _enter(self.path)
        try:
            yield
        finally:
            _enter(Path(f"/proc/self/fd/{back}"))
            os.close(back)

    def ip(self, *command: str) -> None:
        """Run `ip` with these words in this network."""
        self.run(lambda: subprocess.run(["ip", *command], check=True, capture_output=True))

    def wrapper(self, program: str, folder: Path) -> Path:
        """Return a program that starts `program` in this network, written into `folder`."""
        script = folder / f"in-{self._holder.pid}"
        script.write_text(f'#!/bin/sh\nexec nsenter --net={self.path} -- {program} "$@"\n')
        script.chmod(0o755)
        return script


@contextmanager
def namespace() -> Iterator[Namespace]:
    """Hand out a network; raise NotAllowed where none may be made."""
    try:
        holder = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", "echo made && exec cat"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
    except OSError as fault:
        raise NotAllowed(str(fault)) from fault
    with holder:
        assert holder.stdin and holder.stdout and holder.stderr
        if holder.stdout.readline() != b"made\n":
            raise NotAllowed(holder.stderr.read().decode().strip())
        made = Namespace(holder)
        try:
            made.ip("link", "set", "lo", "up")
            yield made
        finally:
            holder.stdin.close()  # `cat` reads its end, also when this process is killed


def _enter(path: Path) -> None:
    libc: Any = ctypes.CDLL(None, use_errno=True)
    number = os.open(path, os.O_RDONLY)
    try:
        if libc.setns(number, CLONE_NEWNET):
            code = ctypes.get_errno()
            raise NotAllowed(os.strerror(code))
    finally:
        os.close(number)
