"""Static files: one hash over the whole tree is part of every address, so a browser may keep them for ever.

`build` writes the tree once under its hash, modules without their comments, with Brotli and gzip copies beside each
file; WhiteNoise sends whichever the browser takes. Modules import each other by relative address, which the hash in
front leaves alone.
"""

import hashlib
import re
import shutil
from functools import cache
from pathlib import Path

from flask import Flask
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

from cartref.config import Settings
from cartref.web.headers import file_headers

SOURCE = Path(__file__).parent.parent / "static"
# Comments that fill whole lines of a module: a quarter of what a telephone would fetch.
COMMENTS = re.compile(r"^[ \t]*(?://[^\n]*|/\*(?:(?!\*/).)*\*/[ \t]*)\n", re.DOTALL | re.MULTILINE)
FOR_EVER = 365 * 24 * 3600


def install(app: Flask, settings: Settings) -> None:
    """Serve the tree from in front of `app`: built copies where they are, the source files where they are not."""
    version = tree_hash(SOURCE)
    built = built_tree(settings.data, version)
    prefix = f"static/{version}"

    def add(headers: dict[str, str], _path: str, _url: str) -> None:
        for name, value in file_headers(settings).items():
            headers[name] = value

    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign] # Flask's documented way to put middleware in front
        app.wsgi_app,
        root=str(built if built.is_dir() else SOURCE),
        prefix=prefix,
        max_age=FOR_EVER,
        immutable_file_test=lambda _path, _url: True,
        add_headers_function=add,
        allow_all_origins=False,
    )
    app.jinja_env.globals["static"] = lambda path: f"/{prefix}/{path}"


def build(data: Path) -> Path:
    """Write the compressed tree under `data` unless it is there, drop older ones, and return its folder."""
    folder = built_tree(data, tree_hash(SOURCE))
    if folder.is_dir():
        return folder
    shutil.rmtree(folder.parent, ignore_errors=True)
    unfinished = folder.with_suffix(".unfinished")
    shutil.copytree(SOURCE, unfinished)
    for module in unfinished.rglob("*.js"):
        module.write_text(COMMENTS.sub("", module.read_text()))
    compressor = Compressor(quiet=True)
    for path in sorted(unfinished.rglob("*")):
        if path.is_file() and compressor.should_compress(path.name):
            list(compressor.compress(str(path)) or ())
    unfinished.rename(folder)
    return folder


def built_tree(data: Path, version: str) -> Path:
    """Return where the tree of that hash is built."""
    return (data / "static" / version).resolve()


@cache
def tree_hash(folder: Path) -> str:
    """Return 16 hexadecimal figures that change when any file below `folder` does."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
