"""What no linter knows: the habits of this code, each held by a test."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.bench.__main__ import BENCHES

ROOT = Path(__file__).parent.parent
CLINIC, SIGNALLING, TEMPLATES = ROOT / "cartref", ROOT / "signalling", ROOT / "cartref" / "templates"
MOST_LINES = 400

SHAPELESS_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "misc"}
LONG_FILES = {
    "tests/cartref/consultations/test_pages.py": "one page after another of one desk",
}
# The files and folders of a concept in which it changes rows.
WRITERS = {"service", "board", "encounters", "rooms", "readiness"}
NOT_AUDITED = {
    "accounts.service.presence.note_activity": "that somebody is there every minute is no act",
    "accounts.service.proving.prove_code": "counts tries; who proves what is written down by its callers",
    "accounts.service.proving.prove_password": "counts tries; who proves what is written down by its callers",
    "accounts.service.throttling.count": "a counter",
    "accounts.service.throttling.forget": "a counter",
    "appointments.service.holding.release": "a part of moving and cancelling, which are written down",
    "appointments.service.holding.take": "a part of booking and moving, which are written down",
    "appointments.service.rewriting.rewrite_events": "follows from the change of a clinic, which is written down",
    "appointments.service.booking.seat_at": "a part of moving, which is written down",
    "calendars.service.note_use": "that a program fetched a calendar is no act",
    "consultations.board.places.renew": "places in a queue follow from who came, which is written down",
    "consultations.board.watching.watched": "that a board is open every half minute is no act",
    "consultations.encounters.ladder.follow": "follows from an event of signalling, which is written down",
    "consultations.encounters.ladder.put_off": "a part of an outcome, which is written down",
    "consultations.rooms.orders.acknowledge": "that signalling has done what was asked",
    "consultations.rooms.orders.end_room": "a part of what ends a visit, which is written down",
    "consultations.rooms.orders.place": "a part of what is asked of a room, which is written down",
    "jobs.service.ask_to_stop": "what long work does is written down by whoever does it",
    "jobs.service.submit": "what long work does is written down by whoever does it",
    "links.service.issue": "a part of booking, which is written down",
    "links.service.mark_ready": "that a button was pressed; who comes into the room is written down",
    "notifications.service.enqueue": "a part of what it tells of, which is written down",
    "notifications.service.withdraw": "a part of cancelling, which is written down",
    "referrals.service.standing.confirm": "follows from its appointment, which is written down",
    "referrals.service.standing.put_back": "follows from its appointment, which is written down",
    "referrals.service.standing.take_up": "follows from its appointment, which is written down",
    "referrals.service.standing.use_up": "a part of correcting an outcome, which is written down",
    "referrals.service.ticks.add": "a part of every change of a clock, which is written down",
    "referrals.service.ticks.renew": "a part of every change of a clock, which is written down",
    "referrals.service.ticks.take_away": "a part of every change of a clock, which is written down",
}
NOT_MADE_BY_PEOPLE = re.compile(r"cartref/migrations/|cartref/static/vendor/")


def python_files(*folders: Path) -> list[Path]:
    return [
        path for folder in folders for path in sorted(folder.rglob("*.py")) if not NOT_MADE_BY_PEOPLE.search(str(path))
    ]


def line_count(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def place(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), place(path))


def imported(path: Path) -> Iterator[str]:
    """Yield every module that a file imports, and `module.name` for each name it takes from one."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def called(node: ast.AST) -> set[str]:
    """Return the names of everything that is called or handed on inside `node`."""
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return names | {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}


# ---- Names, lengths, layers


@pytest.mark.parametrize("path", python_files(CLINIC, SIGNALLING), ids=place)
def test_a_module_is_named_after_what_it_holds(path: Path) -> None:
    assert not {path.stem, *path.relative_to(ROOT).parts[:-1]} & SHAPELESS_NAMES


def test_no_file_is_longer_than_can_be_read_at_a_sitting() -> None:
    lengths = {place(path): line_count(path) for path in python_files(CLINIC, SIGNALLING, ROOT / "tests")}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES and name not in LONG_FILES} == {}


def test_make_bench_runs_every_benchmark() -> None:
    files = {path.stem for path in (ROOT / "tests" / "bench").glob("bench_*.py")}
    assert {run.__module__.rpartition(".")[2] for run in BENCHES.values()} == files


def test_every_long_file_with_a_reason_is_still_long() -> None:
    assert [name for name in LONG_FILES if line_count(ROOT / name) <= MOST_LINES] == []


RIM = re.compile(
    r"cartref/(app|cli|db)\.py|cartref/web/|cartref/[a-z]+/(views|forms|access|callbacks|navigation|cookies)\b|"
    r"cartref/operations/"
)


@pytest.mark.parametrize("path", [path for path in python_files(CLINIC) if not RIM.match(place(path))], ids=place)
def test_flask_stays_at_the_rim(path: Path) -> None:
    flasks = {"flask", "flask_login", "flask_wtf", "flask_migrate", "flask_sqlalchemy", "werkzeug"}
    assert not {name.partition(".")[0] for name in imported(path)} & flasks


@pytest.mark.parametrize("path", python_files(CLINIC), ids=place)
def test_only_the_application_imports_views(path: Path) -> None:
    dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    own = f"{dotted.partition('.views')[0]}.views" if ".views" in dotted else "nothing"
    foreign = {name for name in imported(path) if re.search(r"\.views\b", name) and not name.startswith(own)}
    assert not foreign or dotted == "cartref.app"


@pytest.mark.parametrize("path", [p for p in python_files(CLINIC) if "clock.py" not in p.name], ids=place)
def test_the_clock_alone_reads_the_time(path: Path) -> None:
    readings = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}
    found = [
        f"line {node.lineno}"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in readings
    ]
    assert found == []


