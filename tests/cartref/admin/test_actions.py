"""Every kind of entry in the audit trail has its words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import cartref
from cartref.admin.actions import ACTION_WORDS
from cartref.consultations.encounters.wishes import Wish
from cartref.consultations.rooms.events import AUDITED

CODE = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*")
WRITERS = {"record", "was_read", "_audit", "_changed", "_let_in"}


def written() -> Iterator[str]:
    """Yield the action of every entry that the program writes, as far as it stands in the call."""
    for path in Path(cartref.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WRITERS:
                texts = [
                    part.value
                    for argument in node.args
                    for part in ast.walk(argument)
                    if isinstance(part, ast.Constant)
                ]
                yield from (text for text in texts if isinstance(text, str) and CODE.fullmatch(text))


def test_every_action_that_is_written_has_its_words() -> None:
    known = {*written(), *AUDITED.values(), *(f"wish.{wish.value}-asked" for wish in Wish)}
    assert sorted(known - set(ACTION_WORDS)) == []
    assert len(known) > 50
