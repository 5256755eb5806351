"""What docker-compose.yml means, checked without a container engine: who reaches whom, and what the world can see."""

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml  # type: ignore[import-untyped] # its types are a package of their own

from cartref import config as application
from signalling import config as signalling

ROOT = Path(__file__).parents[1]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
CADDYFILE = (ROOT / "deploy" / "Caddyfile").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()

SECRET = re.compile(r"_(KEY|SECRET|PASSWORD)$")
INTERPOLATION = re.compile(r"\$\{(\w+)(:?[-?])?([^}]*)\}")
SETTING = re.compile(r"(?m)^#?(CARTREF_\w+)=")
# What one command can be given in place of a question, and a folder that only tests move: no deployment sets them.
NOT_SETTINGS = {"CARTREF_NEW_PASSWORD", "CARTREF_TURN_RUN"}

each_service = pytest.mark.parametrize("name", SERVICES)


def networks(name: str) -> set[str]:
    """Return the networks of a service; a service on the host's own network has none."""
    return set(SERVICES[name].get("networks", []))


def environment(name: str) -> dict[str, str]:
    return {key: str(value) for key, value in SERVICES[name].get("environment", {}).items()}


def texts(node: object) -> Iterator[str]:
    """Yield every string in a tree of dictionaries and lists."""
    if isinstance(node, str):
        yield node
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from texts(child)


def interpolations() -> Iterator[tuple[str, str, str]]:
    """Yield name, operator and default of every variable that is filled in from .env."""
    for text in texts(COMPOSE):
        yield from INTERPOLATION.findall(text.replace("$$", ""))


def named_services() -> Iterator[tuple[str, str]]:
    """Yield (who, whom) for each URL in a service's environment whose host is another service."""
    for name in SERVICES:
        for value in environment(name).values():
            # A password in a URL is filled in later, and is not a host.
            host = urlsplit(INTERPOLATION.sub("x", value)).hostname if "://" in value else None
            if host in SERVICES:
                yield name, host


def test_the_file_follows_the_compose_specification() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    result = subprocess.run([*command, ROOT / "docker-compose.yml"], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_every_service_of_a_clinic_is_there() -> None:
    always = {name for name, service in SERVICES.items() if "profiles" not in service}
    assert always == {"migrate", "web", "signalling", "worker", "postgres", "valkey", "coturn", "caddy"}
    assert SERVICES["mailpit"]["profiles"] == ["dev"]


@each_service
def test_a_service_can_reach_what_it_waits_for(name: str) -> None:
    for other, condition in SERVICES[name].get("depends_on", {}).items():
        waits_for_an_end = condition["condition"] == "service_completed_successfully"
        assert waits_for_an_end or networks(name) & networks(other), f"{name} cannot reach {other}"


def test_a_service_can_reach_every_host_in_its_settings() -> None:
    found = set(named_services())
    assert {("web", "postgres"), ("web", "valkey"), ("worker", "postgres"), ("signalling", "web")} <= found
    assert [pair for pair in found if not networks(pair[0]) & networks(pair[1])] == []


@each_service
def test_what_is_waited_for_to_be_healthy_can_say_so(name: str) -> None:
    for other, condition in SERVICES[name].get("depends_on", {}).items():
        if condition["condition"] == "service_healthy":
            assert "test" in SERVICES[other]["healthcheck"]
        if condition["condition"] == "service_completed_successfully":
            assert SERVICES[other]["restart"] == "no"


@each_service
def test_what_a_service_uses_is_declared(name: str) -> None:
    service = SERVICES[name]
    volumes = [str(volume).split(":")[0] for volume in service.get("volumes", [])]
    assert {volume for volume in volumes if not volume.startswith(".")} <= set(COMPOSE["volumes"])
    assert all((ROOT / volume).is_file() for volume in volumes if volume.startswith("."))
    assert networks(name) <= set(COMPOSE["networks"])
    assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])


