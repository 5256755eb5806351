"""The shipped TURN configuration, held to by a real turnserver: who gets a relayed address, where it never leads."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped] # its types are a package of their own
from aioice.turn import TCP_TRANSPORT

from tests.programs import coturn
from tests.programs.coturn import TurnServer
from tests.programs.missing import REASON
from tests.programs.turn_client import TurnClient, client

ROOT = Path(__file__).parents[1]
GRANTED = 0
UNAUTHORIZED = 401
FORBIDDEN = 403
UNSUPPORTED_TRANSPORT = 442
QUOTA_REACHED = 486

# Somebody's home: addresses like any other, to which permission sends nothing.
HOME = {4: "8.8.8.8", 6: "2606:4700::1111"}
# First and last of every range of the IANA IPv4 Special-Purpose Address Registry, and multicast.
SPECIAL_IPV4 = [
    *("0.0.0.0", "0.255.255.255", "10.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.0", "100.127.255.255"),
    *("127.0.0.0", "127.0.0.1", "127.255.255.255", "169.254.0.0", "169.254.169.254", "169.254.255.255"),
    *("172.16.0.0", "172.31.255.255", "192.0.0.0", "192.0.0.255", "192.0.2.0", "192.0.2.255"),
    *("192.88.99.0", "192.88.99.255", "192.168.0.0", "192.168.255.255", "198.18.0.0", "198.19.255.255"),
    *("198.51.100.0", "198.51.100.255", "203.0.113.0", "203.0.113.255", "224.0.0.0", "239.255.255.255"),
    *("240.0.0.0", "255.255.255.255"),
]
# The same for IPv6, where an address can also carry an IPv4 one inside: compatible, mapped, NAT64, Teredo, 6to4.
SPECIAL_IPV6 = [
    *("::", "::1", "::7f00:1", "::a00:1", "::ffff:ffff"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:192.168.0.1", "::ffff:169.254.169.254", "::ffff:8.8.8.8"),
    *("64:ff9b::a00:1", "64:ff9b::ffff:ffff", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"),
    *("100::", "100::ffff:ffff:ffff:ffff", "2001::1", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"),
    *("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2002:a00:1::", "2002:7f00:1::1"),
    *("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    *("fc00::", "fd00:ec2::254", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe80::1", "febf::1", "fec0::1", "ff02::1"),
]
SPECIAL = [(4, address) for address in SPECIAL_IPV4] + [(6, address) for address in SPECIAL_IPV6]


@pytest.fixture(scope="module", params=[4, 6], ids=["IPv4", "IPv6"])
def relay(request: pytest.FixtureRequest, shipped_turn_server: TurnServer) -> Iterator[tuple[int, TurnClient]]:
    """Hand out a client that has a relayed address of each IP version in turn."""
    family: int = request.param
    if family == 6 and "::1" not in shipped_turn_server.addresses:
        pytest.skip(f"{REASON}IPv6")  # no package brings it, so nowhere a failure, but said aloud
    with client(shipped_turn_server) as seat:
        assert seat.allocate(family) == GRANTED
        yield family, seat


@pytest.mark.parametrize("tls", [False, True], ids=["UDP", "TLS"])
def test_a_seat_with_time_left_gets_a_relayed_address(shipped_turn_server: TurnServer, tls: bool) -> None:
    with client(shipped_turn_server, tls=tls) as seat:
        assert seat.allocate() == GRANTED


@pytest.mark.parametrize("lifetime", [-1, -3600])
def test_a_seat_whose_time_has_run_out_is_refused(shipped_turn_server: TurnServer, lifetime: int) -> None:
    with client(shipped_turn_server, shipped_turn_server.credentials(lifetime=lifetime)) as seat:
        assert seat.allocate() == UNAUTHORIZED


def test_a_password_made_without_the_secret_is_refused(shipped_turn_server: TurnServer) -> None:
    username, _ = shipped_turn_server.credentials()
    with client(shipped_turn_server, (username, "bm90IHRoZSByaWdodCBwYXNzd29yZA==")) as seat:
        assert seat.allocate() == UNAUTHORIZED


def test_a_password_is_good_for_no_other_time(shipped_turn_server: TurnServer) -> None:
    _, password = shipped_turn_server.credentials(lifetime=3600)
    later, _ = shipped_turn_server.credentials(lifetime=7200)
    with client(shipped_turn_server, (later, password)) as seat:
        assert seat.allocate() == UNAUTHORIZED


def test_connections_are_not_relayed_only_datagrams(shipped_turn_server: TurnServer) -> None:
    with client(shipped_turn_server) as seat:
        assert seat.allocate(transport=TCP_TRANSPORT) == UNSUPPORTED_TRANSPORT


def test_a_relayed_address_leads_to_a_home(relay: tuple[int, TurnClient]) -> None:
    family, seat = relay
    assert seat.permit(HOME[family]) == GRANTED
    assert seat.bind(HOME[family]) == GRANTED


def test_a_relayed_address_leads_to_no_special_range(relay: tuple[int, TurnClient]) -> None:
    family, seat = relay
    answers = {peer: seat.permit(peer) for version, peer in SPECIAL if version == family}
    assert {peer: answer for peer, answer in answers.items() if answer != FORBIDDEN} == {}


def test_a_channel_leads_to_no_special_range(relay: tuple[int, TurnClient]) -> None:
    family, seat = relay
    answers = {peer: seat.bind(peer) for version, peer in SPECIAL if version == family}
    assert {peer: answer for peer, answer in answers.items() if answer != FORBIDDEN} == {}


def test_it_is_the_configuration_that_forbids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = Path(shutil.copy(coturn.START_SCRIPT, tmp_path))
    shipped = coturn.START_SCRIPT.with_name("turnserver.conf").read_text()
    script.with_name("turnserver.conf").write_text(re.sub(r"(?m)^denied-peer-ip=.*$", "", shipped))
    monkeypatch.setattr(coturn, "START_SCRIPT", script)
    with coturn.running() as open_server, client(open_server) as seat:
        assert seat.allocate() == GRANTED
        assert seat.permit("10.0.0.1") == GRANTED
        assert seat.permit("169.254.169.254") == GRANTED


def test_one_seat_cannot_take_every_address(shipped_turn_server: TurnServer) -> None:
    quota = shipped_quota()
    with ExitStack() as held:
        answers = [
            # A new password each time: the quota is the seat's, not the password's.
            held.enter_context(
                client(shipped_turn_server, shipped_turn_server.credentials("greedy", 1000 + n))
            ).allocate()
            for n in range(quota + 2)
        ]
        with client(shipped_turn_server, shipped_turn_server.credentials("another")) as other:
            assert other.allocate() == GRANTED
    assert answers == [GRANTED] * quota + [QUOTA_REACHED] * 2


def shipped_quota() -> int:
    """Return how many addresses the shipped configuration gives one seat."""
    found = re.search(r"(?m)^user-quota=(\d+)$", coturn.START_SCRIPT.with_name("turnserver.conf").read_text())
    assert found
    return int(found[1])


@pytest.mark.parametrize("missing_setting", ["CARTREF_TURN_SECRET", "CARTREF_TURN_REALM", "CARTREF_TURN_ADDRESSES"])
def test_a_turn_server_without_its_settings_does_not_start(missing_setting: str) -> None:
    with pytest.raises(RuntimeError, match=missing_setting), coturn.running(**{missing_setting: ""}):
        pass


def test_a_turn_server_without_its_certificate_does_not_start() -> None:
    with (
        pytest.raises(RuntimeError, match="can't read /nowhere"),
        coturn.running(CARTREF_TURN_CERTIFICATE="/nowhere/certificate.pem"),
    ):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give up")
def test_it_runs_with_the_few_rights_its_container_leaves_it() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    rights = [f"+{name.lower()}" for name in compose["services"]["coturn"]["cap_add"]]
    contained = ("setpriv", "--no-new-privs", "--bounding-set", ",".join(("-all", *rights)))
    with coturn.running(under=contained) as server, client(server, tls=True) as seat:
        assert seat.allocate() == GRANTED


def test_the_secret_stands_on_no_command_line(shipped_turn_server: TurnServer) -> None:
    lines = [read_command_line(process) for process in Path("/proc").glob("[0-9]*/cmdline")]
    assert any(line.startswith("turnserver") for line in lines)
    assert not any(shipped_turn_server.secret in line for line in lines)


def read_command_line(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:  # the process has ended meanwhile
        return ""
