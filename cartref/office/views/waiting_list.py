"""The waiting list: worked from the top, narrowed down, kept as a file; and its lines, added, changed, taken off."""

from enum import StrEnum
from typing import Any, TypeVar

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cartref import sheets
from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.audit.reading import was_read
from cartref.clinics import queries as clinics
from cartref.db import db
from cartref.office.forms.choices import version
from cartref.office.forms.referrals import EntryForm, RemoveForm, ReviewForm, beginning
from cartref.office.labels import LANGUAGES
from cartref.office.referral_labels import ENTRY_KINDS, ENTRY_STATUSES, PRIORITIES, REMOVALS
from cartref.office.speech import today
from cartref.office.views.blueprint import blueprint
from cartref.office.waiting_sheet import rows
from cartref.patients import queries as patients
from cartref.referrals import queries, service
from cartref.referrals.models import EntryKind, EntryStatus, Priority, WaitingEntry
from cartref.referrals.service import waiting
from cartref.referrals.waiting_list import NEEDS, Filters, everything, head, next_to_book
from cartref.referrals.waiting_list import waiting_list as listed
from cartref.web.locale import gettext, language

Answer = str | AnyResponse | tuple[str, int]
Code = TypeVar("Code", bound=StrEnum)


@blueprint.get("/waiting-list")
@requires(Permission.REFERRALS_READ)
def waiting_list() -> str:
    """Show a page of what waits to be booked, whom to book next, and how the whole list stands."""
    session, actor, filters = db.session(), current_actor(), _filters()
    return render_template(
        "office/waiting_list.html",
        found=listed(session, actor, filters, page=_page()),
        head=head(session, actor),
        following=next_to_book(session, actor, filters),
        filters=filters,
        tabs={"": gettext("All"), EntryKind.NEW: gettext("New"), EntryKind.REVIEW: gettext("Reviews due")},
        clinics={clinic.id: clinic.name for clinic in clinics.clinics(session, actor)},
        needs_known={need: words for need, (words, _) in NEEDS.items()},
        kinds=ENTRY_KINDS,
        languages=LANGUAGES,
        priorities=PRIORITIES,
        with_filters=_address,
    )


@blueprint.get("/waiting-list.csv")
@requires(Permission.REFERRALS_READ)
def waiting_list_csv() -> Response:
    """Give the list, narrowed down as the page is, as CSV."""
    return _file(sheets.csv_text(_exported()), sheets.CSV, "csv")


@blueprint.get("/waiting-list.xlsx")
@requires(Permission.REFERRALS_READ)
def waiting_list_xlsx() -> Response:
    """Give the list, narrowed down as the page is, as an Excel workbook."""
    return _file(sheets.xlsx(_exported(), title=gettext("Waiting list")), sheets.XLSX, "xlsx")


@blueprint.route("/waiting-list/new-review", methods=["GET", "POST"])
@requires(Permission.REFERRALS_WRITE)
def new_review() -> Answer:
    """Add a review for the patient whom the address names, for one of her referrals or for none."""
    session, actor = db.session(), current_actor()
    if not request.args.get("patient_id"):
        return redirect(url_for("office.patients"), 303)
    patient = patients.find(session, actor, request.args["patient_id"])
    referral_id = request.args.get("referral_id") or None
    referral = queries.find(session, actor, referral_id) if referral_id else None
    form = ReviewForm(data={"priority": (referral.priority if referral else Priority.ROUTINE), "clinic_id": ""})
    if form.validate_on_submit():
        with form.attempt():
            service.add_review(session, actor, patient.id, form.details(), referral_id=referral_id)
        if not form.refused:
            flash(gettext("The review is on the waiting list."), "success")
            return redirect(url_for("office.patient", patient_id=patient.id), 303)
    _offer(form)
    page = render_template("office/new_review.html", form=form, patient=patient, referral=referral)
    return (page, 422) if form.is_submitted() else page


@blueprint.route("/waiting-list/<entry_id>", methods=["GET", "POST"])
@requires(Permission.REFERRALS_WRITE)
def waiting_entry(entry_id: str) -> Answer:
    """Show one line, to change it or to take it off."""
    session, actor = db.session(), current_actor()
    entry = queries.find_entry(session, actor, entry_id)
    form = EntryForm(data=beginning(waiting.details_of(entry)) | {"version": entry.version})
    if form.validate_on_submit():
        with form.attempt():
            service.change_entry(
                session, actor, entry_id, version=version(form.version.data), details=form.details()
            )  # fmt: skip
        if not form.refused:
            flash(gettext("Your changes are saved."), "success")
            return redirect(url_for("office.waiting_list"), 303)
    was_read(actor, "waiting-entry.read", "waiting-entry", entry.id, patient_id=entry.patient_id)
    page = _entry_page(entry, form, RemoveForm(formdata=None))
    return (page, 422) if form.is_submitted() else page