def test_nothing_is_declared_that_no_service_uses() -> None:
    used = {str(volume).split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert set(COMPOSE["volumes"]) <= used
    assert set(COMPOSE["networks"]) == set().union(*map(networks, SERVICES))


@each_service
def test_a_service_can_do_no_more_than_it_must(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.get("privileged")
    allowed = {"NET_BIND_SERVICE", "SETGID", "SETUID", "CHOWN", "DAC_OVERRIDE", "FOWNER"}
    assert set(service.get("cap_add", [])) <= allowed


@each_service
def test_an_image_is_pinned_by_its_tag(name: str) -> None:
    tag = SERVICES[name]["image"].partition(":")[2]
    assert re.search(r"\d+\.\d+", tag) or SERVICES[name]["build"], f"{name} could change by itself"
    assert tag != "latest"


def test_a_secret_has_no_default_and_stands_in_no_file() -> None:
    secrets = {(name, operator, default) for name, operator, default in interpolations() if SECRET.search(name)}
    assert len({name for name, *_ in secrets}) >= 8
    optional = {("CARTREF_NOTIFY_KEY", ":-", "")}  # many clinics have no account there
    assert optional <= secrets
    assert {operator for _, operator, _ in secrets - optional} == {":?"}
    written = [
        key for name in SERVICES for key, value in environment(name).items() if SECRET.search(key) and "$" not in value
    ]
    assert [key for key in written if not environment("coturn").get(key, "").startswith("/run/secrets/")] == []


def test_each_service_gets_only_the_secrets_it_uses() -> None:
    def secrets(name: str) -> set[str]:
        return {key for key in environment(name) if SECRET.search(key)}

    assert secrets("signalling") == {"CARTREF_TICKET_KEY", "CARTREF_EVENTS_KEY", "CARTREF_TURN_SECRET"}
    assert secrets("coturn") == {"CARTREF_TURN_SECRET", "CARTREF_TURN_CERTIFICATE_KEY"}
    assert secrets("caddy") == set()
    assert "CARTREF_TURN_SECRET" not in secrets("web")


def test_only_the_proxy_is_open_to_the_world() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert set(published) == {"caddy", "signalling", "mailpit"}
    assert all(port.endswith("/udp") for port in published["signalling"])
    assert all(port.startswith("127.0.0.1:") for port in published["mailpit"])
    assert [name for name, service in SERVICES.items() if service.get("network_mode") == "host"] == ["coturn"]


def test_the_data_is_out_of_the_worlds_reach() -> None:
    assert COMPOSE["networks"]["back"]["internal"] is True
    assert COMPOSE["networks"]["middle"]["internal"] is True
    assert networks("postgres") == networks("valkey") == {"back"}
    assert "back" not in networks("caddy") | networks("signalling")


def test_only_those_who_must_can_reach_the_world() -> None:
    open_networks = {name for name, network in COMPOSE["networks"].items() if not (network or {}).get("internal")}
    always = [name for name, service in SERVICES.items() if "profiles" not in service]
    assert {name for name in always if networks(name) & open_networks} == {"caddy", "signalling", "worker"}


def test_the_turn_server_gets_what_its_start_script_asks_for() -> None:
    asked = set(re.findall(r"\$\{(CARTREF_\w+):\?", (ROOT / "deploy" / "turnserver.sh").read_text()))
    assert asked
    assert asked <= set(environment("coturn"))
    mounted = {volume.split(":")[1] for volume in SERVICES["coturn"]["volumes"]}
    assert mounted == {"/etc/cartref/turnserver.sh", "/etc/cartref/turnserver.conf"}


def test_the_proxy_names_services_it_can_reach() -> None:
    upstreams = re.findall(r"reverse_proxy (?:[/@]\S+ )?(\w+):(\d+)", CADDYFILE)
    assert dict(upstreams) == {"signalling": "8001", "web": "8000"}
    assert all(networks("caddy") & networks(name) for name, _ in upstreams)
    assert "@signalling path /v1/socket /v1/check /v1/check/*\n" in CADDYFILE
    assert environment("signalling")["CARTREF_SIGNALLING_PORT"] == "8001"
    assert "--bind=0.0.0.0:8000" in SERVICES["web"]["command"]


def test_the_proxy_answers_for_what_is_inside_before_it_asks_anybody() -> None:
    route = CADDYFILE.partition("route {")[2]
    inside = re.search(r"@inside path (.*)\n\s*respond @inside 404", route)
    assert inside
    assert {"/metrics", "/callbacks", "/callbacks/*", "/healthz", "/readyz"} <= set(inside[1].split())
    assert inside.end() < route.index("reverse_proxy")


def test_no_log_keeps_the_address_of_a_visit() -> None:
    assert re.findall(r"^\s*log\b.*", CADDYFILE, re.MULTILINE) == ["\tlog default {"]
    assert re.search(r"log default \{\s*exclude http\.log\.access http\.log\.error\s*\}", CADDYFILE)
    assert not any("access-log" in argument for argument in SERVICES["web"]["command"])


def example_names() -> set[str]:
    return set(SETTING.findall(EXAMPLE))


def test_every_setting_of_both_programs_is_in_the_example() -> None:
    assert {variable.name for variable in (*application.VARIABLES, *signalling.VARIABLES)} <= example_names()


def test_the_example_has_every_name_that_is_used_and_no_other() -> None:
    sources = [*(ROOT / "cartref").rglob("*.py"), *(ROOT / "signalling").rglob("*.py"), ROOT / "docker-compose.yml"]
    sources += [ROOT / "deploy" / name for name in ("turnserver.sh", "Caddyfile")]
    used = {name for source in sources for name in re.findall(r"\bCARTREF_[A-Z][A-Z_]*[A-Z]\b", source.read_text())}
    assert used - NOT_SETTINGS == example_names()


def test_the_example_explains_every_setting() -> None:
    for before, line in pairwise(EXAMPLE.splitlines()):
        if SETTING.match(line):
            explained = before.startswith("# ") and not before.startswith("# ---")
            assert explained or SETTING.match(before), f"nothing explains {line}"


def test_the_example_gives_no_secret_away() -> None:
    values = dict(re.findall(r"(?m)^(CARTREF_\w+)=(.*)$", EXAMPLE))
    assert {name: value for name, value in values.items() if SECRET.search(name) and value and "/" not in value} == {}


def test_what_must_be_set_stands_uncommented_in_the_example() -> None:
    required = {name for name, operator, _ in interpolations() if operator == ":?"}
    assert required <= set(re.findall(r"(?m)^(CARTREF_\w+)=", EXAMPLE))


def filled_in(name: str) -> dict[str, str]:
    """Return a service's environment as the container gets it, each secret a long one, the rest from the example."""
    example = dict(re.findall(r"(?m)^(CARTREF_\w+)=(.*)$", EXAMPLE))
    example |= {"CARTREF_SMTP_URL": "smtp://mailpit:1025"}

    def value(match: re.Match[str]) -> str:
        variable, operator, default = match.groups()
        if SECRET.search(variable) and operator == ":?":
            return f"{variable}-0123456789abcdef0123456789abcdef"
        return example.get(variable) or (default if operator == ":-" else "something")

    return {key: INTERPOLATION.sub(value, text) for key, text in environment(name).items()}


@pytest.mark.parametrize("name", ["migrate", "web", "worker"])
def test_the_application_takes_its_settings(name: str) -> None:
    settings = application.read_settings(filled_in(name))
    assert settings.production
    assert settings.secure
    assert settings.redis_url
    assert urlsplit(settings.database_url).hostname == "postgres"


def test_the_signalling_service_takes_its_settings() -> None:
    settings = signalling.read_settings(filled_in("signalling"))
    assert settings.environment == "production"
    assert settings.origins == {"https://clinic.example"}
    assert [url.split(":")[0] for url in settings.turn_urls] == ["turn", "turn", "turns"]


@pytest.mark.parametrize("name", ["migrate", "web", "worker", "signalling"])
def test_a_service_is_given_no_setting_that_it_does_not_know(name: str) -> None:
    known = {variable.name for variable in (signalling if name == "signalling" else application).VARIABLES}
    assert set(environment(name)) - known == set()


def test_a_setting_left_empty_stops_production() -> None:
    for name in ("CARTREF_LINK_KEY", "CARTREF_HELP_PHONE", "CARTREF_DATABASE_URL"):
        with pytest.raises(application.SettingsError, match=name):
            application.read_settings(filled_in("web") | {name: ""})
