"""Tickets: signed with the right key and algorithm, or refused."""

import base64
import json
import time

import pytest
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey

from signalling.wire import (
    TicketKeys,
    TicketRefused,
    mint_check_ticket,
    mint_ticket,
    read_check_ticket,
    read_ticket,
)

KEY = b"a-key-of-at-least-thirty-two-bytes-for-tests"
ROOM = "room-1c9d4e7fa2b3"
PATIENT = "patient-8f3a5c1d20"


def mint(key: bytes = KEY) -> str:
    now = time.time()
    return mint_ticket(key, now, participant=PATIENT, role="patient", room=ROOM, until=now + 3600)


def segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_minted_ticket_is_read_back() -> None:
    claims = read_ticket(mint(), TicketKeys(KEY), time.time())

    assert (claims.room, claims.participant, claims.role, claims.is_staff) == (ROOM, PATIENT, "patient", False)


def test_no_two_tickets_are_the_same() -> None:
    assert mint() != mint()


def test_a_ticket_signed_with_another_key_is_refused() -> None:
    with pytest.raises(TicketRefused):
        read_ticket(mint(b"b" * 32), TicketKeys(KEY), time.time())


def test_a_ticket_whose_payload_was_changed_is_refused() -> None:
    header, payload, signature = mint().split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))

    with pytest.raises(TicketRefused):
        read_ticket(f"{header}.{segment({**claims, 'role': 'clinician'})}.{signature}", TicketKeys(KEY), time.time())


@pytest.mark.parametrize("algorithm", ["none", "HS384", "HS512", "RS256", "EdDSA", "", None, ["HS256"], 7])
def test_any_other_algorithm_is_refused(algorithm: object) -> None:
    _, payload, signature = mint().split(".")

    with pytest.raises(TicketRefused):
        read_ticket(f"{segment({'alg': algorithm})}.{payload}.{signature}", TicketKeys(KEY), time.time())


@pytest.mark.parametrize("token", ["", ".", "..", "...", "a.b.c", "é.é.é", "W10.e30.aa", "bnVsbA.e30.aa", "x" * 60_000])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(TicketRefused):
        read_ticket(token, TicketKeys(KEY), time.time())


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_an_eddsa_ticket_is_read_where_its_key_is_configured_and_only_there() -> None:
    pair = OKPKey.generate_key("Ed25519")
    public = pair.as_pem(private=False).decode()
    _, payload, _ = mint().split(".")
    octets = base64.urlsafe_b64decode(payload + "==")
    token = jws.serialize_compact({"alg": "EdDSA"}, octets, pair, algorithms=["EdDSA"])

    assert read_ticket(token, TicketKeys(KEY, public), time.time()).participant == PATIENT
    with pytest.raises(TicketRefused):
        read_ticket(token, TicketKeys(KEY), time.time())


def test_a_public_key_is_never_taken_for_a_shared_secret() -> None:
    public = OKPKey.generate_key("Ed25519").as_pem(private=False)
    _, payload, _ = mint().split(".")
    octets = base64.urlsafe_b64decode(payload + "==")
    forged = jws.serialize_compact({"alg": "HS256"}, octets, OctKey.import_key(public.hex()), ["HS256"])

    with pytest.raises(TicketRefused):
        read_ticket(forged, TicketKeys(None, public.decode()), time.time())


def test_a_ticket_that_nobody_would_accept_is_not_minted() -> None:
    with pytest.raises(TicketRefused):
        mint_ticket(KEY, time.time(), participant="short", role="patient", room=ROOM, until=time.time())


def test_a_ticket_for_a_check_is_read_back_and_opens_no_seat() -> None:
    now = time.time()
    token = mint_check_ticket(KEY, now, PATIENT)

    claims = read_check_ticket(token, TicketKeys(KEY), now)

    assert (claims.participant, claims.exp - claims.iat) == (PATIENT, 60)
    with pytest.raises(TicketRefused):
        read_ticket(token, TicketKeys(KEY), now)


def test_a_ticket_for_a_seat_opens_no_check() -> None:
    with pytest.raises(TicketRefused):
        read_check_ticket(mint(), TicketKeys(KEY), time.time())


def test_a_ticket_for_a_check_dies_after_a_minute() -> None:
    now = time.time()

    with pytest.raises(TicketRefused):
        read_check_ticket(mint_check_ticket(KEY, now, PATIENT), TicketKeys(KEY), now + 66)


def test_a_check_for_nobody_is_not_minted() -> None:
    with pytest.raises(TicketRefused):
        mint_check_ticket(KEY, time.time(), "short")
