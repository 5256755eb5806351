"""The service as a process of its own, so that it can be killed."""

import asyncio
import os
import signal
import sys
from pathlib import Path


class Process:
    """`python -m signalling` on a folder; comes back on the port it had."""

    def __init__(self, folder: Path, app_url: str = "http://127.0.0.1:9", **environ: str) -> None:
        self._environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CARTREF_")},
            "CARTREF_SIGNALLING_DATA": str(folder),
            "CARTREF_APP_URL": app_url,
            **environ,
        }
        self._port = "0"
        self._process: asyncio.subprocess.Process | None = None
        self.url = ""

    async def start(self) -> "Process":
        """Start and return once it listens."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "signalling",
            env={**self._environ, "CARTREF_SIGNALLING_PORT": self._port},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert self._process.stdout is not None
        async with asyncio.timeout(30):
            line = (await self._process.stdout.readline()).decode()
        self.url = line.split()[-1]
        self._port = self.url.rsplit(":", 1)[1].split("/")[0]
        return self

    async def kill(self) -> None:
        """SIGKILL, and return when it is dead."""
        await self._end(signal.SIGKILL)

    async def terminate(self) -> int:
        """SIGTERM; the exit code once it has stopped."""
        return await self._end(signal.SIGTERM)

    async def _end(self, number: signal.Signals) -> int:
        if self._process is None or self._process.returncode is not None:
            return 0
        self._process.send_signal(number)
        async with asyncio.timeout(20):
            return await self._process.wait()
