"""Patients: looked for, registered, shown, changed."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments import queries as appointments
from cartref.appointments.service import offers_among
from cartref.audit.reading import was_read
from cartref.db import db
from cartref.errors import StaleVersion
from cartref.office.clinic_book import last_saved
from cartref.office.forms.changes import begun, merged
from cartref.office.forms.choices import version
from cartref.office.forms.patients import KnownPatientForm, NewPatientForm, PatientForm
from cartref.office.labels import (
    ASKED_WAYS,
    CARER_MAY,
    FRAILTY,
    LANGUAGES,
    MODES_SHORT,
    RELATIONSHIPS,
    STATUS_WORDS,
    STATUSES,
)
from cartref.office.queries import staff_names
from cartref.office.referral_labels import ENTRY_KINDS, ENTRY_STATUSES, PRIORITIES
from cartref.office.speech import today
from cartref.office.views.blueprint import blueprint, say
from cartref.office.views.noting import noting
from cartref.patients import queries, service
from cartref.patients.models import CareCircle, Patient
from cartref.patients.searching import wanted
from cartref.referrals import queries as referrals
from cartref.web.locale import gettext

Answer = str | Response | tuple[str, int]


@blueprint.get("/patients")
@requires(Permission.PATIENTS_READ)
def patients() -> str:
    """Look for patients by name, number or birth date."""
    text = request.args.get("q", "").strip()
    found = [] if wanted(text).nobody else queries.search(db.session(), current_actor(), text)
    return render_template("office/patients.html", text=text, found=found, most=queries.MOST_FOUND)


@blueprint.route("/patients/new", methods=["GET", "POST"])
@requires(Permission.PATIENTS_WRITE)
def new_patient() -> Answer:
    """Register a patient; a number that is known asks for the birth date, a namesake asks whether it is she."""
    form = NewPatientForm()
    known, alike = None, None
    if form.validate_on_submit():
        with form.attempt(), noting() as noted:
            patient = service.register(
                db.session(), current_actor(), form.details(), alike_seen=form.alike_seen.data
            )  # fmt: skip
        if not noted:
            return _opened(patient, gettext("%(name)s is registered.", name=patient.name))
        if isinstance(noted[0], service.NhsNumberKnown):
            known = KnownPatientForm(formdata=None, prefix="known", nhs_number=form.nhs_number.data)
        if isinstance(noted[0], service.AlikeKnown):
            alike = _namesakes(form)
    page = render_template("office/new_patient.html", form=form, known=known, alike=alike)
    return (page, 422) if form.is_submitted() else page


@blueprint.route("/patients/known", methods=["GET", "POST"])
@requires(Permission.PATIENTS_WRITE)
def known_patient() -> Answer:
    """Open the record that an NHS number has already, once the birth date is given; without a number, begin again."""
    form = KnownPatientForm(prefix="known")
    if not form.is_submitted():
        return redirect(url_for("office.new_patient"), 303)
    if form.validate_on_submit():
        with form.attempt():
            patient = service.add_care(
                db.session(), current_actor(), number=form.nhs_number.data or "", born_on=form.born_on.data
            )
        if not form.refused:
            return _opened(patient, gettext("This is the record of %(name)s.", name=patient.name))
    return render_template("office/known_patient.html", form=form), 422


@blueprint.get("/patients/<patient_id>")
@requires(Permission.PATIENTS_READ)
def patient(patient_id: str) -> str:
    """Show one patient: who she is, what she needs, who helps her, and her appointments."""
    session, actor = db.session(), current_actor()
    found = queries.find(session, actor, patient_id)
    was_read(actor, "patient.read", "patient", found.id, patient_id=found.id)
    referred = referrals.of_patient(session, actor, found.id)
    booked = appointments.of_patient(session, actor, found.id)
    return render_template(
        "office/patient.html",
        patient=found,
        referrals=referred,
        waited_for=referrals.waited(session, [referral.id for referral in referred], today()),
        lines=referrals.entries_of_patient(session, actor, found.id),
        kinds=ENTRY_KINDS,
        entry_statuses=ENTRY_STATUSES,
        priorities=PRIORITIES,
        carers=[(place, _may(place)) for place in queries.carers(session, found.id)],
        former_carers=queries.former_carers(session, found.id),
        appointments=booked,
        offers=offers_among(session, booked),
        ways=ASKED_WAYS,
        upcoming=appointments.upcoming_of_patient(session, actor, found.id) if found.deceased_on else [],
        frailty=_frailty(found),
        languages=LANGUAGES,
        modes=MODES_SHORT,
        relationships=RELATIONSHIPS,
        statuses=STATUSES,
        status_words=STATUS_WORDS,
    )


@blueprint.route("/patients/<patient_id>/edit", methods=["GET", "POST"])
@requires(Permission.PATIENTS_WRITE)
def edit_patient(patient_id: str) -> Answer:
    """Change a patient's details; what somebody else changed meanwhile is shown beside what was typed."""
    session, actor = db.session(), current_actor()
    found = queries.find(session, actor, patient_id)
    saved = service.details_of(found)
    form, meanwhile = begun(PatientForm, saved, found.version, request.form), None
    if form.validate_on_submit():
        with form.attempt(), noting() as noted:
            service.change(
                session, actor, patient_id, version=version(form.version.data), details=form.details()
            )  # fmt: skip
        if not noted:
            return _opened(found, gettext("Your changes are saved."))
        if isinstance(noted[0], StaleVersion):
            form, meanwhile = merged(PatientForm, form, saved, found.version, request.form)
    was_read(actor, "patient.read", "patient", found.id, patient_id=found.id)
    page = render_template(
        "office/edit_patient.html", form=form, patient=found, meanwhile=meanwhile,
        saved=None if meanwhile is None else last_saved(session, actor, "patient", found.id),
    )  # fmt: skip
    return (page, 422) if form.is_submitted() else page


def _opened(patient: Patient, told: str) -> Response:
    flash(told, "success")
    return redirect(url_for("office.patient", patient_id=patient.id), 303)


def _namesakes(form: NewPatientForm) -> list[Patient]:
    """Return the namesakes whom this service looks after: of another service's patients it may know no more."""
    session, actor, details = db.session(), current_actor(), form.details()
    found = queries.alike(
        session, actor, family_name=details.family_name, given_name=details.given_name, born_on=details.born_on
    )
    return [one for one in found if queries.looked_after(session, actor.service, one.id)]


def _may(place: CareCircle) -> str:
    """Return what a carer may do, in words: "Join the visit, be sent messages about the visit"."""
    may = [gettext(words) for name, words in CARER_MAY.items() if getattr(place, name)]
    return ", ".join(may).capitalize() or gettext("May do nothing here yet")


def _frailty(patient: Patient) -> str:
    """Return the level with its name, and who said so and when."""
    level = patient.frailty_level
    if level is None or patient.frailty_on is None:
        return gettext("Not known")
    names = staff_names(db.session(), current_actor(), [patient.frailty_by_id])
    judged = ", ".join(filter(None, (names.get(patient.frailty_by_id or ""), say().plain_date(patient.frailty_on))))
    return f"{level}: {gettext(FRAILTY[level])} ({judged})"
