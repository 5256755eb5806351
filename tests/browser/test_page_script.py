"""What every page does by itself, in a real browser under the real content security policy."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, render_template_string, request
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server
from wtforms import PasswordField, StringField, TextAreaField

from cartref.web.forms import Form, Required
from tests.cartref.html_page import page_machinery

pytestmark = pytest.mark.browser

TEMPLATE = """
{% extends "layouts/staff.html" %}
{% from "components/dialog.html" import ask_once with context %}
{% from "components/form.html" import error_summary, field, submit with context %}
{% from "components/table.html" import copy_field with context %}
{% block title %}Desk{% endblock %}
{% block content %}
<h1>Desk</h1>
{{ error_summary(form) }}
<form method="post" novalidate>
{{ form.hidden_tag() }}
{{ field(form.name) }}{{ field(form.password) }}{{ field(form.notes, count=10) }}
{{ submit("Save") }}
</form>
{{ copy_field("link", "Link", "https://clinic.example/v/1") }}
<button class="button" type="button" data-opens="ask">Hang up</button>
{{ ask_once("ask", "Do you want to hang up?", "No, stay", "Yes, hang up") }}
{% endblock %}
"""


class Desk(Form):
    """A small form to type into."""

    name = StringField("Name", [Required("Enter a name")])
    password = PasswordField("Password")
    notes = TextAreaField("Notes")


def desk(data: Path, sent: list[str]) -> Flask:
    """Return the page machinery with one page, which adds each name it is sent to `sent`."""
    app = page_machinery(data)

    def show() -> str:
        form = Desk()
        if form.is_submitted() and form.validate():
            sent.append(request.form["name"])
        pages = [{"label": "Today", "url": "/", "current": True}]
        return render_template_string(TEMPLATE, form=form, navigation=pages)

    app.add_url_rule("/", "desk", show, methods=["GET", "POST"])
    return app


@pytest.fixture
def sent() -> list[str]:
    return []


@pytest.fixture
def at_desk(page: Page, tmp_path: Path, sent: list[str]) -> Iterator[Page]:
    """Return the browser on the page in English; its console may report nothing wrong."""
    server = make_server("127.0.0.1", 0, desk(tmp_path, sent), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"http://127.0.0.1:{server.server_port}/?lang=en")
    yield page
    server.shutdown()
    server.server_close()
    assert said == []


def test_what_was_typed_survives_the_change_of_language_but_a_password_does_not(at_desk: Page) -> None:
    at_desk.get_by_label("Name").fill("Eluned")
    at_desk.get_by_label("Password").fill("correct horse")

    at_desk.get_by_role("contentinfo").get_by_role("link", name="Cymraeg").click()

    expect(at_desk.locator("html")).to_have_attribute("lang", "cy")
    expect(at_desk.locator("#name")).to_have_value("Eluned")
    expect(at_desk.locator("#password")).to_have_value("")
    assert at_desk.evaluate("sessionStorage.length") == 0


def test_the_reader_is_taken_to_the_summary_of_what_was_wrong(at_desk: Page) -> None:
    at_desk.get_by_role("button", name="Save").click()

    expect(at_desk.locator(".nhsuk-error-summary")).to_be_focused()


def test_a_second_press_sends_nothing(at_desk: Page, sent: list[str]) -> None:
    at_desk.get_by_label("Name").fill("Eluned")

    at_desk.get_by_role("button", name="Save").dblclick()

    expect(at_desk.get_by_role("heading", name="Desk")).to_be_visible()
    at_desk.wait_for_load_state("networkidle")
    assert sent == ["Eluned"]


def test_a_dialog_left_by_escape_is_the_safe_answer(at_desk: Page) -> None:
    at_desk.get_by_role("button", name="Hang up").click()
    expect(at_desk.get_by_role("button", name="No, stay")).to_be_focused()

    at_desk.keyboard.press("Escape")

    expect(at_desk.locator("dialog")).not_to_be_visible()
    assert at_desk.locator("dialog").evaluate("dialog => dialog.returnValue") == "stay"


def test_a_dialog_says_which_answer_closed_it(at_desk: Page) -> None:
    at_desk.get_by_role("button", name="Hang up").click()

    at_desk.get_by_role("button", name="Yes, hang up").click()

    assert at_desk.locator("dialog").evaluate("dialog => dialog.returnValue") == "leave"


def test_a_password_can_be_shown_and_hidden(at_desk: Page) -> None:
    field = at_desk.locator("#password")

    at_desk.get_by_role("button", name="Show the password").click()
    expect(field).to_have_attribute("type", "text")

    at_desk.get_by_role("button", name="Hide the password").click()
    expect(field).to_have_attribute("type", "password")


def test_letters_are_counted_while_typing(at_desk: Page) -> None:
    at_desk.get_by_label("Notes").fill("Dizzy on standing")

    count = at_desk.locator(".count")
    expect(count).to_have_text("Letters used: 17 of 10")
    expect(count).to_contain_class("count--over")


def test_a_text_is_copied_with_one_press(at_desk: Page) -> None:
    at_desk.context.grant_permissions(["clipboard-read", "clipboard-write"])

    at_desk.get_by_role("button", name="Copy").click()

    expect(at_desk.locator("[data-copied]")).to_have_text("Copied")
    assert at_desk.evaluate("navigator.clipboard.readText()") == "https://clinic.example/v/1"


def test_the_menu_folds_on_a_narrow_screen(at_desk: Page) -> None:
    at_desk.set_viewport_size({"width": 390, "height": 844})
    menu = at_desk.get_by_role("button", name="Menu")
    expect(at_desk.get_by_role("navigation", name="Main")).not_to_be_visible()

    menu.click()

    expect(at_desk.get_by_role("navigation", name="Main")).to_be_visible()
    expect(menu).to_have_attribute("aria-expanded", "true")
