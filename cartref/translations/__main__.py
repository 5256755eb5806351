"""`python -m cartref.translations`: the strings that have no Welsh yet, as entries to paste; exit status 1 if any."""

import argparse
import io
import sys
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po

from cartref.i18n import WELSH_PLURALS, catalogue_files, merged, read_catalogue
from cartref.translations import extract


def entries(messages: Iterable[Message]) -> str:
    """The messages as PO entries whose Welsh is still empty, with six forms for each plural."""
    page = Catalog(locale="cy")
    page.mime_headers = [("Plural-Forms", WELSH_PLURALS)]
    for message in messages:
        page.add(message.id, locations=message.locations, auto_comments=message.auto_comments, context=message.context)
    written = io.BytesIO()
    write_po(written, page, omit_header=True, width=0)
    return written.getvalue().decode()


def report(messages: Iterable[Message]) -> str:
    """The messages under the name of the catalogue that each belongs in."""
    ordered = sorted(messages, key=extract.home)
    return "\n".join(f"### cy/{home}.po\n\n{entries(group)}" for home, group in groupby(ordered, extract.home))


def listing(messages: Iterable[Message]) -> str:
    """The messages a line each: catalogue, first place, English."""
    return "\n".join(f"{extract.home(m)}.po\t{_place(m)}\t{extract.english(m)}" for m in messages)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what the options ask for and return the exit status: 1 when a string has no Welsh."""
    options = _options().parse_args(arguments)
    welsh = merged(map(read_catalogue, catalogue_files()))
    source = extract.strings(options.source)
    if options.unused:
        _print("\n".join(extract.english(message) for message in extract.unused(source, welsh)))
        return 0
    lacking = extract.missing(extract.messages(source), welsh)
    _print(listing(lacking) if options.check else report(lacking))
    return 1 if lacking else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m cartref.translations", description=__doc__)
    parser.add_argument("--check", action="store_true", help="a line for each missing string instead of an entry")
    parser.add_argument("--unused", action="store_true", help="the Welsh that nothing asks for any more")
    parser.add_argument("--source", type=Path, default=extract.PROGRAMME, help="the folder to read strings from")
    return parser


def _print(text: str) -> None:
    if text:
        sys.stdout.write(text + "\n")


def _place(message: Message) -> str:
    path, line = message.locations[0]
    return f"{path}:{line}"


if __name__ == "__main__":
    sys.exit(main())
