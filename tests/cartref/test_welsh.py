"""The Welsh of every string: that it is there, that it fits its English, that it keeps the rules of the language."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pytest
from babel.messages.catalog import Message

from cartref.i18n import WELSH_PLURALS, catalogue_files, merged, read_catalogue
from cartref.translations.__main__ import listing
from cartref.translations.extract import forms, messages, missing, strings
from tests.cartref.welsh_rules import ALIKE, ENGLISH, EXCEPTIONS, IMPERSONAL, MUTATION, NEVER_ALIKE, SPELLING, Rule

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
WORDS_ON_A_SCREEN, WORDS_IN_A_MESSAGE = 15, 25

FILES = {path.stem: path for path in catalogue_files()}
CATALOGUES = {name: read_catalogue(path) for name, path in FILES.items()}
SOURCE = strings()


class Entry(NamedTuple):
    """One translated string; `catalogue` names the file it stands in."""

    catalogue: str
    message: Message

    @property
    def english(self) -> list[str]:
        return [self.message.id] if isinstance(self.message.id, str) else list(self.message.id)

    @property
    def welsh(self) -> list[str]:
        return forms(self.message)

    def __str__(self) -> str:
        return f"{self.catalogue}.po: {self.english[0]!r} -> {' | '.join(dict.fromkeys(self.welsh))!r}"


ENTRIES = [Entry(name, message) for name, catalogue in CATALOGUES.items() for message in messages(catalogue)]


def told(entries: Iterable[object]) -> str:
    return "\n".join(str(entry) for entry in entries)


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def sentences(text: str) -> Iterator[str]:
    yield from re.split(r"(?<=[.?!…])\s+", text)


def written_to_patients() -> list[Entry]:
    return [entry for entry in ENTRIES if _is_notice(entry)]


def shown_to_patients() -> list[Entry]:
    return [entry for entry in ENTRIES if entry.catalogue in ("visits", "shared") and not _is_notice(entry)]


def _is_notice(entry: Entry) -> bool:
    origin = SOURCE.get(entry.message.id, entry.message.context)
    return origin is not None and any(path.startswith("appointments/messages") for path, _ in origin.locations)


def test_every_string_of_the_programme_has_its_welsh() -> None:
    lacking = missing(messages(SOURCE), merged(CATALOGUES.values()))
    assert not lacking, f"no Welsh for:\n{listing(lacking)}"


def test_the_strings_of_the_programme_were_found() -> None:
    assert messages(SOURCE)
    assert ENTRIES


@pytest.mark.parametrize("name", FILES)
def test_a_catalogue_declares_six_plural_forms(name: str) -> None:
    header = FILES[name].read_text("utf-8").split("\n\n")[0]
    assert f'"Plural-Forms: {WELSH_PLURALS}\\n"' in header
    assert '"Content-Type: text/plain; charset=utf-8\\n"' in header


@pytest.mark.parametrize("name", FILES)
def test_a_catalogue_says_nothing_twice(name: str) -> None:
    said = re.findall(r'^msgid (?!""$)', FILES[name].read_text("utf-8"), re.MULTILINE)
    assert len(said) == len(messages(CATALOGUES[name]))


def test_no_two_catalogues_translate_one_string_differently() -> None:
    first: dict[tuple[str, str | None], Entry] = {}
    conflicts = []
    for entry in ENTRIES:
        earlier = first.setdefault((entry.english[0], entry.message.context), entry)
        if earlier.welsh != entry.welsh:
            conflicts.append(f"{earlier}\n  but {entry}")
    assert not conflicts, told(conflicts)


def test_every_plural_has_six_forms_and_nothing_is_empty() -> None:
    wanted = {True: 6, False: 1}
    wrong = [e for e in ENTRIES if len(e.welsh) != wanted[bool(e.message.pluralizable)] or not all(e.welsh)]
    assert not wrong, told(wrong)


def test_no_translation_is_only_a_guess() -> None:
    fuzzy = [entry for entry in ENTRIES if entry.message.fuzzy]
    assert not fuzzy, told(fuzzy)


def test_welsh_and_english_hold_the_same_placeholders() -> None:
    wrong = [entry for entry in ENTRIES if not _holds_the_same(entry)]
    assert not wrong, told(wrong)


def _holds_the_same(entry: Entry) -> bool:
    wanted = placeholders(entry.english[0])
    none, others = (entry.welsh[:1], entry.welsh[1:]) if entry.message.pluralizable else ([], entry.welsh)
    alike = all(placeholders(text) == wanted for text in (*entry.english, *others))
    # "Dim apwyntiadau" says nought without a figure.
    return alike and all(placeholders(text) <= wanted for text in none)


def test_welsh_and_english_end_alike() -> None:
    wrong = [e for e in ENTRIES if {_ending(text) for text in e.english} != {_ending(text) for text in e.welsh}]
    assert not wrong, told(wrong)


def _ending(text: str) -> str:
    return text[-1] if text[-1] in ".?!…:" else ""


def test_welsh_is_english_only_where_the_words_are_the_same_in_both() -> None:
    copied = [e for e in ENTRIES if set(e.english) & set(e.welsh) and not _may_be_alike(e.english[0])]
    assert not copied, told(copied)


def _may_be_alike(text: str) -> bool:
    return set(re.findall(r"[^\W\d_]+", PLACEHOLDER.sub("", text))) <= ALIKE | {word.capitalize() for word in ALIKE}


@pytest.mark.parametrize(("english", "welsh"), NEVER_ALIKE.items())
def test_an_english_name_with_a_welsh_one_is_never_left_english(english: str, welsh: str) -> None:
    name = re.compile(rf"(?<![\w@.-]){english}(?![\w@.-])(?! login\b)")
    left = [entry for entry in ENTRIES if any(name.search(text) for text in entry.welsh)]
    assert not left, f"Welsh says {welsh}:\n{told(left)}"


@pytest.mark.parametrize("rule", [*MUTATION, *SPELLING], ids=lambda rule: rule.name)
def test_the_welsh_keeps_the_rule(rule: Rule) -> None:
    broken = [entry for entry in ENTRIES for text in entry.welsh if rule.breaks(text) and not _excused(rule, text)]
    assert not broken, told(broken)


@pytest.mark.parametrize("rule", ENGLISH, ids=lambda rule: rule.name)
def test_the_english_keeps_the_rule(rule: Rule) -> None:
    texts = [(m.locations[0], m.id) for m in messages(SOURCE)]
    broken = [f"{place}: {said}" for place, said in texts for text in _each(said) if rule.breaks(text)]
    assert not broken, told(broken)


def _each(said: str | tuple[str, ...] | list[str]) -> list[str]:
    return [said] if isinstance(said, str) else list(said)


def _excused(rule: Rule, text: str) -> bool:
    return (rule.name, text) in EXCEPTIONS


@pytest.mark.parametrize("rule", [*MUTATION, *SPELLING, IMPERSONAL, *ENGLISH], ids=lambda rule: rule.name)
def test_a_rule_finds_its_wrong_example_and_passes_its_right_one(rule: Rule) -> None:
    assert rule.breaks(rule.wrong)
    assert not rule.breaks(rule.right)


def test_every_exception_is_still_needed() -> None:
    said = {text for entry in ENTRIES for text in entry.welsh}
    rules = {rule.name: rule for rule in (*MUTATION, *SPELLING, IMPERSONAL)}
    idle = [(name, text) for name, text in EXCEPTIONS if text not in said or not rules[name].breaks(text)]
    assert not idle


def test_patients_read_short_sentences_on_their_screens() -> None:
    assert not (long := list(_longer(shown_to_patients(), WORDS_ON_A_SCREEN))), told(long)


def test_patients_read_short_sentences_in_their_messages() -> None:
    assert not (long := list(_longer(written_to_patients(), WORDS_IN_A_MESSAGE))), told(long)


def _longer(entries: Iterable[Entry], limit: int) -> Iterator[str]:
    for entry in entries:
        for sentence in (s for text in (*entry.english, *entry.welsh) for s in sentences(text)):
            if len(sentence.split()) > limit:
                yield f"{entry.catalogue}.po: {sentence}"


def test_the_clinic_speaks_to_patients_in_person() -> None:
    entries = [*shown_to_patients(), *written_to_patients()]
    broken = [e for e in entries for t in e.welsh if IMPERSONAL.breaks(t) and not _excused(IMPERSONAL, t)]
    assert not broken, told(broken)
