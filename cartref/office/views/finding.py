"""Finding the right time for somebody: three at once, with what speaks for each, booked or held by one press."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from secrets import token_urlsafe
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments import finding, service
from cartref.appointments.finding import Found, Gain, Offer
from cartref.appointments.finding.reasons import said
from cartref.appointments.models import Appointment, Mode
from cartref.audit.reading import was_read
from cartref.clinics import lengths
from cartref.clinics import queries as clinics
from cartref.db import db
from cartref.office import finding as office
from cartref.office.finding import HOLD, Case, Chosen
from cartref.office.forms.finding import Choice, OffersForm, SearchForm, address_of, read_choice, values_of
from cartref.office.free_hours import by_day
from cartref.office.labels import LANGUAGES, MODES_SHORT, TIMES_OF_DAY
from cartref.office.views.blueprint import addresses, blueprint, say
from cartref.referrals import queries as referrals
from cartref.referrals.waiting_time import Waited
from cartref.web.locale import gettext, language

MOST_PAGES = 20
Answer = str | Response | tuple[str, int]


@blueprint.route("/find-time", methods=["GET", "POST"])
@requires(Permission.APPOINTMENTS_WRITE)
def find_time() -> Answer:
    """Offer three times for a patient, or for a line of the waiting list, and book or hold the one that is chosen."""
    search = Search()
    form = OffersForm()
    if form.validate_on_submit() and search.chosen is not None:
        made = _make(search, form, search.chosen)
        if made is not None:
            return redirect(url_for("office.appointment", appointment_id=made.id), 303)
    form.idempotency_key.data = token_urlsafe(16)
    page = render_template("office/find_time.html", **_shown(search, form))
    return (page, 422) if form.is_submitted() or search.chosen is None else page


class Search:
    """What the address asks for: the case, and what is chosen, each thing from the address or else from the case."""

    def __init__(self) -> None:
        session, actor = db.session(), current_actor()
        self.case = office.case_of(
            session, actor, patient_id=request.args.get("patient_id"), entry_id=request.args.get("entry_id")
        )
        was_read(actor, "patient.read", "patient", self.case.patient.id, patient_id=self.case.patient.id)
        self.suggestion = office.suggestion(self.case)
        usual = office.beginning(self.case)
        self.form = SearchForm(formdata=_asked(usual), data=values_of(usual))
        self.form.offer(self.case.clinics, self.case.sites, self.case.carer.carer.name if self.case.carer else None)
        self.chosen = self._chosen() if self.form.validate() else None

    def _chosen(self) -> Chosen:
        """Return what is chosen; raise NotFound for a clinic or place of another service's."""
        session, actor = db.session(), current_actor()
        chosen = self.form.chosen(request.args.getlist("without"))
        if chosen.clinic_id:
            clinics.find(session, actor, chosen.clinic_id)
        if chosen.site_id:
            clinics.find_site(session, actor, chosen.site_id)
        return replace(chosen, first_on=max(chosen.first_on, self.case.today))

    @cached_property
    def after(self) -> int:
        """Return how many better times were passed over."""
        page = request.args.get("page", "0")
        return finding.OFFERS * min(int(page), MOST_PAGES) if page.isascii() and page.isdigit() else 0

    def found(self) -> Found | None:
        """Return what the search finds, None when it can't be asked or nobody can be booked."""
        if self.chosen is None or self.case.patient.deceased_on is not None:
            return None
        need = office.need_of(self.case, self.chosen)
        return finding.find(db.session(), current_actor(), need, after=self.after)

    def address(self, chosen: Chosen, **more: object) -> str:
        """Return the address of this search with something else chosen."""
        whom = {name: request.args[name] for name in ("patient_id", "entry_id") if request.args.get(name)}
        return url_for("office.find_time", **whom, **address_of(chosen), **more)  # type: ignore[arg-type] # texts


def _asked(usual: Chosen) -> MultiDict[str, str]:
    """Return the answers in the address, and the usual one wherever it has none."""
    values = MultiDict({name: str(value) for name, value in address_of(usual).items() if name != "without"})
    if any(name.startswith("first_on-") for name in request.args):
        for part in ("day", "month", "year"):
            values.poplist(f"first_on-{part}")
    for name in request.args:
        values.setlist(name, request.args.getlist(name))
    return values


def _make(search: Search, form: OffersForm, chosen: Chosen) -> Appointment | None:
    """Return what was booked or held; None when the form says why not."""
    held = "hold" in request.form
    choice = read_choice(request.form.get("hold" if held else "book", ""))
    if choice is None:
        form.refuse(gettext("Choose one of the times"))
        return None
    differs = chosen.mode is not search.suggestion.mode
    if differs and not form.mode_reason.data:
        form.refuse(gettext("Say why the patient is not seen as suggested"), "mode_reason")
        return None
    with form.attempt():
        made = _book(search, form, chosen, choice, held=held)
    if form.refused:
        return None
    flash(_told(held=held), "success")
    return made


