"""The golden examples, as the Python side reads them; the JavaScript tests read the same file."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from signalling.wire import TicketRefused, names, parse, server
from signalling.wire.client import TYPES
from signalling.wire.names import Close
from signalling.wire.tickets import check_claims

EXAMPLES: dict[str, Any] = json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))
SERVER_TYPES = msgspec.json.Decoder(
    server.Welcome
    | server.PeerJoined
    | server.PeerUpdated
    | server.PeerLeft
    | server.Admitted
    | server.Held
    | server.Waiting
    | server.Notice
    | server.Offer
    | server.Answer
    | server.Candidate
    | server.Chat
    | server.Topology
    | server.Step
    | server.Fresh
    | server.Thinned
    | server.Ended
    | server.Error
    | server.Board
    | server.BoardUpdate
    | server.Pong
)


def named(section: str) -> Any:
    return pytest.mark.parametrize("example", EXAMPLES[section], ids=lambda example: example["name"])


@named("client")
def test_a_client_frame_is_read_or_refused_as_the_example_says(example: dict[str, Any]) -> None:
    frame = parse(json.dumps(example["frame"]))

    assert (frame.refusal is None) is example["ok"]
    assert (frame.refusal.code if frame.refusal else None) == example.get("code")


@named("server")
def test_a_server_frame_is_written_exactly_as_the_example_says(example: dict[str, Any]) -> None:
    message = SERVER_TYPES.decode(json.dumps(example["frame"]))

    assert json.loads(server.encode(message)) == example["frame"]


@named("tickets")
def test_claims_are_good_or_refused_as_the_example_says(example: dict[str, Any]) -> None:
    payload = json.dumps(example["claims"]).encode()

    if example["ok"]:
        assert check_claims(payload, EXAMPLES["now"]).participant == example["claims"]["participant"]
    else:
        with pytest.raises(TicketRefused):
            check_claims(payload, EXAMPLES["now"])


def test_every_message_of_a_client_has_an_example() -> None:
    assert {example["frame"].get("type") for example in EXAMPLES["client"] if example["ok"]} == set(TYPES)


def test_the_close_codes_and_limits_are_those_of_the_service() -> None:
    limits = EXAMPLES["limits"]

    assert {int(code) for code in EXAMPLES["close_codes"]} == set(Close) - {Close.SILENT}
    assert (limits["frame"], limits["sdp"], limits["chat"]) == (
        names.FRAME_BYTES,
        names.SDP_BYTES,
        names.CHAT_CHARACTERS,
    )
    assert (limits["seats"], limits["burst"], limits["sustained"]) == (names.SEATS, names.BURST, names.SUSTAINED)
    assert (limits["replay"], limits["heartbeat"], limits["away"]) == (
        names.REPLAY,
        names.HEARTBEAT_SECONDS,
        names.AWAY_SECONDS,
    )
