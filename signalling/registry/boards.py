"""The open boards, and which rooms they have yet to be told of."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

from signalling.room import Room, board
from signalling.room.allowance import Allowance
from signalling.room.board import Board
from signalling.room.effects import Effects
from signalling.wire.names import Close
from signalling.wire.tickets import TicketClaims

# Changes that follow one another this closely reach a board as one.
GATHER_SECONDS: Final = 0.05


class Boards:
    """Every board of this process; a room for which `is_holding` is true may not be shown yet."""

    def __init__(
        self, rooms: Mapping[str, Room], carry_out: Callable[[Effects], None], is_holding: Callable[[str], bool]
    ) -> None:
        self._rooms = rooms
        self._carry_out = carry_out
        self._is_holding = is_holding
        self._open: dict[int, Board] = {}
        self._allowances: dict[str, Allowance] = {}
        self._changed: dict[str, frozenset[str]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._open)

    def open(self, claims: TicketClaims, link: int, now: float) -> None:
        """Open a board and show it the rooms as they are; what is not announced yet follows."""
        allowance = self._allowances.setdefault(claims.participant, Allowance(at=now))
        opened = board.open_board(claims, link, allowance, now)
        shown = [room for room in self._rooms.values() if not self._is_holding(room.id)]
        self._open[link] = opened
        self._carry_out(board.greet(opened, shown, now))
        for room in self._rooms.values():
            if self._is_holding(room.id):
                self.change(room.id, room.topics)

    def get(self, link: int) -> Board | None:
        """The board on a connection, if it is one."""
        return self._open.get(link)

    def close(self, link: int) -> None:
        """The connection is gone."""
        self._open.pop(link, None)

    def change(self, room: str, topics: frozenset[str]) -> None:
        """A room is shown otherwise on the boards of these topics; told shortly."""
        if not self._open:
            return
        self._changed[room] = self._changed.get(room, frozenset()) | topics
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._tell)

    def pass_time(self, now: float) -> None:
        """Close the boards whose time is over, and forget allowances that nobody has used for long."""
        over = [link for link, opened in self._open.items() if now >= opened.until]
        for link in over:
            self._carry_out(board.shut(self._open.pop(link), Close.ENDED, "until"))
        in_use = {opened.participant for opened in self._open.values()}
        for participant in [p for p, left in self._allowances.items() if p not in in_use and left.is_full(now)]:
            del self._allowances[participant]

    def _tell(self) -> None:
        changed, self._changed, self._timer = self._changed, {}, None
        for room, topics in changed.items():
            if self._is_holding(room):
                self.change(room, topics)
            else:
                self._show(room, topics)

    def _show(self, room_id: str, topics: frozenset[str]) -> None:
        room = self._rooms.get(room_id)
        for opened in list(self._open.values()):
            if board.watches(opened, topics):
                self._carry_out(board.forget(opened, room_id) if room is None else board.show(opened, room))
