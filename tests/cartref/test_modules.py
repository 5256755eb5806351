"""The modules that a page with a call asks for at once are those that it imports."""

import re
from pathlib import Path

import pytest
from flask import Flask, render_template_string

SCRIPTS = Path(__file__).parents[2] / "cartref" / "static" / "js"
IMPORT = re.compile(r'(?:from|import) "(\.{1,2}/[\w/]+\.js)"')
PRELOAD = '{% from "components/modules.html" import preload with context %}{{ preload([]) }}'
PAGES = ("visits/room.html", "consultations/consultation.html")


def _imported(start: Path, found: set[Path] | None = None) -> set[Path]:
    """Return the module and everything that it leads to."""
    found = set() if found is None else found
    if start not in found:
        found.add(start)
        for name in IMPORT.findall(start.read_text("utf-8")):
            _imported((start.parent / name).resolve(), found)
    return found


def test_the_call_library_is_asked_for_whole_and_with_nothing_besides(app: Flask) -> None:
    with app.test_request_context("/"):
        page = render_template_string(PRELOAD)

    asked = {SCRIPTS / "call" / f"{name}.js" for name in re.findall(r"js/call/(\w+)\.js", page)}
    wanted = _imported(SCRIPTS / "components" / "stage.js")
    assert asked == {path for path in wanted if path.parent.name == "call"}


@pytest.mark.parametrize(("template", "script"), zip(PAGES, ("visit.js", "consultation.js"), strict=True))
def test_a_page_names_every_component_that_its_script_leads_to(template: str, script: str) -> None:
    source = (SCRIPTS.parents[1] / "templates" / template).read_text("utf-8")
    named = set(re.findall(r'"(\w+)"', source.partition("{{ preload(")[2].partition("}}")[0]))
    wanted = {path.stem for path in _imported(SCRIPTS / "components" / script) if path.parent.name == "components"}

    assert named | {Path(script).stem} >= wanted
