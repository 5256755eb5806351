"""Static files: under the hash of the whole tree, for ever, compressed as the browser takes them."""

import gzip
from pathlib import Path

import brotli
import pytest
from flask.testing import FlaskClient

from cartref.app import create_app
from cartref.config import Settings
from cartref.web import static
from tests.factories import World

SHEET = "css/tokens.css"


def address(name: str = SHEET) -> str:
    return f"/static/{static.tree_hash(static.SOURCE)}/{name}"


@pytest.fixture
def built(settings: Settings, world: World) -> FlaskClient:
    """Return a browser on an application whose static tree is built."""
    static.build(settings.data)
    return create_app(settings).test_client()


@pytest.mark.parametrize(("encoding", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_a_file_comes_compressed_and_unharmed(built: FlaskClient, encoding: str, unpack: "type[bytes]") -> None:
    answer = built.get(address(), headers={"Accept-Encoding": encoding})
    source = (static.SOURCE / SHEET).read_bytes()
    assert answer.headers["Content-Encoding"] == encoding
    assert unpack(answer.data) == source
    assert len(answer.data) < len(source)


def test_a_file_may_be_kept_for_ever_and_carries_the_security_headers(built: FlaskClient) -> None:
    answer = built.get(address())
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_module_comes_without_the_comments_that_fill_lines_and_with_all_its_code(tmp_path: Path) -> None:
    name = "js/call/emitter.js"
    sent = (static.build(tmp_path) / name).read_text().splitlines()
    source = (static.SOURCE / name).read_text().splitlines()
    assert [line for line in sent if line.lstrip().startswith(("//", "/*", "*"))] == []
    assert sent == [line for line in source if not line.lstrip().startswith(("//", "/*", "*"))]


@pytest.mark.parametrize(
    "code", ['let url = "http://a"; // why\n', "/* a */ let b = 1; /* c */\n", "let c = `\n`; /* d\n*/ let e;\n"]
)
def test_a_comment_beside_code_stays(code: str) -> None:
    assert static.COMMENTS.sub("", code) == code


def test_without_a_build_the_source_is_served(client: FlaskClient) -> None:
    assert client.get(address()).data == (static.SOURCE / SHEET).read_bytes()


@pytest.mark.parametrize("path", ["../app.py", "..%2fapp.py", "css/../../app.py", "/etc/passwd"])
def test_nothing_outside_the_tree_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(address(path)).status_code == 404


def test_the_hash_changes_with_any_file(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a")
    before = static.tree_hash(tmp_path)
    static.tree_hash.cache_clear()
    (tmp_path / "a.css").write_text("b")
    assert static.tree_hash(tmp_path) != before
    static.tree_hash.cache_clear()


def test_building_twice_keeps_the_tree_and_drops_older_ones(tmp_path: Path) -> None:
    old = tmp_path / "static" / "0123456789abcdef"
    old.mkdir(parents=True)
    first = static.build(tmp_path)
    assert not old.exists()
    kept = (first / SHEET).stat().st_mtime_ns
    assert static.build(tmp_path) == first
    assert (first / SHEET).stat().st_mtime_ns == kept
