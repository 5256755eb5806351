"""A whole number as people type it, with one sentence for whatever else was typed."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from cartref.web.locale import gettext


class NumberField(Field):  # type: ignore[misc] # WTForms ships no types
    """A whole number from `least` to `most`, or None for an empty box; `refusal` is the sentence for anything else."""

    widget = TextInput()

    def __init__(
        self, label: str = "", validators: Any = None, *, least: int, most: int, refusal: str, **kwargs: Any
    ) -> None:
        attributes = {"width": 3, "inputmode": "numeric", "autocomplete": "off"} | kwargs.pop("render_kw", {})
        super().__init__(label, validators, render_kw=attributes, **kwargs)
        self._allowed, self._refusal = range(least, most + 1), refusal

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        typed = str(valuelist[0]).strip() if valuelist else ""
        self.data = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else None

    def pre_validate(self, _form: FlaskForm) -> None:
        """Stop for what is no such number."""
        typed = bool(self.raw_data and str(self.raw_data[0]).strip())
        if typed and (self.data is None or self.data not in self._allowed):
            raise StopValidation(gettext(self._refusal))
