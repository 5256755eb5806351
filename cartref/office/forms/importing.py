"""The forms by which sheets of patients and referrals come in."""

from collections.abc import Mapping
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice

from cartref.i18n import N_
from cartref.office.forms.choices import whole
from cartref.referrals.importing.columns import FIELDS, letter
from cartref.referrals.importing.reading import SheetWrong
from cartref.web.forms import Form
from cartref.web.locale import gettext


class UploadForm(Form):
    """A file with patients and referrals."""

    file = FileField(
        N_("Sheet"),
        description=N_("A CSV or XLSX file of at most 10 MB and 10,000 rows. The first row has the headings."),
        render_kw={"accept": ".csv,.xlsx,text/csv"},
    )  # fmt: skip

    def content(self) -> tuple[str, bytes]:
        """Return the file's name and what is in it; raise SheetWrong when there is none."""
        if self.file.data is None or not self.file.data.filename:
            raise SheetWrong("missing")
        return self.file.data.filename, self.file.data.read()


class TakeOverForm(Form):
    """What to do when a row turns out to be wrong after all."""

    only_whole = BooleanField(
        N_("Only when every row is right"), description=N_("If one row is wrong, nothing at all is taken over.")
    )


class MatchForm(Form):
    """One question a field: which column has it. Made by `match_form` for the columns of one sheet."""

    def columns(self) -> dict[str, int]:
        """Return the columns chosen, by field."""
        return {field.name: self[field.name].data for field in FIELDS if self[field.name].data is not None}


def match_form(head: Mapping[str, Any], columns: Mapping[str, int]) -> MatchForm:
    """Return the form for a sheet of these headings and samples, answered with `columns` until it is sent."""

    def choices() -> list[SelectChoice]:
        none = SelectChoice("", gettext("Not in this sheet"))
        return [none, *(SelectChoice(str(column), _named(head, column)) for column in range(len(head["headings"])))]

    questions = {field.name: SelectField(field.label, choices=choices, coerce=whole) for field in FIELDS}
    form: MatchForm = type("SheetForm", (MatchForm,), questions)(
        data={name: str(column) for name, column in columns.items()}
    )
    return form


def _named(head: Mapping[str, Any], column: int) -> str:
    """Return a column as it is chosen: "C DOB (14/03/1939, 2 May 1938)"."""
    name = f"{letter(column)} {head['headings'][column]}".strip()
    samples = ", ".join(head["samples"][column])
    return f"{name} ({samples})" if samples else name
