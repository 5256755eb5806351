"""The ready check, any day before the visit: its page, what it came to, and a press that asks for help."""

from typing import Any

from flask import Response, current_app, flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cartref.appointments.models import Mode
from cartref.audit.reading import was_read
from cartref.consultations.models import ReadyCheck
from cartref.consultations.readiness import claims, queries
from cartref.consultations.readiness import service as readiness
from cartref.consultations.readiness.service import Checked
from cartref.db import db, new_id
from cartref.links.addresses import Addresses
from cartref.links.models import Holder
from cartref.visits import cookies, ready
from cartref.visits.device import browser_of, device_of
from cartref.visits.standing import standing
from cartref.visits.views.blueprint import blueprint, page
from cartref.visits.views.room import NotOpen
from cartref.visits.views.visitor import for_visitor
from cartref.visits.visitors import Visitor
from cartref.web import locale
from cartref.web.errors import wants_json
from cartref.web.locale import gettext

MINE = "mine"  # the device of a carer who joins from another place


@blueprint.get("/visit/<visit_id>/check")
@for_visitor
def check(visitor: Visitor) -> AnyResponse:
    """Show the check and what it came to on this device last time; nothing is used up by looking."""
    visit, stands = visitor.appointment, standing(db.session(), visitor)
    if not stands.page.may_check:
        return redirect(url_for("visits.visit", visit_id=visit.id), 303)
    was_read(visitor.actor, "visit.read", "appointment", visit.id, patient_id=visit.patient_id)
    settings, agent = current_app.config["CARTREF"], request.user_agent.string
    last = last_check(visitor)
    return page(
        "check",
        visitor=visitor,
        standing=stands,
        device=device_of(agent),
        browser=browser_of(agent),
        link_url=Addresses.from_settings(settings).url(visitor.link),
        last=last,
        told=ready.told(last, locale.language()) if last else None,
        asks_whose=visitor.link.holder is Holder.CARER and visit.mode is Mode.VIDEO_HOME,
        configuration={
            "urls": {
                "ticket": url_for("visits.check_ticket", visit_id=visit.id),
                "keep": url_for("visits.keep_check", visit_id=visit.id),
                "help": url_for("visits.ask_help", visit_id=visit.id),
                "visit": url_for("visits.visit", visit_id=visit.id),
            },
        },
    )


@blueprint.get("/visit/<visit_id>/ways")
@for_visitor
def ways(visitor: Visitor) -> Response:
    """Give the ways out of every trouble, as a part of a page: fetched when something is in the way, and not before."""
    agent = request.user_agent.string
    link_url = Addresses.from_settings(current_app.config["CARTREF"]).url(visitor.link)
    shown = page("ways/all", device=device_of(agent), browser=browser_of(agent), link_url=link_url)
    return jsonify({"ways": shown.get_data(as_text=True)})


@blueprint.post("/visit/<visit_id>/check")
@for_visitor
def keep_check(visitor: Visitor) -> Response:
    """Keep what the page says that its check came to, and say it back in her own words."""
    _ensure_checked(visitor)
    told = claims.read(request.form.get("parts", ""))
    who = _who(visitor)
    kept = readiness.keep_check(
        db.session(), visitor.actor, visitor.appointment, who, told, help_asked=bool(request.form.get("help"))
    )
    answer = jsonify(ready.told(kept, locale.language()))
    cookies.remember_device(answer, who.device)
    return answer


@blueprint.post("/visit/<visit_id>/check/help")
@for_visitor
def ask_help(visitor: Visitor) -> AnyResponse:
    """Let the clinic know that she asks to be helped; a browser without scripts may ask too."""
    _ensure_checked(visitor)
    who = _who(visitor)
    readiness.ask_help(db.session(), visitor.actor, visitor.appointment, who)
    if wants_json():
        answer: AnyResponse = jsonify({"asked": True})
    else:
        flash(gettext("The clinic knows. We will telephone you to help."), "success")
        answer = redirect(url_for("visits.visit", visit_id=visitor.appointment.id), 303)
    cookies.remember_device(answer, who.device)
    return answer


def last_check(visitor: Visitor) -> ReadyCheck | None:
    """Return the last check that this visitor did on this device, None when she did none."""
    device = cookies.device()
    return queries.of_device(db.session(), visitor.appointment.id, visitor.link.holder_id, device) if device else None


@blueprint.context_processor
def _last_check() -> dict[str, Any]:
    return {"last_check": last_check}


def _who(visitor: Visitor) -> Checked:
    agent, link = request.user_agent.string, visitor.link
    hers = visitor.is_patient or (link.holder is Holder.CARER and request.form.get("whose") != MINE)
    return Checked(
        holder=link.holder.value, holder_id=link.holder_id, device=cookies.device() or new_id(),
        browser=f"{device_of(agent)} {browser_of(agent)}",
        for_patient=hers and visitor.appointment.mode is Mode.VIDEO_HOME,
    )  # fmt: skip


def _ensure_checked(visitor: Visitor) -> None:
    stands = standing(db.session(), visitor)
    if not stands.page.may_check:
        raise NotOpen(visit=visitor.appointment.id, page=stands.page)
