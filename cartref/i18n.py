"""The words of the clinic in English and in Welsh, chosen by naming a language and never by a request."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

CATALOGUES = Path(__file__).parent / "translations"

# CLDR's six forms. Babel's own rule for Welsh has five: it sends 0 to "other".
WELSH_PLURALS = "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n==3 ? 3 : n==6 ? 4 : 5);"


class Language(StrEnum):
    """The two languages of the clinic, by BCP 47 tag."""

    ENGLISH = "en"
    WELSH = "cy"


@dataclass(frozen=True)
class Words:
    """Every sentence of the clinic in one language, with `%(name)s` filled from the values given.

    A template engine that fills in the values itself takes them raw from `catalogue`.
    """

    language: Language
    catalogue: NullTranslations

    def gettext(self, message: str, **values: object) -> str:
        return _filled(self.catalogue.gettext(message), values)

    def ngettext(self, singular: str, plural: str, n: int, **values: object) -> str:
        return _filled(self.catalogue.ngettext(singular, plural, n), {"n": n} | values)

    def pgettext(self, context: str, message: str, **values: object) -> str:
        return _filled(self.catalogue.pgettext(context, message), values)

    def npgettext(self, context: str, singular: str, plural: str, n: int, **values: object) -> str:
        return _filled(self.catalogue.npgettext(context, singular, plural, n), {"n": n} | values)


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for a string translated later
    """The message itself, marked so that it is collected for translation where it stands."""
    return message


def other(language: str) -> Language:
    """The language that the switch on a page in this language leads to."""
    return Language.ENGLISH if Language(language) is Language.WELSH else Language.WELSH


@cache
def words(language: str) -> Words:
    """The words of "en" or "cy"; ValueError for any other language."""
    chosen = Language(language)
    return Words(chosen, _catalogue(chosen))


def catalogue_files(language: Language = Language.WELSH) -> list[Path]:
    """The catalogues of a language, one for each concept, in the order in which they are merged."""
    return sorted((CATALOGUES / language).glob("*.po"))


def read_catalogue(path: Path) -> Catalog:
    """One catalogue as Babel reads it; PoFileError when it is not well formed."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.name, abort_invalid=True)


def merged(catalogues: Iterable[Catalog]) -> Catalog:
    """All messages of the Welsh catalogues in one; of two that share text and context, the first stays."""
    whole = Catalog(locale=Language.WELSH, charset="utf-8")
    whole.mime_headers = [("Plural-Forms", WELSH_PLURALS)]
    for catalogue in catalogues:
        for message in catalogue:
            if message.id and not whole.get(message.id, message.context):
                whole[message.id] = message
    return whole


@cache
def _catalogue(language: Language) -> NullTranslations:
    if language is Language.ENGLISH:
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, merged(map(read_catalogue, catalogue_files())))
    compiled.seek(0)
    return Translations(compiled)


def _filled(text: str, values: Mapping[str, object]) -> str:
    return text % values if values else text
