"""Those who help a patient: added with what each may do and who agreed to it, changed, and ended."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.audit.service import record
from cartref.errors import Conflict, Invalid, NotFound, StaleVersion
from cartref.i18n import N_
from cartref.patients import details as rules
from cartref.patients import hours as free_times
from cartref.patients import queries
from cartref.patients.hours import FreeHours
from cartref.patients.models import CareCircle, Carer, Consenting, Relationship
from cartref.patients.service import ZONE, today

MAY = ("may_join", "may_be_told", "may_arrange")
OF_PERSON = ("given_name", "family_name", "telephone", "mobile", "email", "language", "wants_invitation")
LENGTHS = {"given_name": 80, "family_name": 80, "telephone": 24, "mobile": 24, "email": 254}


class CarerKnown(Conflict):
    """This person is a carer of this patient already."""

    code = "carer.known"


class CarerWrong(Invalid):
    """A carer needs a telephone number or an e-mail address, or nobody could reach her."""

    code = "carer.unreachable"
    field = "telephone"


class EndWrong(Invalid):
    """Her part ends before it was agreed to, or after today."""

    code = "carer.ended-on"
    field = "ended_on"


@dataclass(frozen=True)
class CarerDetails:
    """Who helps, how she is reached, what she may do beside one patient, and who agreed to that on which day."""

    given_name: str
    family_name: str
    relationship_kind: Relationship
    consented_by: Consenting
    consented_on: date
    telephone: str = ""
    mobile: str = ""
    email: str = ""
    language: str = "en"
    may_join: bool = False
    may_be_told: bool = False
    may_arrange: bool = False
    wants_invitation: bool = False


def add(session: Session, actor: Actor, patient_id: str, details: CarerDetails) -> CareCircle:
    """Return the carer's place beside the patient; somebody known by name and e-mail or telephone is not made twice.

    Raises CarerWrong without a way to reach her, and CarerKnown when she has a place beside this patient already.
    """
    actor.require(Permission.PATIENTS_WRITE)
    patient = queries.find(session, actor, patient_id)
    given = _checked(details)
    carer = _known_or_new(session, patient.health_board_id, given)
    place = queries.place_beside(session, patient.id, carer.id) or CareCircle(
        patient_id=patient.id, carer_id=carer.id, recorded_by_id=actor.id, ended_at=clock.now()
    )  # fmt: skip
    if place.ended_at is None:
        raise CarerKnown(field="given_name")
    place.recorded_by_id, place.ended_at = str(actor.id), None
    _write(place, given, _of_place())
    session.add(place)
    session.flush()
    record(
        session, actor, "carer.added", "carer", carer.id, patient_id=patient.id,
        consented_by=given.consented_by.value, may=[name for name in MAY if getattr(place, name)],
    )  # fmt: skip
    return place


def change(
    session: Session, actor: Actor, patient_id: str, circle_id: str, *, version: int, details: CarerDetails,
    hours: Sequence[FreeHours],
) -> CareCircle:  # fmt: skip
    """Return the carer's place with what is written down of her changed; `hours` are all the times she is free.

    Raises StaleVersion when somebody changed them since `version` (of the carer), CarerWrong and HoursWrong.
    """
    actor.require(Permission.PATIENTS_WRITE)
    place = find(session, actor, patient_id, circle_id)
    if place.carer.version != version:
        raise StaleVersion(carer=place.carer_id)
    given = _checked(details)
    changed = [*_write(place.carer, given, OF_PERSON), *_write(place, given, _of_place())]
    changed += ["hours"] * free_times.replace(session, place.carer_id, hours)
    if changed:
        # The version is the carer's, whichever of her rows it was: her page shows them all.
        flag_modified(place.carer, "given_name")
        session.flush()
        record(session, actor, "carer.changed", "carer", place.carer_id, patient_id=patient_id, fields=sorted(changed))
    return place


def end(session: Session, actor: Actor, patient_id: str, circle_id: str, ended_on: date) -> CareCircle:
    """Return the carer's place, ended: she may no longer take part, whatever links she holds.

    The same again is nothing. Raises EndWrong for a day before her part was agreed to, or after today.
    """
    actor.require(Permission.PATIENTS_WRITE)
    place = _place(session, actor, patient_id, circle_id)
    if not place.consented_on <= ended_on <= today():
        raise EndWrong
    if place.ended_at is None:
        place.ended_at = _moment(ended_on)
        flag_modified(place.carer, "given_name")
        record(
            session, actor, "carer.ended", "carer", place.carer_id, patient_id=patient_id, on=ended_on.isoformat()
        )  # fmt: skip
        session.flush()
    return place


def find(session: Session, actor: Actor, patient_id: str, circle_id: str) -> CareCircle:
    """Return a carer's place beside a patient of the actor's service; raise NotFound for one that has ended too."""
    place = _place(session, actor, patient_id, circle_id)
    if place.ended_at is not None:
        raise NotFound(carer=circle_id)
    return place


def details_of(place: CareCircle) -> CarerDetails:
    """Return what is written down of a carer, for a form to begin with."""
    values = {name: getattr(place.carer, name) for name in OF_PERSON} | {
        name: getattr(place, name) for name in _of_place()
    }
    return CarerDetails(**values)


def _of_place() -> list[str]:
    return [found.name for found in fields(CarerDetails) if found.name not in OF_PERSON]


def _place(session: Session, actor: Actor, patient_id: str, circle_id: str) -> CareCircle:
    patient = queries.find(session, actor, patient_id)
    place = session.get(CareCircle, circle_id)
    if place is None or place.patient_id != patient.id:
        raise NotFound(carer=circle_id)
    return place


def _checked(details: CarerDetails) -> CarerDetails:
    """Return the details as they are kept; raise CarerWrong, and TextWrong for what does not fit."""
    if not (details.telephone.strip() or details.mobile.strip() or details.email.strip()):
        raise CarerWrong
    texts: dict[str, Any] = {name: rules.clean(getattr(details, name), name, most) for name, most in LENGTHS.items()}
    return replace(details, **texts | {"email": texts["email"].casefold()})


def _known_or_new(session: Session, health_board_id: str, given: CarerDetails) -> Carer:
    """Return the board's carer of that name and e-mail or telephone, with what was not known of her, else a new one."""
    written = {name: getattr(given, name) for name in (*LENGTHS, "language")}
    carer = queries.carer_alike(session, health_board_id, **written)
    if carer is None:
        carer = Carer(health_board_id=health_board_id, created_at=clock.now(), **written)
        session.add(carer)
    for name in ("telephone", "mobile", "email"):
        setattr(carer, name, getattr(carer, name) or written[name])
    carer.wants_invitation = carer.wants_invitation or given.wants_invitation
    session.flush()
    return carer


def _write(row: Carer | CareCircle, given: CarerDetails, names: Sequence[str]) -> list[str]:
    """Let a row say what was given, and return the names of what it had not said."""
    changed = [name for name in names if getattr(row, name) != getattr(given, name)]
    for name in changed:
        setattr(row, name, getattr(given, name))
    return changed


def _moment(day: date) -> datetime:
    """Return now for today, else the day's end."""
    return clock.now() if day == today() else datetime.combine(day, time.max, ZONE)


ERROR_WORDS = {
    CarerKnown.code: N_("This person is a carer of this patient already"),
    CarerWrong.code: N_("Enter a telephone number or an e-mail address"),
    EndWrong.code: N_("The day can't be before the day on which it was agreed, or after today"),
}
