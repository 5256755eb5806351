"""A seat behind a relay never shows an address."""

import pytest

from signalling.room.privacy import relay_candidate, relay_description
from tests.signalling.visit import CLINICIAN, PATIENT, Visit

RELAY = "candidate:3 1 udp 41885439 203.0.113.9 50000 typ relay raddr 192.0.2.7 rport 54321 generation 0 ufrag aB"
SDP = "\r\n".join(
    [
        "v=0",
        "o=- 46117 2 IN IP4 192.0.2.7",
        "s=-",
        "t=0 0",
        "c=IN IP6 2001:db8::7",
        "m=audio 54321 UDP/TLS/RTP/SAVPF 111",
        "c=IN IP4 192.0.2.7",
        "a=rtcp:54322 IN IP4 192.0.2.7",
        "a=candidate:1 1 udp 2122260223 192.0.2.7 54321 typ host generation 0",
        "a=candidate:2 1 udp 1686052607 198.51.100.4 54321 typ srflx raddr 192.0.2.7 rport 54321",
        f"a={RELAY}",
        "a=remote-candidates:1 192.0.2.7 54321",
        "a=ice-ufrag:aB",
        "m=video 0 UDP/TLS/RTP/SAVPF 96",
        "",
    ]
)


@pytest.mark.parametrize("kind", ["host", "srflx", "prflx", "HOST"])
def test_candidates_of_any_other_kind_are_dropped(kind: str) -> None:
    assert relay_candidate({"candidate": f"candidate:1 1 udp 1 192.0.2.7 54321 typ {kind}"}) is None


@pytest.mark.parametrize("text", ["candidate:1 1 udp 1 192.0.2.7", "192.0.2.7", "candidate:1 1 udp 1 a b relay typ c"])
def test_a_candidate_that_can_not_be_read_is_dropped(text: str) -> None:
    assert relay_candidate({"candidate": text}) is None


def test_a_relay_candidate_passes_without_the_address_behind_it() -> None:
    passed = relay_candidate({"candidate": RELAY, "sdpMid": "0", "address": "192.0.2.7", "relatedAddress": "192.0.2.7"})

    assert passed == {
        "candidate": RELAY.replace("raddr 192.0.2.7 rport 54321", "raddr 0.0.0.0 rport 0"),
        "sdpMid": "0",
    }


def test_the_end_of_candidates_passes() -> None:
    assert relay_candidate({"candidate": "", "sdpMid": "0"}) == {"candidate": "", "sdpMid": "0"}


@pytest.mark.parametrize("ends", ["\r\n", "\n"])
def test_no_line_of_a_description_shows_an_address(ends: str) -> None:
    passed = relay_description(SDP.replace("\r\n", ends))

    assert not any(address in passed for address in ("192.0.2.7", "198.51.100.4", "2001:db8::7", "54321", "54322"))
    assert "203.0.113.9 50000 typ relay raddr 0.0.0.0 rport 0" in passed
    assert "m=audio 9 UDP/TLS/RTP/SAVPF 111" in passed
    assert "m=video 0 UDP/TLS/RTP/SAVPF 96" in passed
    assert passed.count("\r\n") == passed.count("\n")


def test_what_a_relay_seat_sends_is_stripped_and_what_it_receives_is_not() -> None:
    visit = Visit()
    clinician = visit.enter(CLINICIAN, "clinician")
    patient = visit.enter(PATIENT, "patient", relay=True)
    host = {"candidate": "candidate:1 1 udp 1 192.0.2.7 54321 typ host"}

    for party, peer in ((patient, CLINICIAN), (clinician, PATIENT)):
        party.send("offer", to=peer, session="s", sdp=SDP, n=1)
        party.send("candidate", to=peer, session="s", candidate=host, n=2)
        party.send("candidate", to=peer, session="s", candidate=None, n=3)

    def received(message: dict[str, object]) -> bool:
        return message["type"] in ("offer", "candidate")

    assert [m.get("candidate") for m in clinician.inbox if received(m)] == [None, None]
    assert "192.0.2.7" not in str(clinician.inbox)
    assert [m.get("candidate") for m in patient.inbox if received(m)] == [None, host, None]
    assert visit.room.seats[PATIENT].numbering.handled == 3
