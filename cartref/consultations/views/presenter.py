"""The presenter's pages: the day at her site, and the desk where she sits beside one patient on a device they share."""

from dataclasses import replace
from datetime import date
from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cartref.accounts import access
from cartref.accounts import queries as accounts
from cartref.accounts import service as accounts_service
from cartref.accounts.access import current_actor, in_background, requires, while_locked
from cartref.accounts.permissions import Permission, allowed
from cartref.appointments import queries as appointments
from cartref.appointments import service as appointments_service
from cartref.appointments.models import Appointment
from cartref.audit.reading import was_read
from cartref.clinics import queries as clinics
from cartref.clinics.models import Site
from cartref.consultations import queries, service
from cartref.consultations.board import rows as board_rows
from cartref.consultations.encounters.observing import queries as examination
from cartref.consultations.encounters.observing.kinds import REASONS, TAKING
from cartref.consultations.examined import boxes, count_words, examined, last_values, signed_words, weight_words
from cartref.consultations.labels import ROLES
from cartref.consultations.speech import Speech
from cartref.consultations.views import shared_device
from cartref.consultations.views.frame import (
    blueprint,
    chips,
    find_appointment,
    note_presence,
    settings,
    speech,
    speech_in,
)
from cartref.consultations.views.live_words import live_words, standing_words
from cartref.db import db, new_id
from cartref.errors import NotFound
from cartref.web import locale
from cartref.web.locale import gettext


@blueprint.get("/site-board/<site_id>")
@requires(Permission.SITE_BOARD_READ)
def site_board(site_id: str) -> str:
    """Show the day at one of the presenter's sites, on a device that patients sit in front of too."""
    site = _site(site_id)
    was_read(current_actor(), "site-board.read", "site", site.id)
    shared_device.share()
    return render_template(
        "consultations/site_board.html", elsewhere=_elsewhere(site, speech().today), words=live_words(speech()),
        idle=accounts_service.idle_limit(shared=True), signalling=settings().signalling_public_url, **_shown(site),
    )  # fmt: skip


@blueprint.post("/site-board/<site_id>/ticket")
@requires(Permission.SITE_BOARD_READ)
@in_background
@while_locked
def site_board_ticket(site_id: str) -> Response:
    """Return a ticket for the socket of the site's board, and which room is for which appointment: ids alone."""
    site, say, session = _site(site_id), speech(), db.session()
    found = appointments.of_site_day(session, current_actor(), site.id, say.today)
    rooms = {service.ensure_encounter(session, appointment).room: appointment.id for appointment in found}
    return jsonify({**service.board_ticket(settings(), (site.id,)), "rooms": rooms})


@blueprint.post("/site-board/<site_id>/watch")
@requires(Permission.SITE_BOARD_READ)
@in_background
@while_locked
def site_watch(site_id: str) -> Response:
    """Return the rows of the site's board as they now are; a locked screen is told that it is locked."""
    site, found = _site(site_id), access.current()
    if found.locked:
        return jsonify({"locked": True})
    if request.form.get("active"):
        note_presence(found)
    return jsonify({"locked": False, "rows": render_template("consultations/site_board_rows.html", **_shown(site))})


@blueprint.post("/site-board/<site_id>/<appointment_id>/arrived")
@requires(Permission.PRESENT)
def arrived(site_id: str, appointment_id: str) -> Response:
    """Keep that this patient is with the presenter, and go to the desk."""
    site, appointment = _site(site_id), find_appointment(appointment_id)
    if appointment.site_id != site.id:
        raise NotFound(appointment=appointment_id)
    appointments_service.mark_arrived(db.session(), current_actor(), appointment.id)
    return redirect(url_for("consultations.present", appointment_id=appointment.id), 303)


@blueprint.get("/present/<appointment_id>")
@requires(Permission.PRESENT)
def present(appointment_id: str) -> str:
    """Show the desk: this patient only, as she sits in front of it."""
    appointment = presented(appointment_id)
    was_read(current_actor(), "presenting.read", "appointment", appointment.id, patient_id=appointment.patient_id)
    shared_device.sit_down(appointment.id)
    return render_template("consultations/present.html", **desk(appointment))


