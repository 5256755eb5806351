"""The pages that stand in the staff header: a table, from which each person sees what she may use."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for

from cartref.accounts.access import signed_in
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.clinics import queries as clinics
from cartref.db import db
from cartref.i18n import N_
from cartref.web.locale import gettext


@dataclass(frozen=True)
class Page:
    """One entry of the header; it is current on its own endpoint and on those of `beneath`."""

    label: str
    endpoint: str
    permission: Permission
    beneath: frozenset[str] = field(default_factory=frozenset)


PAGES = (
    Page(
        N_("Today"), "consultations.today", Permission.BOARD_READ,
        frozenset({"consultations.board", "consultations.consultation", "consultations.outcome"}),
    ),
    Page(
        N_("Appointments"), "office.day", Permission.APPOINTMENTS_READ,
        frozenset(f"office.{name}" for name in ("book", "appointment", "move", "cancel", "link", "session")),
    ),
    Page(
        N_("Patients"), "office.patients", Permission.PATIENTS_READ,
        frozenset(
            f"office.{name}"
            for name in ("new_patient", "known_patient", "patient", "edit_patient", "add_carer", "record_death")
        ),
    ),
    Page(
        N_("Clinics"), "office.clinics", Permission.CLINICS_READ,
        frozenset(f"office.{name}" for name in (
                "new_clinic", "clinic", "edit_clinic", "new_pattern", "new_session", "places", "new_place", "place",
                "add_room", "add_presenter",
            )),
    ),
    Page(N_("Calendars"), "calendars.list", Permission.CALENDARS_READ),
    Page(N_("People"), "admin.people", Permission.PEOPLE_WRITE),
    Page(N_("Services"), "admin.services", Permission.PEOPLE_WRITE),
    Page(N_("Audit trail"), "admin.audit", Permission.AUDIT_READ),
    Page(N_("Messages not sent"), "admin.notices", Permission.NOTICES_READ),
)  # fmt: skip


def navigation() -> dict[str, Any]:
    """Return the header's pages for the person signed in, as templates want them."""
    found = signed_in()
    return {"navigation": list(_entries(found.actor)) if found else []}


def _entries(actor: Actor) -> Iterator[dict[str, object]]:
    for page in PAGES:
        if actor.may(page.permission):
            current = request.endpoint == page.endpoint or request.endpoint in page.beneath
            yield {"label": gettext(page.label), "url": url_for(page.endpoint), "current": current}
    if actor.may(Permission.SITE_BOARD_READ):
        yield from _site_boards(actor)


def _site_boards(actor: Actor) -> Iterator[dict[str, object]]:
    for site in clinics.sites_presented(db.session(), actor):
        url = url_for("consultations.site_board", site_id=site.id)
        yield {"label": site.name, "url": url, "current": request.path == url}
