"""Which strings the programme shows to people, read from its Python and its templates."""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir

from cartref.i18n import CATALOGUES

PROGRAMME = CATALOGUES.parent

METHODS = [("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2"), ("**.py", "python")]

KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}

# White space as the pages' own environment treats it, for `{% trans %}` looks its text up with it. A template that does
# not parse must stop the extraction, or its strings would silently need no Welsh.
TEMPLATE_OPTIONS = {
    "extensions": "jinja2.ext.do",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "newstyle_gettext": "true",
    "silent": "false",
}

SHARED = "shared"
_SHARED_TEMPLATES = {"layouts", "components", "errors"}


def strings(root: Path = PROGRAMME) -> Catalog:
    """Every string marked for translation under `root`, with where it stands (paths relative to `root`)."""
    found = Catalog()
    options = {pattern: TEMPLATE_OPTIONS for pattern, method in METHODS if method == "jinja2"}
    for path, line, message, comments, context in extract_from_dir(
        root, METHODS, options, KEYWORDS, comment_tags=("Translators:",)
    ):
        found.add(message, locations=[(path, line)], auto_comments=comments, context=context)
    return found


def messages(catalogue: Catalog) -> list[Message]:
    """The messages of a catalogue without its header."""
    return [message for message in catalogue if message.id]


def english(message: Message) -> str:
    """The English of a message, in the singular."""
    return message.id if isinstance(message.id, str) else message.id[0]


def forms(message: Message) -> list[str]:
    """The translation of a message: one string, or one for each plural form; an empty string where there is none."""
    given = [message.string] if message.string is None or isinstance(message.string, str) else list(message.string)
    return [form if isinstance(form, str) else "" for form in given]


def home(message: Message) -> str:
    """The catalogue that a string belongs in: its concept's, or the shared one when several use it."""
    homes = {_concept(path) for path, _ in message.locations}
    return homes.pop() if len(homes) == 1 else SHARED


def missing(source: Iterable[Message], welsh: Catalog) -> list[Message]:
    """The strings of the programme that Welsh lacks, or has without its plural forms."""
    return [message for message in source if not _translated(message, welsh)]


def unused(source: Catalog, welsh: Catalog) -> list[Message]:
    """The Welsh that no string of the programme asks for."""
    return [message for message in messages(welsh) if not source.get(message.id, message.context)]


def _translated(message: Message, welsh: Catalog) -> bool:
    found = welsh.get(message.id, message.context)
    if found is None or (message.pluralizable and not found.pluralizable):
        return False
    return all(forms(found))


def _concept(path: str) -> str:
    first, *rest = PurePosixPath(path).parts
    if first != "templates":
        return PurePosixPath(first).stem
    return SHARED if len(rest) < 2 or rest[0] in _SHARED_TEMPLATES else rest[0]
