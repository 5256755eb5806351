"""Setting up clinics and the places where patients are seen."""

from typing import NotRequired, TypedDict, TypeVar, Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.models import Role, Service
from cartref.accounts.permissions import Permission
from cartref.accounts.queries import staff_in
from cartref.audit.service import record
from cartref.clinics import queries
from cartref.clinics.models import Clinic, Room, Site, SiteKind, SitePresenter, SiteUse
from cartref.errors import Invalid, NotFound

SHORTEST_SLOT, LONGEST_SLOT = 5, 120
LONGEST_NAME = 120

Row = TypeVar("Row")


class NameMissing(Invalid):
    """A name is empty, or longer than there is room for."""

    code = "clinic.name-missing"


class NameTaken(Invalid):
    """Another clinic of the service, or another room at the place, has this name."""

    code = "clinic.name-taken"
    field = "name"


class SlotLengthWrong(Invalid):
    """A slot is 5 to 120 minutes long."""

    code = "clinic.slot-minutes"
    field = "slot_minutes"


class ClinicDetails(TypedDict):
    """What a clinic is; patients and calendars see only its neutral public names. A slot is 20 minutes unless said."""

    name: str
    public_name_en: str
    public_name_cy: str
    contact_phone: str
    contact_email: str
    slot_minutes: NotRequired[int]
    runs_in_order: NotRequired[bool]


def create_clinic(session: Session, actor: Actor, **details: Unpack[ClinicDetails]) -> Clinic:
    """Return the new clinic of the actor's service; raise NameMissing, NameTaken or SlotLengthWrong."""
    actor.require(Permission.CLINICS_WRITE)
    values = _checked(session, actor, details)
    clinic = Clinic(service_id=actor.service, created_at=clock.now(), **values)
    session.add(clinic)
    session.flush()
    record(session, actor, "clinic.created", "clinic", clinic.id)
    return clinic


def change_clinic(session: Session, actor: Actor, clinic_id: str, **details: Unpack[ClinicDetails]) -> Clinic:
    """Return the clinic with other details; slots that were made already keep their length.

    Raises what `create_clinic` does. When a public name changed, `appointments.service.rewrite_events` brings the
    stored calendar events along.
    """
    actor.require(Permission.CLINICS_WRITE)
    clinic = queries.find(session, actor, clinic_id)
    values = _checked(session, actor, details, besides=clinic_id)
    changed = sorted(name for name, value in values.items() if getattr(clinic, name) != value)
    for name in changed:
        setattr(clinic, name, values[name])
    if changed:
        session.flush()
        record(session, actor, "clinic.changed", "clinic", clinic.id, fields=changed)
    return clinic


def add_site(
    session: Session,
    actor: Actor,
    *,
    name: str,
    kind: SiteKind,
    address: str = "",
    postcode: str = "",
    telephone: str = "",
) -> Site:
    """Return a new place of the health board, which the actor's service uses from now on."""
    actor.require(Permission.CLINICS_WRITE)
    board = session.get_one(Service, actor.service).health_board_id
    site = Site(
        health_board_id=board, name=_name(name, "name"), kind=kind, address=address.strip(), postcode=postcode.strip(),
        telephone=telephone.strip(),
    )  # fmt: skip
    session.add(site)
    session.flush()
    session.add(SiteUse(site_id=site.id, service_id=actor.service))
    session.flush()
    record(session, actor, "site.added", "site", site.id)
    return site


def use_site(session: Session, actor: Actor, site_id: str) -> Site:
    """Return a place of the health board, which the actor's service uses from now on; raise NotFound else."""
    actor.require(Permission.CLINICS_WRITE)
    board = session.get_one(Service, actor.service).health_board_id
    site = session.scalar(select(Site).where(Site.id == site_id, Site.health_board_id == board))
    if site is None:
        raise NotFound(site=site_id)
    _once(session, SiteUse, SiteUse(site_id=site_id, service_id=actor.service), "site_id", "service_id")
    record(session, actor, "site.used", "site", site.id)
    return site


def add_room(session: Session, actor: Actor, site_id: str, name: str) -> Room:
    """Return a new room for video visits at a place that the service uses; raise NameMissing or NameTaken."""
    actor.require(Permission.CLINICS_WRITE)
    site = queries.find_site(session, actor, site_id)
    name = _name(name, "name")
    if session.scalar(select(Room.id).where(Room.site_id == site.id, Room.name == name)):
        raise NameTaken
    room = Room(site_id=site.id, name=name)
    session.add(room)
    session.flush()
    record(session, actor, "room.added", "room", room.id)
    return room


def add_presenter(session: Session, actor: Actor, site_id: str, staff_id: str) -> SitePresenter:
    """Return that a presenter of the service presents patients at the place; raise NotFound for anyone else."""
    actor.require(Permission.CLINICS_WRITE)
    site = queries.find_site(session, actor, site_id)
    if staff_id not in {staff.id for staff in staff_in(session, actor.service, Role.PRESENTER)}:
        raise NotFound(presenter=staff_id)
    place = SitePresenter(site_id=site.id, staff_id=staff_id)
    found = _once(session, SitePresenter, place, "site_id", "staff_id")
    record(session, actor, "presenter.placed", "site", site.id, staff=staff_id)
    return found


def _once(session: Session, model: type[Row], row: Row, *columns: str) -> Row:
    """Return the row that says the same already, else `row`, kept."""
    same = {column: getattr(row, column) for column in columns}
    found = session.scalar(select(model).filter_by(**same))
    if found is not None:
        return found
    session.add(row)
    session.flush()
    return row


def _checked(session: Session, actor: Actor, details: ClinicDetails, besides: str | None = None) -> dict[str, object]:
    names = {
        "name": _name(details["name"], "name"),
        "public_name_en": _name(details["public_name_en"], "public_name_en"),
        "public_name_cy": _name(details["public_name_cy"], "public_name_cy"),
    }
    if not SHORTEST_SLOT <= details.get("slot_minutes", SHORTEST_SLOT) <= LONGEST_SLOT:
        raise SlotLengthWrong
    same_name = select(Clinic.id).where(Clinic.service_id == actor.service, Clinic.name == names["name"])
    if session.scalar(same_name) not in {None, besides}:
        raise NameTaken
    contacts = {name: details[name].strip() for name in ("contact_phone", "contact_email")}
    return {**details, **names, **contacts}


def _name(text: str, field: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME:
        raise NameMissing(field)
    return name
