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
    """One entry of the header; it is current on its own endpoint and on those of `beneath`.

    Whoever has the permission `unless` has another way to it.
    """

    label: str
    endpoint: str
    permission: Permission
    beneath: frozenset[str] = field(default_factory=frozenset)
    unless: Permission | None = None


PAGES = (
    Page(
        N_("Today"), "consultations.today", Permission.BOARD_READ,
        frozenset({"consultations.board", "consultations.consultation", "consultations.outcome"}),
    ),
    Page(
        N_("Appointments"), "office.day", Permission.APPOINTMENTS_READ,
        frozenset(f"office.{name}" for name in (
                "week", "book", "appointment", "move", "cancel", "link", "session", "replan", "find_time",
                "language_report", "vacancies", "vacancy", "before_the_clinic",
            )),
    ),
    Page(
        N_("Waiting list"), "office.waiting_list", Permission.REFERRALS_READ,
        frozenset(
            f"office.{name}"
            for name in (
                "waiting_entry", "new_review", "referral", "new_referral", "edit_referral", "close_referral", "imports",
                "new_import", "match_columns", "import_sheet", "apply_import",
            )
        ),
    ),
    Page(
        N_("Patients"), "office.patients", Permission.PATIENTS_READ,
        frozenset(
            f"office.{name}"
            for name in (
                "new_patient", "known_patient", "patient", "edit_patient", "add_carer", "carer", "end_carer",
                "record_death", "wishes",
            )
        ),
    ),
    Page(
        N_("Clinics"), "office.clinics", Permission.CLINICS_READ,
        frozenset(f"office.{name}" for name in (
                "new_clinic", "clinic", "edit_clinic", "new_pattern", "new_session", "places", "new_place", "place",
                "add_room", "add_presenter", "add_hours", "add_lane", "clinic_settings", "end_pattern", "close_session",
                "leave", "new_leave",
            )),
    ),
    Page(
        N_("Calendars"), "calendars.list", Permission.CALENDARS_READ,
        frozenset({"calendars.day_sheet", "calendars.week_list"}),
    ),
    Page(N_("People"), "admin.people", Permission.PEOPLE_WRITE),
    Page(N_("Services"), "admin.services", Permission.PEOPLE_WRITE),
    Page(N_("Audit trail"), "admin.audit", Permission.AUDIT_READ),
    Page(
        N_("Messages"), "office.calls", Permission.CALLS_WRITE,
        frozenset({"admin.notices", *(f"office.{name}" for name in ("letters", "print_run", "wordings", "wording"))}),
    ),
    Page(N_("Messages not sent"), "admin.notices", Permission.NOTICES_READ, unless=Permission.CALLS_WRITE),
)  # fmt: skip


def navigation() -> dict[str, Any]:
    """Return the header's pages for the person signed in, as templates want them."""
    found = signed_in()
    return {"navigation": list(_entries(found.actor)) if found else []}


def _entries(actor: Actor) -> Iterator[dict[str, object]]:
    for page in PAGES:
        if actor.may(page.permission) and not (page.unless and actor.may(page.unless)):
            current = request.endpoint == page.endpoint or request.endpoint in page.beneath
            yield {"label": gettext(page.label), "url": url_for(page.endpoint), "current": current}
    if actor.may(Permission.SITE_BOARD_READ):
        yield from _site_boards(actor)
    if actor.may(Permission.SITE_CALENDARS_READ) and not actor.may(Permission.CALENDARS_READ):
        url = url_for("calendars.list")
        yield {"label": gettext(N_("Calendars")), "url": url, "current": request.path == url}


def _site_boards(actor: Actor) -> Iterator[dict[str, object]]:
    for site in clinics.sites_presented(db.session(), actor):
        url = url_for("consultations.site_board", site_id=site.id)
        yield {"label": site.name, "url": url, "current": request.path == url}