def desk(appointment: Appointment, fault: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return everything the desk shows; `fault` is what was wrong with a form, and what was typed into it."""
    say, encounter = speech_in(appointment.session.zone), queries.encounter_of(db.session(), appointment.id)
    found = examined(db.session(), current_actor(), encounter, say)
    return {
        "say": say,
        "appointment": appointment,
        "patient": appointment.patient,
        "encounter": encounter,
        "chips": chips(appointment, whole=True),
        "signalling": settings().signalling_public_url,
        "roles": {role.value: gettext(text) for role, text in ROLES.items()},
        "examined": found,
        "last": last_values(found["values"]),
        "signed": signed_words(found),
        "weight_before": weight_words(db.session(), appointment, say),
        "boxes": boxes(),
        "taking": {code: gettext(text) for code, text in TAKING.items()},
        "reasons": {code: gettext(text) for code, text in REASONS.items()},
        "others": _others(appointment, say),
        "fault": fault or {},
        "new_id": new_id,
        "page": "present",
    }


@blueprint.post("/present/<appointment_id>/ticket")
@requires(Permission.PRESENT)
def present_ticket(appointment_id: str) -> Response:
    """Return the presenter's ticket into the room; a page brought back by the browser's back button asks for it too."""
    appointment = presented(appointment_id)
    shared_device.sit_down(appointment.id)
    told = service.issue_presenter_ticket(
        db.session(), settings(), appointment=appointment, staff_id=str(current_actor().id)
    )
    return jsonify(told)


@blueprint.post("/present/<appointment_id>/watch")
@requires(Permission.PRESENT)
def present_watch(appointment_id: str) -> Response:
    """Take the heartbeat of a call under way, so that the screen does not lock in the middle of it."""
    presented(appointment_id)
    return jsonify({})


def _shown(site: Site) -> dict[str, Any]:
    say = speech()
    found = appointments.of_site_day(db.session(), current_actor(), site.id, say.today)
    how_far = examination.counts(db.session(), [appointment.id for appointment in found])
    return {
        "say": say,
        "site": site,
        "how_far": {appointment_id: count_words(count) for appointment_id, count in how_far.items()},
        "rows": board_rows.rows(db.session(), found, say.now),
        "chips": chips,
        "standing_words": standing_words,
    }


def _others(appointment: Appointment, say: Speech) -> list[dict[str, Any]]:
    """Return the other visits of the day at this place: times and rooms, as the patient of this one sees the screen."""
    found = appointments.of_site_day(db.session(), current_actor(), appointment.site_id or "", say.today)
    how_far = examination.counts(db.session(), [other.id for other in found])
    return [
        {"appointment": other, "state": count_words(how_far[other.id])} for other in found if other.id != appointment.id
    ]


def _elsewhere(site: Site, day: date) -> list[dict[str, object]]:
    """Return the times at the site that other services of the reader's have: without names, as they are not at hand."""
    actor, session = current_actor(), db.session()
    found: list[dict[str, object]] = []
    for other in accounts.services_of(session, str(actor.id)):
        permissions = allowed(accounts.roles(session, str(actor.id), other.id))
        if other.id == actor.service or Permission.SITE_BOARD_READ not in permissions:
            continue
        there = replace(actor, service_id=other.id, permissions=permissions)
        name = other.name_cy if locale.language() == "cy" else other.name_en
        found += [
            {"appointment": appointment, "service": name}
            for appointment in appointments.of_site_day(session, there, site.id, day)
        ]
    return found


def _site(site_id: str) -> Site:
    """Return one of the sites where the reader presents patients; raise NotFound else."""
    for site in clinics.sites_presented(db.session(), current_actor()):
        if site.id == site_id:
            return site
    raise NotFound(site=site_id)


def presented(appointment_id: str) -> Appointment:
    """Return an appointment at one of the reader's sites; raise NotFound else."""
    appointment = find_appointment(appointment_id)
    _site(appointment.site_id or "")
    return appointment
