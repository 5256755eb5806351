"""One week of the clinic book by clinician, site or room."""

from datetime import timedelta

from flask import render_template, request

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.clinics import queries as clinics
from cartref.clinics.bank_holidays import HOLIDAY_WORDS, bank_holiday
from cartref.consultations.labels import READY_WORDS
from cartref.consultations.readiness.queries import readied
from cartref.db import db
from cartref.errors import NotFound
from cartref.office.clinic_book import book_of
from cartref.office.labels import CLOSED_WORDS, LEAVE_KINDS, MODES_SHORT
from cartref.office.speech import today
from cartref.office.views.blueprint import blueprint
from cartref.office.views.day import asked_date
from cartref.office.week import Book, By, Row, by_clinician, by_room, by_site, days_shown, roomless, week_of
from cartref.web.locale import gettext


@blueprint.get("/week")
@requires(Permission.APPOINTMENTS_READ)
def week() -> str:
    """Show the week of `date` (this week) by clinician, site or room, narrowed to one by `id`.

    It takes as many queries however full the week is.
    """
    days, by, wanted = week_of(asked_date() or today()), _asked_by(), request.args.get("id", "")
    whole = book_of(db.session(), current_actor(), days)
    shown = days_shown(days, whole.sessions)
    cards = [card for row in by_clinician(whole, ()) for cell in row.cells for card in cell.cards]
    return render_template(
        "office/week.html",
        days=shown,
        rows=_rows(whole.on(shown), by, wanted),
        by=by.value,
        wanted=wanted,
        detailed=bool(wanted) or by is By.ROOM,
        cards=cards,
        to_move=sum(card.to_move for card in cards),
        today=today(),
        previous=days[0] - timedelta(days=7),
        following=days[0] + timedelta(days=7),
        holidays={day: gettext(HOLIDAY_WORDS[found]) for day in shown if (found := bank_holiday(day))},
        modes=MODES_SHORT,
        closed_words=CLOSED_WORDS,
        leave_kinds=LEAVE_KINDS,
        ready_of=readied(db.session(), whole.appointments),
        ready_words=READY_WORDS,
    )


def _asked_by() -> By:
    try:
        return By(request.args.get("by", ""))
    except ValueError:
        return By.CLINICIAN


def _rows(book: Book, by: By, wanted: str) -> list[Row]:
    """Return the rows asked for; a site that is wanted alone is shown by its rooms. Raises NotFound."""
    session, actor = db.session(), current_actor()
    rooms = clinics.rooms(session, actor)
    if by is By.SITE and wanted:
        site = clinics.find_site(session, actor, wanted)
        here = [room for room in rooms if room.site_id == site.id]
        return [*by_room(book, here, named=False), *roomless(book, site, gettext("Without a room"))]
    if by is By.CLINICIAN:
        rows = by_clinician(book, clinics.clinicians(session, actor))
    elif by is By.SITE:
        rows = by_site(book, clinics.sites(session, actor), rooms, gettext("At home: video or telephone"))
    else:
        rows = by_room(book, rooms, named=True)
    found = [row for row in rows if not wanted or row.id == wanted]
    if wanted and not found:
        raise NotFound(row=wanted)
    return found
