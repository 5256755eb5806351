"""The components as a browser gets them: fields tied to their words, what was typed kept, nothing unescaped."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from cartref.web.forms import DatePartsField, Form, Required
from tests.cartref.html_page import ROOT, Page, page_machinery

IMPORT = (
    '{% from "components/form.html" import field, fields, error_summary, submit with context %}'
    '{% from "components/button.html" import button, post_button with context %}'
    '{% from "components/icon.html" import icon with context %}'
    '{% from "components/needs.html" import needs with context %}'
    '{% from "components/queue.html" import queue with context %}'
    '{% from "components/call.html" import control with context %}'
    '{% from "components/dialog.html" import ask_once with context %}'
    '{% from "components/table.html" import copy_field, pages with context %}'
    '{% from "components/status.html" import status, SHAPES with context %}'
)


class Registration(Form):
    """A form with a field of every kind."""

    family_name = StringField(
        "Family name",
        [Required("Enter the family name")],
        description="As on the letter",
        render_kw={"autocomplete": "family-name", "maxlength": 80, "width": 20},
    )
    email = EmailField("Email address")
    minutes = IntegerField("Minutes")
    password = PasswordField("Password")
    notes = TextAreaField("Notes", render_kw={"rows": 3})
    place = SelectField("Place", choices=[("heli", "Ysbyty Bryn Heli"), ("bach", "Ysbyty Traeth Bach")])
    mode = RadioField("How", [Required("Choose an answer")], choices=[("video", "By video"), ("phone", "By phone")])
    needs = SelectMultipleField("Needs", choices=[("hearing", "Hearing"), ("sight", "Sight")])
    agrees = BooleanField("She agrees")
    born = DatePartsField("Date of birth", description="For example, 14 3 1939")
    secret = HiddenField()


@pytest.fixture
def pages(tmp_path: Path) -> Flask:
    return page_machinery(tmp_path)


@pytest.fixture
def draw(pages: Flask) -> Iterator[Callable[..., Page]]:
    """Return a function that renders a piece of template, in English, and reads it back."""
    with pages.test_request_context(headers={"Accept-Language": "en"}):
        yield lambda source, **values: Page(render_template_string(IMPORT + source, **values))


def filled(**typed: Any) -> Registration:
    """Return the form after `typed` was sent and looked at."""
    form = Registration(formdata=MultiDict(typed), meta={"csrf": False})
    form.validate()
    return form


def test_a_field_is_tied_to_its_label_its_hint_and_its_error(draw: Callable[..., Page]) -> None:
    page = draw("{{ field(form.family_name) }}", form=filled(family_name=""))

    box = page.one("input", name="family_name")
    assert page.one("label", for_=str(box["id"])).text == "Family name"
    assert page.words_of(box, "aria-describedby") == "As on the letter Error: Enter the family name"


def test_what_the_form_says_of_a_field_reaches_the_browser(draw: Callable[..., Page]) -> None:
    box = draw("{{ field(form.family_name) }}", form=filled()).one("input")

    assert (box["autocomplete"], box["maxlength"], box["type"]) == ("family-name", "80", "text")
    assert "nhsuk-input--width-20" in str(box["class"])


def test_a_field_without_an_error_does_not_speak_of_one(draw: Callable[..., Page]) -> None:
    page = draw("{{ field(form.family_name) }}", form=filled(family_name="Parry"))

    assert not page.all(class_="nhsuk-error-message")
    assert page.words_of(page.one("input"), "aria-describedby") == "As on the letter"


def test_what_was_typed_is_kept_beside_its_error(draw: Callable[..., Page]) -> None:
    form = filled(minutes="ten", notes="<b>wide</b>", place="bach", needs="sight", agrees="y", email="nobody")

    page = draw("{{ fields(form) }}", form=form)

    assert page.one("input", name="minutes")["value"] == "ten"
    assert page.one("textarea", name="notes").text == "<b>wide</b>"
    assert page.one("option", value="bach").keys() >= {"selected"}
    assert [box["value"] for box in page.all("input", name="needs") if "checked" in box] == ["sight"]
    assert "checked" in page.one("input", name="agrees")
    assert page.one("input", name="email")["value"] == "nobody"


def test_a_password_is_never_sent_back(draw: Callable[..., Page]) -> None:
    box = draw("{{ field(form.password) }}", form=filled(password="correct horse")).one("input", name="password")

    assert box["type"] == "password"
    assert not box.get("value")


def test_a_number_is_typed_and_not_turned(draw: Callable[..., Page]) -> None:
    box = draw("{{ field(form.minutes) }}", form=filled()).one("input")

    assert (box["type"], box["inputmode"]) == ("text", "numeric")


def test_no_answer_is_chosen_for_the_reader(draw: Callable[..., Page]) -> None:
    page = draw("{{ field(form.mode) }}{{ field(form.needs) }}{{ field(form.agrees) }}", form=filled())

    assert len(page.all("input")) == 5
    assert not [box for box in page.all("input") if "checked" in box]


def test_choices_stand_under_their_question_with_its_error(draw: Callable[..., Page]) -> None:
    page = draw("{{ field(form.mode) }}", form=filled())

    assert page.one("legend").text == "How"
    assert page.words_of(page.one("fieldset"), "aria-describedby") == "Error: Choose an answer"
    assert [page.one("label", for_=str(box["id"])).text for box in page.all("input")] == ["By video", "By phone"]


def test_a_date_keeps_its_three_boxes_as_they_were_typed(draw: Callable[..., Page]) -> None:
    form = filled(**{"born-day": "31", "born-month": "2", "born-year": "1939"})

    page = draw("{{ field(form.born, birthday=True) }}", form=form)

    boxes = page.all("input")
    assert [(box["name"], box["value"]) for box in boxes] == [
        ("born-day", "31"),
        ("born-month", "2"),
        ("born-year", "1939"),
    ]
    assert [box["autocomplete"] for box in boxes] == ["bday-day", "bday-month", "bday-year"]
    assert [page.one("label", for_=str(box["id"])).text for box in boxes] == ["Day", "Month", "Year"]
    assert page.words_of(page.one("fieldset"), "aria-describedby") == "For example, 14 3 1939 Error: Enter a real date"


def test_the_error_summary_leads_to_every_field_in_error(draw: Callable[..., Page]) -> None:
    form = filled(minutes="ten", family_name="")
    form.errors_shown.append("That time has just been taken.")

    page = draw("{{ error_summary(form) }}{{ fields(form) }}", form=form)

    links = page.all("a")
    assert {"#family_name", "#minutes", "#mode", "#born-day"} <= {link["href"] for link in links}
    for link in links:
        page.one(id=str(link["href"]).removeprefix("#"))
    assert "There is a problem" in page.one(role="alert").text
    assert "That time has just been taken." in page.one(role="alert").text


def test_a_form_nobody_has_sent_has_no_summary(draw: Callable[..., Page]) -> None:
    assert draw("{{ error_summary(form) }}", form=Registration(formdata=None, meta={"csrf": False})).elements == []


def test_markup_in_a_label_or_an_error_stays_text(draw: Callable[..., Page]) -> None:
    form = filled(family_name="")
    form.family_name.label.text = form.family_name.description = "<script>x</script>"
    form.refuse("<script>y</script>", "family_name")
    form.family_name.errors.reverse()

    page = draw("{{ error_summary(form) }}{{ field(form.family_name) }}", form=form)

    assert not page.all("script")
    assert page.one("label").text == "<script>x</script>"


def test_a_hidden_field_is_left_as_it_is(draw: Callable[..., Page]) -> None:
    page = draw("{{ field(form.secret) }}", form=filled(secret="7"))

    assert [(e.tag, e["type"], e["value"]) for e in page.elements] == [("input", "hidden", "7")]


def test_letters_are_counted_in_words_tied_to_the_text_area(draw: Callable[..., Page]) -> None:
    page = draw("{{ field(form.notes, count=200) }}", form=filled(notes="Dizzy"))

    assert page.words_of(page.one("textarea"), "aria-describedby") == "Letters used: 5 of 200"


def test_an_icon_beside_a_word_is_silent_and_one_alone_speaks(draw: Callable[..., Page]) -> None:
    beside, alone = draw("{{ icon('phone') }}{{ icon('bell', 'Try the bell') }}").all("svg")

    assert beside["aria-hidden"] == "true"
    assert (alone["role"], alone["aria-label"]) == ("img", "Try the bell")


def test_every_icon_that_the_templates_draw_is_in_the_sprite(pages: Flask) -> None:
    drawn = {symbol["id"] for symbol in Page((ROOT / "static/img/icons.svg").read_text("utf-8")).all("symbol")}
    listed = set((ROOT.parent / "deploy/icons.txt").read_text("utf-8").split())

    environment = pages.jinja_env
    shapes = {
        name
        for component in ("status", "needs", "flash", "check")
        for name in environment.get_template(f"components/{component}.html").make_module({}).SHAPES.values()  # type: ignore[attr-defined]
    }

    assert drawn == listed
    assert shapes <= drawn


def test_every_status_has_a_word_and_a_shape(draw: Callable[..., Page]) -> None:
    page = draw("{% for kind in SHAPES %}{{ status(kind) }}{% endfor %}")

    chips = page.all("span", class_="status")
    assert len(chips) == len(page.all("use")) == 11
    assert all(chip.text for chip in chips)


def test_a_button_that_changes_something_is_a_form_with_a_token(draw: Callable[..., Page]) -> None:
    page = draw("{{ post_button('/cancel', 'Cancel it', kind='danger', values={'reason': 'ill'}) }}")

    assert page.one("form")["method"] == "post"
    assert page.one("input", name="csrf_token")["value"]
    assert page.one("input", name="reason")["value"] == "ill"
    assert page.one("button").text == "Cancel it"


def test_the_safe_answer_comes_first_and_is_green(draw: Callable[..., Page]) -> None:
    page = draw("{{ ask_once('ask', 'Do you want to hang up?', 'No, stay', 'Yes, hang up', name='hang-up') }}")

    stay, leave = page.all("button")
    assert (stay.text, stay["value"], leave["value"]) == ("No, stay", "stay", "hang-up")
    assert "button--go" in str(stay["class"])
    assert "button--go" not in str(leave["class"])
    assert page.words_of(page.one("dialog"), "aria-labelledby") == "Do you want to hang up?"


def test_a_control_carries_both_its_words(draw: Callable[..., Page]) -> None:
    page = draw("{{ control('mute', 'mic', 'Mute me', 'mic-off', 'Unmute me') }}")

    assert page.one("button", data_control="mute")["data-pressed"] == "false"
    assert page.one("span", data_when="false").text == "Mute me"
    assert page.one("span", data_when="true").text == "Unmute me"


@pytest.mark.parametrize(("ahead", "drawn"), [(0, 1), (1, 2), (4, 5), (11, 5)])
def test_the_queue_draws_at_most_four_before_her(draw: Callable[..., Page], ahead: int, drawn: int) -> None:
    page = draw("{{ queue(ahead) }}", ahead=ahead)

    assert len(page.all("li")) == drawn
    assert page.all("li")[-1].text == "You"


def test_pages_are_offered_only_where_there_are_more(draw: Callable[..., Page]) -> None:
    assert draw("{{ pages(1, 1, url) }}", url=str).elements == []

    links = draw("{{ pages(2, 3, url) }}", url=lambda page: f"?page={page}").all("a")

    assert [(link["rel"], link["href"]) for link in links] == [("prev", "?page=1"), ("next", "?page=3")]
