"""Whose calendars there are, who may see which, and what they are called where patients might read it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.accounts.models import Service, Staff
from cartref.accounts.permissions import Permission
from cartref.calendars.models import CalendarFeed, FeedScope
from cartref.clinics import queries as clinics
from cartref.clinics.models import Clinic, Room, Site
from cartref.errors import Forbidden, NotFound
from cartref.i18n import N_, words

SEES = (Permission.CALENDARS_READ, Permission.SITE_CALENDARS_READ)


@dataclass(frozen=True)
class Scope:
    """Whose appointments a calendar shows, and its name."""

    service_id: str
    kind: FeedScope
    id: str
    name: str


@dataclass(frozen=True)
class Choice:
    """A calendar that somebody may subscribe to, in the words of staff."""

    kind: FeedScope
    id: str
    name: str


FINDERS: dict[FeedScope, Callable[[Session, Actor, str], object]] = {
    FeedScope.CLINICIAN: clinics.find_clinician,
    FeedScope.CLINIC: clinics.find,
    FeedScope.SITE: clinics.find_site,
    FeedScope.ROOM: clinics.find_room,
}


def choices(session: Session, actor: Actor) -> list[Choice]:
    """Return every calendar that the actor may subscribe to: a presenter those of her places, other staff all."""
    if actor.may(Permission.CALENDARS_READ):
        return [*_of_people(session, actor), *_of_clinics(session, actor), *_of_places(session, actor, None)]
    return list(_of_places(session, actor, _presented(session, actor)))


def check(session: Session, actor: Actor, kind: FeedScope, scope_id: str) -> None:
    """Raise Forbidden for somebody who sees no calendars, NotFound for one that is not the actor's to see."""
    if not any(map(actor.may, SEES)):
        raise Forbidden(permission=Permission.CALENDARS_READ)
    if kind in FINDERS:
        FINDERS[kind](session, actor, scope_id)
    elif scope_id != actor.service:
        raise NotFound(scope=scope_id)
    if not still_hers(session, actor, kind, scope_id):
        raise NotFound(scope=scope_id)


def still_hers(session: Session, actor: Actor, kind: FeedScope, scope_id: str) -> bool:
    """Tell whether the actor may see a calendar of her service today."""
    if actor.may(Permission.CALENDARS_READ):
        return True
    if not actor.may(Permission.SITE_CALENDARS_READ) or kind not in {FeedScope.SITE, FeedScope.ROOM}:
        return False
    return any((kind, scope_id) == (choice.kind, choice.id) for choice in choices(session, actor))


def scope_of(session: Session, feed: CalendarFeed) -> Scope:
    """Return what a subscription shows, named in its language without a speciality."""
    return Scope(feed.service_id, feed.scope, feed.scope_id, _name(session, feed))


def scope_of_clinic(clinic: Clinic, language: str) -> Scope:
    """Return a clinic's own calendar, by its public name."""
    return Scope(clinic.service_id, FeedScope.CLINIC, clinic.id, clinic.public_name(language))


def _name(session: Session, feed: CalendarFeed) -> str:
    board = _board(session, feed)
    match feed.scope:
        case FeedScope.CLINIC:
            return session.get_one(Clinic, feed.scope_id).public_name(feed.language)
        case FeedScope.CLINICIAN:
            return f"{session.get_one(Staff, feed.scope_id).display_name}, {board}"
        case FeedScope.SITE:
            return f"{session.get_one(Site, feed.scope_id).name}, {board}"
        case FeedScope.ROOM:
            return _in_place(session.get_one(Room, feed.scope_id))
        case FeedScope.SERVICE:
            return words(feed.language).gettext(N_("All clinics, %(board)s"), board=board)


def _board(session: Session, feed: CalendarFeed) -> str:
    board = session.get_one(Service, feed.service_id).health_board
    return board.name_cy if feed.language == "cy" else board.name_en


def _of_people(session: Session, actor: Actor) -> Iterator[Choice]:
    people = [Choice(FeedScope.CLINICIAN, staff.id, staff.display_name) for staff in clinics.clinicians(session, actor)]
    yield from sorted(people, key=lambda choice: choice.id != actor.id)  # one's own appointments first


def _of_clinics(session: Session, actor: Actor) -> Iterator[Choice]:
    said = words(actor.language)
    yield Choice(FeedScope.SERVICE, actor.service, said.gettext(N_("All clinics of the service")))
    for clinic in clinics.clinics(session, actor):
        yield Choice(FeedScope.CLINIC, clinic.id, said.gettext(N_("Clinic: %(clinic)s"), clinic=clinic.name))


def _of_places(session: Session, actor: Actor, site_ids: set[str] | None) -> Iterator[Choice]:
    """Yield the places named by `site_ids` (None: every place of the service) and their rooms."""
    said = words(actor.language)
    for site in clinics.sites(session, actor):
        if site_ids is None or site.id in site_ids:
            yield Choice(FeedScope.SITE, site.id, said.gettext(N_("Place: %(place)s"), place=site.name))
    for room in clinics.rooms(session, actor):
        if site_ids is None or room.site_id in site_ids:
            yield Choice(FeedScope.ROOM, room.id, said.gettext(N_("Room: %(room)s"), room=_in_place(room)))


def _in_place(room: Room) -> str:
    return f"{room.name}, {room.site.name}"


def _presented(session: Session, actor: Actor) -> set[str]:
    return {site.id for site in clinics.sites_presented(session, actor)}
