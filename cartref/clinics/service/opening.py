"""When a place is open for visits: the hours of a weekday; a place without any is always open."""

from datetime import time

from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.audit.service import record
from cartref.clinics import queries
from cartref.clinics.models import SiteHours
from cartref.errors import Conflict, Invalid, NotFound


class HoursWrong(Invalid):
    """A place closes after it opens, on a weekday from 0 (Monday) to 6."""

    code = "site-hours.wrong"
    field = "closes_wall"


class HoursOverlap(Conflict):
    """The place is open at some of that time already."""

    code = "site-hours.overlap"


def add_hours(
    session: Session, actor: Actor, site_id: str, *, weekday: int, opens_wall: time, closes_wall: time
) -> SiteHours:
    """Return hours in which a place that the service uses is open; raise NotFound, HoursWrong or HoursOverlap."""
    actor.require(Permission.CLINICS_WRITE)
    site = queries.find_site(session, actor, site_id)
    if closes_wall <= opens_wall or not 0 <= weekday <= 6:
        raise HoursWrong
    for found in queries.site_hours(session, [site.id]):
        if found.weekday == weekday and found.opens_wall < closes_wall and opens_wall < found.closes_wall:
            raise HoursOverlap(field="opens_wall")
    hours = SiteHours(site_id=site.id, weekday=weekday, opens_wall=opens_wall, closes_wall=closes_wall)
    session.add(hours)
    session.flush()
    record(session, actor, "site-hours.added", "site", site.id, weekday=weekday)
    return hours


def remove_hours(session: Session, actor: Actor, site_id: str, hours_id: str) -> None:
    """Take hours away again; raise NotFound for those of another place."""
    actor.require(Permission.CLINICS_WRITE)
    site = queries.find_site(session, actor, site_id)
    for found in queries.site_hours(session, [site.id]):
        if found.id == hours_id:
            session.delete(found)
            session.flush()
            record(session, actor, "site-hours.removed", "site", site.id, weekday=found.weekday)
            return
    raise NotFound(hours=hours_id)
