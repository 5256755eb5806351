"""Sheets of patients and referrals: sent, matched, checked and taken over, and their wrong rows sent back."""

from itertools import islice
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from cartref import sheets
from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.audit.reading import was_read
from cartref.db import db
from cartref.office.forms.importing import TakeOverForm, UploadForm, match_form
from cartref.office.queries import staff_names
from cartref.office.views.blueprint import blueprint
from cartref.referrals.importing import queries, report, service, words
from cartref.referrals.importing.columns import BY_NAME, FIELDS, letter
from cartref.referrals.importing.faulty import faulty_rows
from cartref.referrals.models import ImportSheet, SheetState
from cartref.web.errors import sentence
from cartref.web.locale import gettext

MOST_SENT = 16 * 1024 * 1024  # bytes of a request: room to say beside the field that a file is too large
ROWS_A_PAGE = 100
MOST_KEPT = 200  # cells of the list of what stays as it is
Answer = str | AnyResponse | tuple[str, int]


@blueprint.url_value_preprocessor
def _allow_a_file(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the one page that takes a file take it, before anything reads the form."""
    if endpoint == "office.new_import":
        request.max_content_length = MOST_SENT


@blueprint.get("/imports")
@requires(Permission.REFERRALS_WRITE)
def imports() -> str:
    """List the sheets that were sent."""
    session, actor = db.session(), current_actor()
    found = queries.latest(session, actor)
    names = staff_names(session, actor, [sheet.uploaded_by_id for sheet in found])
    return render_template("office/imports.html", sheets=found, names=names)


@blueprint.route("/imports/new", methods=["GET", "POST"])
@requires(Permission.REFERRALS_WRITE)
def new_import() -> Answer:
    """Send a sheet; one that can't be read is told beside the field."""
    form = UploadForm()
    if form.validate_on_submit():
        with form.attempt():
            filename, content = form.content()
            sheet = service.upload(db.session(), current_actor(), filename=filename, content=content)
        if not form.refused:
            return redirect(url_for("office.match_columns", sheet_id=sheet.id), 303)
    page = render_template("office/new_import.html", form=form)
    return (page, 422) if form.is_submitted() else page


@blueprint.route("/imports/<sheet_id>/columns", methods=["GET", "POST"])
@requires(Permission.REFERRALS_WRITE)
def match_columns(sheet_id: str) -> Answer:
    """Say what the columns of a sheet mean, and have its rows checked."""
    session, actor = db.session(), current_actor()
    sheet = queries.find(session, actor, sheet_id)
    if sheet.head is None:
        return _to(sheet)
    form = match_form(sheet.head, sheet.columns)
    if form.validate_on_submit():
        with form.attempt():
            service.match(session, actor, sheet_id, form.columns())
        if not form.refused:
            return _to(sheet)
    was_read(actor, "import.read", "import", sheet.id)
    page = render_template("office/match_columns.html", form=form, sheet=sheet, fields=FIELDS, job=_job(sheet))
    return (page, 422) if form.is_submitted() else page


@blueprint.get("/imports/<sheet_id>")
@requires(Permission.REFERRALS_WRITE)
def import_sheet(sheet_id: str) -> Answer:
    """Show how a sheet stands: the work on it, what was found in its rows, what it brought."""
    sheet = queries.find(db.session(), current_actor(), sheet_id)
    job = _job(sheet)
    if sheet.state is SheetState.UPLOADED and job is None:
        return redirect(url_for("office.match_columns", sheet_id=sheet.id), 303)
    return _page(sheet, TakeOverForm(formdata=None))


@blueprint.post("/imports/<sheet_id>/apply")
@requires(Permission.REFERRALS_WRITE)
def apply_import(sheet_id: str) -> Answer:
    """Begin to take over the rows that are right."""
    session, actor = db.session(), current_actor()
    sheet = queries.find(session, actor, sheet_id)
    form = TakeOverForm()
    if form.validate_on_submit():
        with form.attempt():
            service.take_over(session, actor, sheet_id, only_whole=form.only_whole.data)
        if not form.refused:
            return _to(sheet)
    return _page(sheet, form), 422


@blueprint.post("/imports/<sheet_id>/forget")
@requires(Permission.REFERRALS_WRITE)
def forget_import(sheet_id: str) -> Answer:
    """Forget what is in a sheet."""
    service.forget(db.session(), current_actor(), sheet_id)
    flash(gettext("The sheet is forgotten. What was taken over from it stays."), "success")
    return redirect(url_for("office.imports"), 303)


@blueprint.get("/imports/<sheet_id>/wrong.<any(csv, xlsx):kind>")
@requires(Permission.REFERRALS_WRITE)
def wrong_rows(sheet_id: str, kind: str) -> Response:
    """Download the rows that are wrong, with a last column that says what is wrong."""
    sheet = queries.find(db.session(), current_actor(), sheet_id)
    rows = faulty_rows(sheet, gettext)
    if not rows:
        raise NotFound
    was_read(current_actor(), "import.read", "import", sheet.id)
    name = f"{sheet.filename.rpartition('.')[0] or sheet.filename} - {gettext('wrong rows')}"
    body = sheets.csv_text(rows) if kind == "csv" else sheets.xlsx(rows, title=gettext("wrong rows"))
    answer = Response(body, content_type=sheets.CSV if kind == "csv" else sheets.XLSX)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.{kind}")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page(sheet: ImportSheet, form: TakeOverForm) -> str:
    session, actor = db.session(), current_actor()
    faults = list(report.cells(sheet.report, "faults"))
    page = max(request.args.get("page", 1, int), 1)
    job = _job(sheet)
    return render_template(
        "office/import.html",
        sheet=sheet,
        form=form,
        job=job,
        failed=sentence(job.failure or "") if job else "",
        counts=sheet.report.get("counts", {}),
        faults=faults[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE],
        page=page,
        page_count=-(-len(faults) // ROWS_A_PAGE),
        kept=list(islice(report.cells(sheet.report, "kept"), MOST_KEPT)),
        kept_count=len(sheet.report.get("kept", ())),
        second=list(islice(report.cells(sheet.report, "second"), MOST_KEPT)),
        second_count=len(sheet.report.get("second", ())),
        before=queries.applied_before(session, actor, sheet) if sheet.state is not SheetState.APPLIED else None,
        letter=letter,
        field_words=lambda name: gettext(BY_NAME[name].label),
        fault_words=lambda code: gettext(words.of_cell(code)),
    )


def _job(sheet: ImportSheet) -> Any:
    return service.job_of(db.session(), current_actor(), sheet)


def _to(sheet: ImportSheet) -> AnyResponse:
    return redirect(url_for("office.import_sheet", sheet_id=sheet.id), 303)
