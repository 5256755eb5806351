"""Whatever people do in whatever order, what must never happen in a room never does."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from signalling.room.state import restore_seat, seat_record
from tests.signalling.visit import CARER, CLINICIAN, PATIENT, PRESENTER, Party, Visit

ROLES = {CLINICIAN: "clinician", PRESENTER: "presenter", PATIENT: "patient", CARER: "carer"}
STAFF = {CLINICIAN, PRESENTER}
people = st.sampled_from(sorted(ROLES))
steps = st.one_of(
    st.tuples(st.just("enter"), people, people),
    st.tuples(st.just("resume"), people, people),
    st.tuples(st.just("lose"), people, people),
    st.tuples(st.just("crash"), people, people),
    st.tuples(st.just("wait"), people, st.sampled_from([1, 30, 61])),
    st.tuples(st.sampled_from(["offer", "answer", "candidate", "chat", "chat-to"]), people, people),
    st.tuples(st.sampled_from(["admit", "hold", "remove"]), people, people),
    st.tuples(st.sampled_from(["state", "quality", "notice", "leave", "end"]), people, people),
)


class History:
    """A visit that is acted upon at random and watched all the time."""

    def __init__(self) -> None:
        self.visit = Visit()
        self.last: dict[str, Party] = {}

    def act(self, action: str, person: str, other: Any) -> None:
        """Take one step, whether it can be taken or not."""
        visit, party = self.visit, self.last.get(person)
        if action == "enter":
            self.last[person] = visit.enter(person, ROLES[person])
        elif action == "wait":
            visit.wait(other)
        elif party is None:
            return
        elif action == "resume":
            self._resume(party)
        elif action == "lose":
            party.lose()
        elif action == "crash":
            self._crash()
        else:
            kind, fields = _message(action, other)
            party.send(kind, **fields)

    def _resume(self, party: Party) -> None:
        if party.inbox and party.inbox[0]["type"] == "welcome":
            self.last[party.participant] = self.visit.resume(party.token, received=party.inbox[-1].get("seq", 1))

    def _crash(self) -> None:
        room = self.visit.room
        if room.ended is None:
            for participant, seat in list(room.seats.items()):
                if participant not in room.removed:
                    room.seats[participant] = restore_seat(seat_record(room, seat), self.visit.now)


def _message(action: str, other: str) -> tuple[str, dict[str, Any]]:
    messages: dict[str, tuple[str, dict[str, Any]]] = {
        "offer": ("offer", {"to": other, "session": "s", "sdp": "v=0"}),
        "answer": ("answer", {"to": other, "session": "s", "sdp": "v=0"}),
        "candidate": ("candidate", {"to": other, "session": "s", "candidate": None}),
        "chat": ("chat", {"text": "Helo"}),
        "chat-to": ("chat", {"text": "Helo", "to": other}),
        "admit": ("admit", {"participant": other}),
        "hold": ("hold", {"participant": other}),
        "remove": ("remove", {"participant": other}),
        "state": ("state", {"audio": True}),
        "quality": ("quality", {"level": "good"}),
        "notice": ("notice", {"code": "please-stay"}),
        "leave": ("leave", {}),
        "end": ("end", {"reason": "completed"}),
    }
    return messages[action]


def assert_numbers_rise_by_one(party: Party) -> None:
    """Every numbered message of a connection follows the one before."""
    numbers = [message["seq"] for message in party.inbox if "seq" in message]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True


def assert_sight_was_respected(party: Party) -> None:
    """Who waits hears of staff only; descriptions come from staff, or between two who are admitted."""
    if not party.inbox or party.participant in STAFF:
        return
    admitted = False
    for message in party.inbox:
        if message["type"] == "welcome":
            # replayed messages follow a welcome that already knows their outcome
            admitted = message["status"] == "admitted" or message["resumed"]
        admitted = message["type"] == "admitted" or (admitted and message["type"] != "held")
        source = message.get("from") or message.get("peer", {}).get("participant")
        if source is not None:
            assert admitted or source in STAFF


@settings(max_examples=400, deadline=None)
@given(st.lists(steps, max_size=60))
def test_no_history_breaks_a_room(history: list[tuple[str, str, Any]]) -> None:
    played = History()

    for step in history:
        played.act(*step)

    room = played.visit.room
    for party in played.visit.parties.values():
        assert_numbers_rise_by_one(party)
        assert_sight_was_respected(party)
    for participant, seat in room.seats.items():
        assert seat.admitted or participant not in STAFF
        assert participant not in room.removed or seat.is_gone
        assert room.ended is None or seat.is_gone
        assert (seat.link is not None) is (seat.presence == "live")
