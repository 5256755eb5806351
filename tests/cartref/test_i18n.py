"""Words in two languages, and the tool that says which of them have no Welsh."""

import io
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from cartref.i18n import N_, WELSH_PLURALS, Language, Words, merged, other, words
from cartref.translations.__main__ import main
from cartref.translations.extract import english, home, messages, strings, unused

SIX_FORMS = f"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {WELSH_PLURALS}\\n"

msgctxt "who is before you"
msgid "%(n)s person in %(place)s"
msgid_plural "%(n)s people in %(place)s"
msgstr[0] "dim"
msgstr[1] "un"
msgstr[2] "dau"
msgstr[3] "tri"
msgstr[4] "chwech"
msgstr[5] "%(n)s, %(place)s"

msgctxt "verb"
msgid "Open"
msgstr "Agor"

msgctxt "adjective"
msgid "Open"
msgstr "Ar agor"

msgid "Hello, my name is %(name)s."
msgstr "Helo, fy enw i yw %(name)s."

#, fuzzy
msgid "Leave"
msgstr "Gwyliau"
"""

PAGE = """
{% set title = gettext("The waiting room") %}
{% trans name=person %}Hello, {{ name }}{% endtrans %}
{% trans n=count %}{{ n }} person{% pluralize %}{{ n }} people{% endtrans %}
{{ pgettext("verb", "Open") }}
"""

VIEW = """
LABEL = N_("Seen")
# Translators: on a button
words.gettext("Let the swallow in")
words.npgettext("tries left", "%(n)s try", "%(n)s tries", left)
"""


@pytest.fixture
def welsh() -> Words:
    compiled = io.BytesIO()
    write_mo(compiled, merged([read_po(io.BytesIO(SIX_FORMS.encode()), locale="cy")]))
    compiled.seek(0)
    return Words(Language.WELSH, Translations(compiled))


@pytest.fixture
def programme(tmp_path: Path) -> Path:
    (tmp_path / "visits").mkdir()
    (tmp_path / "visits" / "views.py").write_text(VIEW)
    (tmp_path / "templates" / "visits").mkdir(parents=True)
    (tmp_path / "templates" / "visits" / "wait.html").write_text(PAGE)
    return tmp_path


@pytest.mark.parametrize(
    ("n", "form"),
    [(0, "dim"), (1, "un"), (2, "dau"), (3, "tri"), (6, "chwech"), (4, "4, y clinig"), (11, "11, y clinig")],
)
def test_welsh_counts_in_six_forms(welsh: Words, n: int, form: str) -> None:
    said = welsh.npgettext(
        "who is before you", "%(n)s person in %(place)s", "%(n)s people in %(place)s", n, place="y clinig"
    )
    assert said == form


@pytest.mark.parametrize("n", [0, 2, 3, 6, 7, 100])
def test_the_catalogues_of_the_clinic_count_in_welsh(n: int) -> None:
    figures = {0: "Dim cleifion", 2: "2 glaf", 3: "3 chlaf", 6: "6 chlaf"}
    said = words("cy").ngettext("%(n)s patient", "%(n)s patients", n)
    assert said == figures.get(n, f"{n} o gleifion")


def test_english_is_the_text_itself_with_its_values_filled_in() -> None:
    english = words("en")
    assert english.gettext("Hello, my name is %(name)s.", name="Mair") == "Hello, my name is Mair."
    assert english.ngettext("%(n)s patient", "%(n)s patients", 1) == "1 patient"
    assert english.ngettext("%(n)s patient", "%(n)s patients", 0) == "0 patients"
    assert english.pgettext("verb", "Open") == "Open"


def test_one_english_word_has_the_welsh_of_its_context(welsh: Words) -> None:
    assert welsh.pgettext("verb", "Open") == "Agor"
    assert welsh.pgettext("adjective", "Open") == "Ar agor"


def test_values_are_filled_into_the_welsh(welsh: Words) -> None:
    assert welsh.gettext("Hello, my name is %(name)s.", name="100% Mair") == "Helo, fy enw i yw 100% Mair."


def test_a_guessed_translation_is_never_shown(welsh: Words) -> None:
    assert welsh.gettext("Leave") == "Leave"


def test_a_string_without_welsh_is_shown_in_english() -> None:
    assert words("cy").gettext("Nobody has translated this.") == "Nobody has translated this."


def test_a_template_engine_can_fill_in_the_values_itself() -> None:
    assert words("cy").catalogue.ngettext("%(n)s patient", "%(n)s patients", 2) == "%(n)s glaf"


def test_words_know_their_language_and_no_third_one_exists() -> None:
    assert words("cy").language is Language.WELSH
    with pytest.raises(ValueError, match="fr"):
        words("fr")


def test_the_switch_leads_to_the_other_language() -> None:
    assert (other("en"), other("cy")) == (Language.WELSH, Language.ENGLISH)


def test_marking_a_string_changes_nothing() -> None:
    assert N_("Seen") == "Seen"


def test_the_first_of_two_catalogues_stays_when_they_disagree() -> None:
    first, second = Catalog(locale="cy"), Catalog(locale="cy")
    first.add("Open", "Agor")
    second.add("Open", "Ar agor")
    found = merged([first, second]).get("Open")
    assert found is not None and found.string == "Agor"


def test_strings_are_read_from_python_and_from_templates(programme: Path) -> None:
    found = {(m.context, english(m)): m for m in messages(strings(programme))}
    assert set(found) == {
        (None, "Seen"),
        (None, "Let the swallow in"),
        ("tries left", "%(n)s try"),
        (None, "The waiting room"),
        (None, "Hello, %(name)s"),
        (None, "%(n)s person"),
        ("verb", "Open"),
    }
    assert found[None, "Let the swallow in"].auto_comments == ["Translators: on a button"]
    assert {home(message) for message in found.values()} == {"visits"}


def test_a_string_that_two_concepts_use_belongs_to_both(programme: Path) -> None:
    (programme / "office").mkdir()
    (programme / "office" / "views.py").write_text(VIEW)
    assert {home(m) for m in messages(strings(programme)) if english(m) == "Seen"} == {"shared"}


def test_what_every_page_shows_is_shared(programme: Path) -> None:
    (programme / "templates" / "layouts").mkdir()
    (programme / "templates" / "layouts" / "page.html").write_text('{{ _("Skip to main content") }}')
    assert {home(m) for m in messages(strings(programme)) if "Skip" in english(m)} == {"shared"}


def test_missing_welsh_comes_as_entries_to_paste(programme: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["--source", str(programme)])
    printed = capsys.readouterr().out
    entries = read_po(io.BytesIO(printed.replace("### ", "# ").encode()), locale="cy")
    tries = entries.get("%(n)s try", "tries left")
    assert status == 1
    assert "### cy/visits.po" in printed
    assert "Translators: on a button" in printed
    assert tries is not None and printed.count("msgstr[5]") == 2


def test_the_check_names_each_missing_string_and_where_it_stands(
    programme: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["--check", "--source", str(programme)])
    lines = capsys.readouterr().out.splitlines()
    assert status == 1
    assert "visits.po\tvisits/views.py:4\tLet the swallow in" in lines


def test_the_check_is_content_when_all_is_translated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "views.py").write_text('words.ngettext("%(n)s patient", "%(n)s patients", 3)')
    assert main(["--check", "--source", str(tmp_path)]) == 0
    assert capsys.readouterr().out == ""


def test_a_template_that_does_not_parse_is_not_passed_over(programme: Path) -> None:
    (programme / "templates" / "visits" / "broken.html").write_text('{% if %}{{ _("Lost") }}')
    with pytest.raises(Exception, match="Expected an expression"):
        strings(programme)


def test_welsh_that_nothing_asks_for_is_found(programme: Path) -> None:
    welsh = Catalog(locale="cy")
    welsh.add("Seen", "Wedi'i weld")
    welsh.add("Gone", "Wedi mynd")
    assert [english(m) for m in unused(strings(programme), welsh)] == ["Gone"]
