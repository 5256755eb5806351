"""Forms: labels in the reader's language, a date in three parts, and service errors beside the field they are about."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, IntegerField
from wtforms.i18n import DummyTranslations
from wtforms.validators import InputRequired, StopValidation

from cartref.errors import ClinicError, Invalid
from cartref.i18n import N_
from cartref.web import locale
from cartref.web.errors import sentence
from cartref.web.session import savepoint


class _Translations(DummyTranslations):  # type: ignore[misc] # WTForms ships no types
    """WTForms' own messages, in the page's language where we know them."""

    def gettext(self, message: str) -> str:
        return locale.gettext(message)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return locale.current_words().catalogue.ngettext(singular, plural, n)


class Form(FlaskForm):  # type: ignore[misc] # Flask-WTF ships no types
    """A form whose labels, hints and choices are written with N_ and shown in the reader's language.

    `errors_shown` lists the errors that belong to no field.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Translates, and strips what was typed."""

        def get_translations(self, _form: FlaskForm) -> _Translations:
            """Return WTForms' own messages in the page's language."""
            return _Translations()

        def bind_field(self, form: FlaskForm, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Bind a field whose text filter strips surrounding space, as nobody means it."""
            options = {**options, "filters": [*unbound_field.kwargs.get("filters", ()), _stripped]}
            if unbound_field.field_class.__name__ in {"PasswordField", "FileField", "FieldList", "FormField"}:
                options.pop("filters")
            unbound_field.kwargs.pop("filters", None)
            return unbound_field.bind(form=form, **options)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.errors_shown: list[str] = []
        for field in self:
            _translate(field)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Do what the form asks inside a savepoint; an error of the clinic lands on its field, or on the form's top.

        Use it as `with form.attempt(): service.book(...)`, then look at `form.refused`.
        """
        try:
            with savepoint():
                yield
        except Invalid as error:
            self._show(error, error.field)
        except ClinicError as error:
            if error.status not in {409, 429}:
                raise
            self._show(error, error.context.get("field"))

    @property
    def refused(self) -> bool:
        """Tell whether the form has an error, so that it is to be shown again with what was typed."""
        return bool(self.errors or self.errors_shown)

    def refuse(self, message: str, field: str | None = None) -> None:
        """Show `message`, already in the reader's language, beside `field` or at the form's top."""
        if field is not None and field in self._fields:
            self._fields[field].errors = [*self._fields[field].errors, message]
        else:
            self.errors_shown.append(message)

    def _show(self, error: ClinicError, field: object) -> None:
        self.refuse(sentence(error.code), str(field) if field else None)


class Required(InputRequired):  # type: ignore[misc]
    """Asks for something in the field's own words: "Enter the family name"."""

    def __call__(self, form: FlaskForm, field: Field) -> None:
        """Stop with the field's message unless something was typed."""
        if not (field.raw_data and any(str(part).strip() for part in field.raw_data)):
            field.errors = []
            raise StopValidation(locale.gettext(self.message or N_("Fill this in")))


class AtMost:
    """Refuses a text of more than `n` characters, in the reader's words."""

    def __init__(self, n: int) -> None:
        self.n = n

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        """Stop when the text is too long."""
        if len(field.data or "") > self.n:
            words = locale.current_words()
            raise StopValidation(
                words.ngettext("Use %(n)s character or fewer", "Use %(n)s characters or fewer", self.n)
            )


class WholeNumberField(IntegerField):  # type: ignore[misc] # WTForms ships no types
    """A whole number from `least` to `most`, None where nothing was typed; `wrong` is the sentence for all else."""

    def __init__(self, label: str = "", validators: Any = None, *, least: int, most: int, wrong: str, **kwargs: Any):
        kwargs["render_kw"] = {"inputmode": "numeric", "autocomplete": "off"} | kwargs.get("render_kw", {})
        super().__init__(label, validators, **kwargs)
        self._allowed, self._wrong = range(least, most + 1), wrong

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; it is kept whatever it was."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = _whole(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
        if typed and self.data not in self._allowed:
            self.data = None
            raise ValueError(locale.gettext(self._wrong))


class DatePartsField(Field):  # type: ignore[misc]
    """A date as day, month and year in three boxes; what was typed is kept whatever it was. `data` is a date or None.

    `missing` and `impossible` are the sentences shown for an empty and for an impossible date.
    """

    def __init__(
        self,
        label: str = "",
        validators: Any = None,
        *,
        missing: str = N_("Enter the day, the month and the year"),
        impossible: str = N_("Enter a real date"),
        optional: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.day = self.month = self.year = ""
        self._missing, self._impossible, self._optional = missing, impossible, optional

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the three boxes `NAME-day`, `NAME-month` and `NAME-year`, or the date given as default."""
        self.process_errors: list[str] = []
        self.object_data = self.data = data if isinstance(data, date) else None
        if self.data:
            self.day, self.month, self.year = str(self.data.day), str(self.data.month), str(self.data.year)
        self.raw_data = None
        if formdata and any(f"{self.name}-{part}" in formdata for part in ("day", "month", "year")):
            self.day, self.month, self.year = (
                formdata.get(f"{self.name}-{part}", "").strip() for part in ("day", "month", "year")
            )
            self.raw_data = [self.day, self.month, self.year]
            self.data = None
            self._read()

    def pre_validate(self, _form: FlaskForm) -> None:
        """Stop when nothing was typed into a date that is needed."""
        if not any((self.day, self.month, self.year)) and not self._optional:
            raise StopValidation(locale.gettext(self._missing))

    def _read(self) -> None:
        if not any((self.day, self.month, self.year)):
            return
        try:
            self.data = date(_whole(self.year), _month(self.month), _whole(self.day))
            if self.data.year < 1850:
                raise ValueError
        except (ValueError, OverflowError):
            self.data = None
            self.process_errors = [locale.gettext(self._impossible)]


MONTHS = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
MONTHS_CY = (
    "ion", "chw", "maw", "ebr", "mai", "meh", "gor", "aws", "med", "hyd", "tac", "rha",
)  # fmt: skip


def _month(text: str) -> int:
    short = text.casefold()[:3]
    for names in (MONTHS, MONTHS_CY):
        if short in names:
            return names.index(short) + 1
    return _whole(text)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text)


def _stripped(value: object) -> object:
    return value.replace("\x00", "").strip() if isinstance(value, str) else value


def _translate(field: Field) -> None:
    if field.type in {"CSRFTokenField", "HiddenField"}:
        return
    if field.label.text:
        field.label.text = locale.gettext(field.label.text)
    if field.description:
        field.description = locale.gettext(field.description)
