"""Forms: dates in three boxes, what was typed is kept, and a service's error stands beside its field."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import PasswordField, StringField

from cartref.accounts.actor import system
from cartref.audit.models import AuditEntry
from cartref.audit.service import record
from cartref.db import db
from cartref.errors import Conflict, Forbidden, Invalid, StaleVersion
from cartref.web.forms import AtMost, DatePartsField, Form, Required


class Visit(Form):
    """A form with one field of each kind that matters here."""

    name = StringField("Name", [Required("Enter a name"), AtMost(5)])
    secret = PasswordField("Password")
    on = DatePartsField("Date")


@pytest.fixture(params=["en", "cy"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def request_of(app: Flask, language: str) -> Iterator[str]:
    """Let the test run inside a request in that language, and return the language."""
    with app.test_request_context("/", method="POST", headers={"Accept-Language": language}):
        yield language


def visit(day: str = "8", month: str = "12", year: str = "2026", name: str = "Mair", secret: str = "") -> Visit:
    typed = {"name": name, "secret": secret, "on-day": day, "on-month": month, "on-year": year}
    return Visit(formdata=MultiDict(typed))


@pytest.mark.parametrize("month", ["12", "Dec", "december", "Rhagfyr", "rha"])
def test_a_month_may_be_a_number_or_a_name_in_either_language(request_of: str, month: str) -> None:
    form = visit(month=month)
    assert form.validate()
    assert form.on.data == date(2026, 12, 8)


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [("31", "2", "2026"), ("0", "1", "2026"), ("8", "13", "2026"), ("8", "12", "26"), ("x", "12", "2026"),
     ("8", "", "2026"), ("８", "12", "2026"), ("-8", "12", "2026"), ("9" * 30, "1", "2026")],
)  # fmt: skip
def test_an_impossible_date_is_refused_and_kept_as_it_was_typed(
    request_of: str, day: str, month: str, year: str
) -> None:
    form = visit(day, month, year)
    assert not form.validate()
    assert form.on.errors == [{"en": "Enter a real date", "cy": "Rhowch ddyddiad go iawn"}[request_of]]
    assert (form.on.day, form.on.month, form.on.year) == (day, month, year)


def test_a_date_left_empty_is_asked_for(request_of: str) -> None:
    form = visit("", "", "")
    assert not form.validate()
    assert form.on.errors[0] in {"Enter the day, the month and the year", "Rhowch y diwrnod, y mis a'r flwyddyn"}


def test_space_around_what_was_typed_is_nobodys_meaning_but_in_a_password(request_of: str) -> None:
    form = visit(name=" Mair ", secret=" a b ")
    assert form.name.data == "Mair"
    assert form.secret.data == " a b "


def test_only_space_is_nothing(request_of: str) -> None:
    form = visit(name="   ")
    assert not form.validate()
    assert len(form.name.errors) == 1


def test_a_text_that_is_too_long_is_refused_in_words(request_of: str) -> None:
    form = visit(name="Blodeuwedd")
    assert not form.validate()
    assert form.name.errors == [{"en": "Use 5 characters or fewer", "cy": "Defnyddiwch 5 nod neu lai"}[request_of]]


def test_the_form_that_is_named_by_the_error_shows_it_on_the_field(request_of: str) -> None:
    form = visit()
    with form.attempt():
        raise Invalid("name")
    assert form.refused
    assert len(form.name.errors) == 1
    assert form.errors_shown == []


def test_a_clash_stands_at_the_top_when_it_names_no_field(request_of: str) -> None:
    form = visit()
    with form.attempt():
        raise StaleVersion
    assert form.errors_shown[0].startswith(("Somebody else has changed this", "Mae rhywun arall wedi newid hyn"))


def test_what_is_no_answer_to_a_form_goes_on_up(request_of: str) -> None:
    with pytest.raises(Forbidden), visit().attempt():
        raise Forbidden


def test_what_was_done_before_the_error_is_undone_and_what_was_done_earlier_is_not(request_of: str) -> None:
    form = visit()
    record(db.session(), system(), "thing.changed", "thing", "before")
    with form.attempt():
        record(db.session(), system(), "thing.changed", "thing", "inside")
        db.session.flush()
        raise Conflict
    assert [entry.subject_id for entry in db.session.query(AuditEntry)] == ["before"]
    db.session.rollback()