def _book(search: Search, form: OffersForm, chosen: Chosen, choice: Choice, *, held: bool) -> Appointment:
    session, actor, case = db.session(), current_actor(), search.case
    slot = clinics.find_slot(session, actor, choice.slot_id)
    joins = case.carer is not None and chosen.with_helper and case.carer.may_join
    return service.book(
        session,
        actor,
        addresses=addresses(),
        slot_id=slot.id,
        patient_id=case.patient.id,
        mode=chosen.mode,
        minutes=choice.minutes,
        room_id=choice.room_id,
        presenter_id=choice.presenter_id,
        carer_ids=(case.carer.carer_id,) if joins and case.carer else (),
        waiting_entry_id=case.entry.id if case.entry else None,
        held_until=min(case.now + HOLD, slot.starts_at) if held else None,
        mode_suggested=search.suggestion.mode.value,
        mode_reason=(form.mode_reason.data or "") if chosen.mode is not search.suggestion.mode else "",
        idempotency_key=form.idempotency_key.data or "",
    )


def _told(*, held: bool) -> str:
    if held:
        return gettext("The time is held for 24 hours. Nobody else can book it.")
    return gettext("The appointment is booked.")


@dataclass(frozen=True)
class Line:
    """One offer, as the page shows it."""

    offer: Offer
    choice: str
    reasons: Sequence[dict[str, object]]
    can_hold: bool


def _shown(search: Search, form: OffersForm) -> dict[str, Any]:
    case, chosen, found = search.case, search.chosen, search.found()
    offers = found.offers if found else []
    again = chosen and search.address(chosen)
    return {
        "case": case,
        "patient": case.patient,
        "waited_for": _waited(case),
        "chosen": chosen,
        "search": search.form,
        "form": form,
        "found": found,
        "offers": [_line(offer, case) for offer in offers],
        "gains": [_gain(search, gain, chosen) for gain in found.gains] if found and chosen else [],
        "minutes": office.minutes_for(case, chosen) if chosen else None,
        "why_so_long": lengths.why(case.patient.frailty_level),
        "suggestion": search.suggestion,
        "suggested_because": [said(reason, language()) for reason in search.suggestion.reasons],
        "differs": chosen is not None and chosen.mode is not search.suggestion.mode,
        "as_suggested": chosen and search.address(replace(chosen, mode=search.suggestion.mode)),
        "this_search": again,
        "more": _page(search, +1) if found and found.more else None,
        "before": _page(search, -1) if search.after else None,
        "modes": MODES_SHORT,
        "languages": LANGUAGES,
        "times_of_day": TIMES_OF_DAY,
        "at_a_place": (Mode.VIDEO_SITE, Mode.IN_PERSON),
        "hours": by_day(case.helper.hours, say()) if case.helper else [],
    }


def _waited(case: Case) -> Waited | None:
    """Return how long has been waited for what is to be booked, None where no referral is known."""
    referral_id = case.entry.referral_id if case.entry else None
    return referrals.waited(db.session(), [referral_id], case.today).get(referral_id or "")


def _line(offer: Offer, case: Case) -> Line:
    candidate = offer.candidate
    seat = candidate.seat
    choice = Choice(
        candidate.slot_id,
        offer.minutes,
        seat.room[0] if seat and seat.room else None,
        seat.presenter.staff_id if seat and seat.presenter else None,
    )
    reasons = [{"text": said(reason, language()), "against": reason.against} for reason in offer.reasons]
    return Line(offer, choice.written(), reasons, can_hold=candidate.span.starts_at > case.now + HOLD)


# What a relaxation changes of what is chosen; every other one is named in the address as done without.
CHANGES: dict[str, dict[str, Any]] = {
    "alone": {"with_helper": False},
    "english": {"welsh": False},
    "home": {"mode": Mode.VIDEO_HOME, "site_id": None},
}


def _gain(search: Search, gain: Gain, chosen: Chosen) -> dict[str, Any]:
    changed = CHANGES.get(gain.code, {"without": (*chosen.without, gain.code)})
    return {
        "words": said(gain.reason, language()),
        "count": gain.count,
        "soonest": gain.soonest.span,
        "url": search.address(replace(chosen, **changed)),
    }


def _page(search: Search, step: int) -> str | None:
    page = search.after // finding.OFFERS + step
    return search.address(search.chosen, page=page) if search.chosen and 0 <= page <= MOST_PAGES else None