# ---- Views, services, audit


def views() -> list[Path]:
    return [path for path in python_files(CLINIC) if re.search(r"/(views|callbacks)\b", str(path))]


@pytest.mark.parametrize("path", views(), ids=place)
def test_views_write_no_sql(path: Path) -> None:
    typing = {"sqlalchemy.orm", "sqlalchemy.orm.Session"}
    assert not {name for name in imported(path) if name.partition(".")[0] == "sqlalchemy"} - typing
    sql = {"select", "insert", "update", "delete", "query", "execute", "scalar", "scalars", "get_one", "add", "add_all"}
    used = [
        f"line {node.lineno}: {node.func.attr}"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in sql
        and "session" in ast.unparse(node.func.value)
    ]
    assert used == []


def concepts() -> list[str]:
    return sorted(path.parent.name for path in CLINIC.glob("*/__init__.py") if writers(path.parent.name))


def writers(concept: str) -> list[Path]:
    return [
        path
        for path in python_files(CLINIC / concept)
        if path.relative_to(CLINIC / concept).with_suffix("").parts[0] in WRITERS and "audit" not in path.parts
    ]


def functions(concept: str) -> dict[str, ast.FunctionDef]:
    """Return the functions of a concept's writing files by dotted name."""
    return {
        ".".join((*path.relative_to(CLINIC).with_suffix("").parts, node.name)): node
        for path in writers(concept)
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef)
    }


def reaching(known: dict[str, ast.FunctionDef], direct: set[str]) -> set[str]:
    """Return the functions that are in `direct` or call one that is, at any distance; calls are told by name."""
    found = set(direct)
    while True:
        names = {name.rpartition(".")[2] for name in found}
        more = {name for name, node in known.items() if name not in found and called(node) & names}
        if not more:
            return found
        found |= more


def changes(node: ast.FunctionDef) -> bool:
    """Tell whether a function itself adds, deletes or alters a row."""
    parts = list(ast.walk(node))
    calls = [part.func for part in parts if isinstance(part, ast.Call)]
    asked = {call.attr for call in calls if isinstance(call, ast.Attribute) and "session" in ast.unparse(call.value)}
    built = {call.id for call in calls if isinstance(call, ast.Name)}
    targets = [target for part in parts if isinstance(part, ast.Assign | ast.AugAssign) for target in targets_of(part)]
    assigned = any(isinstance(target, ast.Attribute) for target in targets)
    return bool(asked & {"add", "add_all", "delete", "merge"} or built & {"insert", "update", "delete"} or assigned)


def targets_of(node: ast.Assign | ast.AugAssign) -> Iterator[ast.AST]:
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        yield from target.elts if isinstance(target, ast.Tuple) else [target]


@pytest.mark.parametrize("concept", concepts())
def test_whatever_changes_something_is_in_the_audit_trail(concept: str) -> None:
    known = functions(concept)
    changing = reaching(known, {name for name, node in known.items() if changes(node)})
    recording = reaching(known, {name for name, node in known.items() if "record" in called(node)})
    public = {name for name in changing if not name.rpartition(".")[2].startswith("_")}
    assert sorted(public - recording - set(NOT_AUDITED)) == []


def test_every_reason_for_not_auditing_is_still_needed() -> None:
    known = {name for concept in concepts() for name in functions(concept)}
    assert sorted(set(NOT_AUDITED) - known) == []


# ---- Templates


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=place)
def test_a_template_keeps_the_content_security_policy(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
    assert not re.search(r"<[^>]*\sstyle\s*=", text), "an inline style"
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", text), "an inline event handler"
    assert not re.search(r"<style\b", text), "a style element"
    assert not re.search(r"javascript:", text), "a script address"
    for tag, body in re.findall(r"<script\b([^>]*)>(.*?)</script>", text, flags=re.DOTALL):
        assert not body.strip() or "application/json" in tag or "nonce" in tag, "a script without a nonce"


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=place)
def test_a_template_asks_nothing_of_another_host(path: Path) -> None:
    if path.is_relative_to(TEMPLATES / "notices"):
        return  # a letter's links lead to us, and name the host
    assert not re.search(r"(src|href|action)=\"(https?:)?//", path.read_text("utf-8"))


# ---- What the project says of itself


OWN_WORDS = re.compile(r"\.\./shared|/work/|\bTODO\b|\bFIXME\b|\bXXX\b")
TEXTS = {".py", ".html", ".js", ".mjs", ".css", ".md", ".po", ".toml", ".yml", ".yaml", ".sh", ".txt", ".json", ""}


def texts() -> list[Path]:
    folders = [CLINIC, SIGNALLING, ROOT / "tests", ROOT / "docs", ROOT / "deploy", ROOT / ".ci"]
    inside = [path for folder in folders for path in folder.rglob("*") if path.suffix in TEXTS and path.is_file()]
    top = [path for path in ROOT.iterdir() if path.is_file() and path.suffix in TEXTS]
    return [path for path in (*inside, *top) if "__pycache__" not in path.parts and "vendor" not in path.parts]


def test_the_project_speaks_of_itself_alone() -> None:
    said = [
        f"{place(path)}:{number}: {line.strip()[:80]}"
        for path in texts()
        if path != Path(__file__)
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1)
        if OWN_WORDS.search(line)
    ]
    assert said == []


@pytest.mark.parametrize("path", python_files(CLINIC, SIGNALLING), ids=place)
def test_a_module_and_what_it_offers_say_what_they_are(path: Path) -> None:
    tree = tree_of(path)
    silent = [] if ast.get_docstring(tree) or not tree.body else ["the module"]
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node) and (isinstance(node, ast.ClassDef) or len(node.body) > 1):
            silent.append(node.name)  # what is one line long says it by itself
    assert silent == []