@blueprint.route("/waiting-list/<entry_id>/remove", methods=["GET", "POST"])
@requires(Permission.REFERRALS_WRITE)
def remove_entry(entry_id: str) -> Answer:
    """Take a line off the list, for a reason; asked for as a page, it is the line itself."""
    session, actor = db.session(), current_actor()
    entry = queries.find_entry(session, actor, entry_id)
    if request.method == "GET":
        return redirect(url_for("office.waiting_entry", entry_id=entry_id), 303)
    form = RemoveForm()
    if form.validate():
        with form.attempt():
            service.remove(session, actor, entry_id, reason=form.reason.data)
        if not form.refused:
            flash(gettext("%(name)s is off the waiting list.", name=entry.patient.name), "success")
            return redirect(url_for("office.waiting_entry", entry_id=entry_id), 303)
    change = EntryForm(formdata=None, data=beginning(waiting.details_of(entry)) | {"version": entry.version})
    return _entry_page(entry, change, form), 422


@blueprint.post("/waiting-list/<entry_id>/restore")
@requires(Permission.REFERRALS_WRITE)
def restore_entry(entry_id: str) -> Answer:
    """Put a line on the list again."""
    entry = service.restore(db.session(), current_actor(), entry_id)
    flash(gettext("%(name)s is on the waiting list again.", name=entry.patient.name), "success")
    return redirect(url_for("office.waiting_entry", entry_id=entry_id), 303)


def _entry_page(entry: WaitingEntry, form: EntryForm, remove: RemoveForm) -> str:
    _offer(form)
    waited = queries.waited(db.session(), [entry.referral_id], today())
    return render_template(
        "office/waiting_entry.html",
        entry=entry,
        form=form,
        remove=remove,
        waited_for=waited.get(entry.referral_id or ""),
        waits=entry.status is EntryStatus.WAITING,
        removed=entry.status is EntryStatus.REMOVED,
        kinds=ENTRY_KINDS,
        removals=REMOVALS,
        statuses=ENTRY_STATUSES,
    )


def _offer(form: EntryForm) -> None:
    session, actor = db.session(), current_actor()
    form.offer(clinics.clinics(session, actor), clinics.clinicians(session, actor))


def _filters() -> Filters:
    """Return what the address asks for; what there is not is not asked for."""
    asked = request.args
    return Filters(
        kind=_code(EntryKind, "kind"),
        clinic_id=asked.get("clinic_id") or None,
        priority=_code(Priority, "priority"),
        language=asked.get("language") if asked.get("language") in LANGUAGES else None,
        need=asked.get("need") if asked.get("need") in NEEDS else None,
        overdue=asked.get("overdue") == "1",
        name=asked.get("name", "").strip(),
    )


def _code(codes: type[Code], name: str) -> Code | None:
    asked = request.args.get(name)
    return codes(asked) if asked in set(codes) else None


def _page() -> int:
    asked = request.args.get("page", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1


def _address(endpoint: str = "office.waiting_list", **changes: object) -> str:
    """Return the address of the page, or of a file, narrowed down as now but for `changes`."""
    filters = _filters()
    asked = {name: getattr(filters, name) for name in Filters.__dataclass_fields__} | changes
    shown: dict[str, Any] = {name: "1" if value is True else value for name, value in asked.items() if value}
    return url_for(endpoint, **shown)


def _exported() -> list[list[str]]:
    """Return the whole list as rows; the trail says of each patient that her line was taken along."""
    actor = current_actor()
    lines = everything(db.session(), actor, _filters())
    for line in lines:
        was_read(
            actor, "waiting-entry.exported", "waiting-entry", line.entry.id, patient_id=line.entry.patient_id
        )  # fmt: skip
    return [list(row) for row in rows(lines, language())]


def _file(body: str | bytes, content_type: str, ending: str) -> Response:
    answer = Response(body, content_type=content_type)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers.set("Content-Disposition", "attachment", filename=f"waiting-list-{today().isoformat()}.{ending}")
    return answer
