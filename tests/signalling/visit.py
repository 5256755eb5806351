"""A room without sockets: people enter, send, drop and come back, and every effect is laid where a test can look."""

import json
from dataclasses import dataclass, field
from typing import Any

from signalling import room as rooms
from signalling.room import Room
from signalling.room.effects import Deliver, Effects, EntryRefused, Happened, Keep, Listed, Shut
from signalling.room.tokens import Token, read_token
from signalling.wire.server import IceServer
from signalling.wire.tickets import TicketClaims

ROOM = "room-1c9d4e7fa2b3"
CLINICIAN = "clinician-4b7e9a6612"
PRESENTER = "presenter-77c0de1234"
PATIENT = "patient-8f3a5c1d20aa"
CARER = "carer-5d2f00aa9981bb"
SECRET = b"s" * 32
START = 1_767_225_600.0


@dataclass
class Party:
    """One connection of one person."""

    visit: "Visit"
    participant: str
    link: int
    inbox: list[dict[str, Any]] = field(default_factory=list)
    closed: tuple[int, str] | None = None

    def send(self, kind: str, **fields: Any) -> list[dict[str, Any]]:
        """Send a message and return what came back to this connection."""
        return self.send_text(json.dumps({"type": kind, **fields}))

    def send_text(self, text: str) -> list[dict[str, Any]]:
        """Send a frame as it is and return what came back to this connection."""
        before = len(self.inbox)
        visit = self.visit
        visit.carry_out(rooms.receive(visit.room, self.participant, self.link, text, visit.now))
        return self.inbox[before:]

    def lose(self) -> None:
        """Lose the socket."""
        self.visit.carry_out(rooms.lose(self.visit.room, self.participant, self.link, self.visit.now))

    def read(self) -> list[dict[str, Any]]:
        """Everything received since the last look."""
        messages, self.inbox = self.inbox, []
        return messages

    @property
    def welcome(self) -> dict[str, Any]:
        """The welcome of this connection."""
        return next(message for message in self.inbox if message["type"] == "welcome")

    @property
    def token(self) -> str:
        """The resume token of this connection's welcome."""
        return str(self.welcome["resume"])

    @property
    def refusal(self) -> str:
        """The code of the last error received."""
        errors = [message["code"] for message in self.inbox if message["type"] == "error"]
        return str(errors[-1]) if errors else ""


class Visit:
    """A room, its time, and what became of its effects."""

    def __init__(self, ice_servers: list[IceServer] | None = None) -> None:
        self.now = START
        self.room = Room(ROOM, SECRET, lambda _participant, _until, _now: list(ice_servers or []))
        self.parties: dict[int, Party] = {}
        self.events: list[tuple[str, str | None, dict[str, Any]]] = []
        self.records: list[Any] = []
        self.listed: list[frozenset[str]] = []

    def enter(self, participant: str, role: str, *, epoch: int | None = None, **claims: Any) -> Party:
        """Come with a fresh ticket."""
        party = self._party(participant)
        ticket = make_claims(participant, role, **{"until": self.now + 3600, **claims})
        try:
            self.carry_out(rooms.enter(self.room, ticket, epoch, party.link, self.now))
        except EntryRefused as refused:
            self.carry_out(refused.effects)
            party.closed = (int(refused.code), refused.reason)
        return party

    def resume(self, token: str, received: int) -> Party:
        """Come back with a resume token."""
        read = read_token(token, SECRET)
        assert isinstance(read, Token)
        party = self._party(read.participant)
        try:
            self.carry_out(rooms.resume(self.room, read, received, party.link, self.now))
        except EntryRefused as refused:
            party.closed = (int(refused.code), refused.reason)
        return party

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        self.carry_out(rooms.pass_time(self.room, self.now))

    def carry_out(self, effects: Effects) -> None:
        """Lay each effect where it belongs."""
        for effect in effects:
            match effect:
                case Deliver():
                    self.parties[effect.link].inbox.append(json.loads(effect.frame))
                case Shut():
                    self.parties[effect.link].closed = (int(effect.code), effect.reason)
                case Happened():
                    self.events.append((effect.type, effect.participant, effect.data))
                case Keep():
                    self.records.append(effect.record)
                case Listed():
                    self.listed.append(effect.topics)

    def event_types(self) -> list[str]:
        """The types of the events so far."""
        return [kind for kind, _, _ in self.events]

    def _party(self, participant: str) -> Party:
        party = Party(self, participant, len(self.parties) + 1)
        self.parties[party.link] = party
        return party


def make_claims(participant: str, role: str, **claims: Any) -> TicketClaims:
    """The claims of a good ticket for the room."""
    return TicketClaims(
        iss="cartref",
        aud="signalling",
        iat=START,
        exp=START + 60,
        jti="jti",
        participant=participant,
        role=role,  # type: ignore[arg-type]  # tests name roles freely
        **{"room": ROOM, **claims},
    )


def kinds(messages: list[dict[str, Any]]) -> list[str]:
    """The types of messages."""
    return [message["type"] for message in messages]
