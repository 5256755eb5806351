"""A link in userspace between two network namespaces: delay, jitter, loss, rate and queue, changed while it runs.

    with namespace() as clinic, namespace() as home, Link(clinic, home) as link:
        link.set(delay_ms=150, loss=0.1)      # both ways
        link.up.set(kbit=500, queue_ms=300)   # from home to the clinic
        link.cut()
        link.heal()

The two ends are TUN devices. A packet waits its turn at the sender's rate, is dropped when the queue before it is too
long, and travels on after the delay; packets never overtake each other.
"""

import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import time
from dataclasses import dataclass, field
from threading import Thread
from types import TracebackType

from tests.line.namespaces import Namespace, NotAllowed

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
LARGEST = 65_536
IDLE = 0.2


@dataclass
class Way:
    """One direction: one-way delay and jitter in ms, loss 0 to 1, rate in kbit/s (None: any), longest queue in ms."""

    delay_ms: float = 0
    jitter_ms: float = 0
    loss: float = 0
    kbit: float | None = None
    queue_ms: float = 400
    is_cut: bool = False
    carried: int = 0
    dropped: int = 0
    _free_at: float = 0
    _last_due: float = 0
    _random: random.Random = field(default_factory=lambda: random.Random(7))

    def set(self, **changes: float | None) -> None:
        """Change what is named, from the next packet on."""
        for name, value in changes.items():
            if name not in WHAT_MAY_CHANGE:
                raise TypeError(name)
            setattr(self, name, value)

    def due(self, size: int, now: float) -> float | None:
        """Return when a packet of `size` bytes arrives at the other end; None when it is lost."""
        if self.is_cut or self._random.random() < self.loss:
            self.dropped += 1
            return None
        start = max(now, self._free_at)
        if self.kbit is not None:
            if (start - now) * 1000 > self.queue_ms:
                self.dropped += 1
                return None
            self._free_at = start = start + size * 8 / (self.kbit * 1000)
        arrives = start + (self.delay_ms + self._random.uniform(-1, 1) * self.jitter_ms) / 1000
        self._last_due = max(self._last_due, arrives)
        self.carried += 1
        return self._last_due


WHAT_MAY_CHANGE = frozenset({"delay_ms", "jitter_ms", "loss", "kbit", "queue_ms"})


class Link:
    """A link from `home` (its `up`) to `clinic` and back (its `down`); `number` tells several links apart."""

    def __init__(self, clinic: Namespace, home: Namespace, number: int = 0) -> None:
        self.up, self.down = Way(), Way()
        self.clinic_address, self.home_address = f"10.77.{number}.1", f"10.77.{number}.2"
        self._ends = (clinic, home)
        self._device = f"line{number}"
        self._files: list[int] = []
        self._thread = Thread(target=self._carry, daemon=True)
        self._is_open = True

    def __enter__(self) -> "Link":
        clinic, home = self._ends
        self._files = [end.run(lambda: _open_tun(self._device)) for end in self._ends]
        _address(clinic, self._device, self.clinic_address, self.home_address)
        _address(home, self._device, self.home_address, self.clinic_address)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_open = False
        self._thread.join()
        for file in self._files:
            os.close(file)  # the device goes with it

    def set(self, **changes: float | None) -> None:
        """Change what is named in both directions."""
        for way in (self.up, self.down):
            way.set(**changes)

    def cut(self) -> None:
        """Lose everything, both ways."""
        self.up.is_cut = self.down.is_cut = True

    def heal(self) -> None:
        """Carry packets again."""
        self.up.is_cut = self.down.is_cut = False

    def repair(self) -> None:
        """Be the best of lines again."""
        self.heal()
        self.set(delay_ms=0, jitter_ms=0, loss=0, kbit=None, queue_ms=400)

    def unplug(self) -> None:
        """Take the device at home away, as a telephone does that leaves its network."""
        self._ends[1].ip("link", "set", self._device, "down")

    def plug(self, *, route: str | None = None) -> None:
        """Bring the device at home up, with a way to `route` (an address beyond the clinic's end)."""
        home = self._ends[1]
        home.ip("link", "set", self._device, "up")
        if route:
            home.ip("route", "replace", route, "via", self.clinic_address, "dev", self._device)

    def _carry(self) -> None:
        """Shuttle packets until the link is closed."""
        clinic, home = self._files
        ways = {home: (self.up, clinic), clinic: (self.down, home)}
        waiting: list[tuple[float, int, int, bytes]] = []
        number = 0
        while self._is_open:
            patience = max(0, waiting[0][0] - time.monotonic()) if waiting else IDLE
            for file in select.select(self._files, [], [], min(patience, IDLE))[0]:
                way, other = ways[file]
                for packet in _read(file):
                    due = way.due(len(packet), time.monotonic())
                    if due is not None:
                        heapq.heappush(waiting, (due, number := number + 1, other, packet))
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, other, packet = heapq.heappop(waiting)
                _write(other, packet)


def _read(file: int) -> list[bytes]:
    """Return what has come to a device, a few packets at most so that none waits for the others."""
    packets: list[bytes] = []
    while len(packets) < 32:
        try:
            packets.append(os.read(file, LARGEST))
        except OSError:  # nothing more, or the device is down
            break
    return packets


def _write(file: int, packet: bytes) -> None:
    try:
        os.write(file, packet)
    except OSError:
        return  # a device that is down takes nothing: the packet is lost, as on any line


def _open_tun(name: str) -> int:
    try:
        file = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(file, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    except OSError as fault:
        raise NotAllowed(f"/dev/net/tun: {fault}") from fault
    return file


def _address(end: Namespace, device: str, own: str, other: str) -> None:
    try:
        end.ip("address", "add", own, "peer", f"{other}/32", "dev", device)
        end.ip("link", "set", device, "up")
    except subprocess.CalledProcessError as fault:
        raise NotAllowed(fault.stderr.decode()) from fault
