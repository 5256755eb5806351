"""The contract of PROTOCOL.md as types and pure functions: frames, refusals, tickets, events, orders. No framework."""

from signalling.wire.client import ClientMessage, Frame, NotAFrame, Refusal, parse
from signalling.wire.events import (
    Answer,
    Event,
    Order,
    Post,
    Rejection,
    SignatureRefused,
    sign,
    verify_signature,
)
from signalling.wire.names import CLOSE_REASONS, STAFF, SUBPROTOCOL, VERSION, Close
from signalling.wire.tickets import (
    CheckClaims,
    TicketClaims,
    TicketKeys,
    TicketRefused,
    mint_check_ticket,
    mint_ticket,
    read_check_ticket,
    read_ticket,
)

__all__ = [
    "CLOSE_REASONS",
    "STAFF",
    "SUBPROTOCOL",
    "VERSION",
    "Answer",
    "CheckClaims",
    "ClientMessage",
    "Close",
    "Event",
    "Frame",
    "NotAFrame",
    "Order",
    "Post",
    "Refusal",
    "Rejection",
    "SignatureRefused",
    "TicketClaims",
    "TicketKeys",
    "TicketRefused",
    "mint_check_ticket",
    "mint_ticket",
    "parse",
    "read_check_ticket",
    "read_ticket",
    "sign",
    "verify_signature",
]
