"""The process that echoes: started by the first check, so that the service itself never loads what carries media."""

import asyncio
import contextlib
import json
import logging
import sys
from typing import Final

log = logging.getLogger(__name__)

LINE_BYTES: Final = 256 * 1024
ANSWER_SECONDS: Final = 8.0
STOP_SECONDS: Final = 2.0


class NoEcho(Exception):
    """No answer came: the process died, or took too long."""


class NotUnderstood(Exception):
    """The offer is none that an echo can be made of."""


class EchoProcess:
    """`python -m signalling.media.line_check`, kept running from the first check on; one that died is started again.

    `public_address` is what the world knows this host by, where that is no address of its own.
    """

    def __init__(self, public_address: str | None = None) -> None:
        self._address = [public_address] if public_address else []
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._awaited: dict[str, asyncio.Future[dict[str, str]]] = {}
        self._starting = asyncio.Lock()

    async def start(self) -> None:
        """Have the process running; it takes a second to load, so that a check asks for it before it needs it."""
        async with self._starting:
            if self._process is not None and self._process.returncode is None:
                return
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "signalling.media.line_check", *self._address),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=LINE_BYTES,
            )  # fmt: skip
            self._reader = asyncio.create_task(self._read(self._process))

    async def answer(self, check: str, offer: str) -> str:
        """The echo's answer to an offer, which replaces the check's offer before; raises NoEcho or NotUnderstood."""
        await self.start()
        awaited = self._awaited[check] = asyncio.get_running_loop().create_future()
        try:
            self._write({"check": check, "offer": offer})
            async with asyncio.timeout(ANSWER_SECONDS):
                said = await awaited
        except (TimeoutError, OSError) as fault:
            raise NoEcho from fault
        finally:
            if self._awaited.get(check) is awaited:
                del self._awaited[check]
        if "answer" not in said:
            raise NotUnderstood(said.get("fault", ""))
        return str(said["answer"])

    def close(self, check: str) -> None:
        """End the echo of a check, if it has one."""
        with contextlib.suppress(OSError):
            self._write({"check": check, "offer": None})

    async def stop(self) -> None:
        """End the process: it goes when its stdin is closed, and is killed if it does not."""
        process = self._process
        if process is None or process.stdin is None or process.returncode is not None:
            return
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()

    def _write(self, message: dict[str, str | None]) -> None:
        if self._process is None or self._process.stdin is None or self._process.stdin.is_closing():
            raise ConnectionResetError
        self._process.stdin.write(json.dumps(message).encode() + b"\n")

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            said = json.loads(line)
            awaited = self._awaited.get(said["check"])
            if awaited is not None and not awaited.done():
                awaited.set_result(said)
        await process.wait()
        log.warning("the echo of line checks ended with %s", process.returncode)
        for awaited in self._awaited.values():
            if not awaited.done():
                awaited.set_exception(ConnectionResetError())
