"""What the clinic knows already of the patients and referrals in a sheet, in few queries however long the sheet is."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.clinics import queries as clinics
from cartref.patients.models import CareRelationship, Patient
from cartref.referrals.importing.columns import squeezed
from cartref.referrals.importing.rows import Row
from cartref.referrals.models import Referral, ReferralStatus, Source

AT_ONCE = 500  # values in one query: databases count them
KEPT = (
    "title", "address", "postcode", "telephone", "mobile", "email", "language", "gp_practice", "hospital_number",
    "frailty_level",
)  # fmt: skip
NAMED = ("nhs_number", "family_name", "given_name", "preferred_name", "born_on")
Likeness = tuple[str | None, date, Source]  # clinic, day received, source: what tells apart referrals without a number
Item = TypeVar("Item")


@dataclass(frozen=True)
class Person:
    """A patient of the health board as far as rows are compared with her; `ours`: this service looks after her.

    `fresh`: no row of her is in the database yet.
    """

    id: str
    nhs_number: str | None
    family_name: str
    given_name: str
    preferred_name: str
    born_on: date
    ours: bool
    deceased: bool = False
    details: dict[str, object] = field(default_factory=dict)
    fresh: bool = False


@dataclass
class Known:
    """The facts that rows are judged by: people, and referrals by their senders' numbers, by likeness, and the open."""

    people: list[Person] = field(default_factory=list)
    referred: dict[str, str] = field(default_factory=dict)  # the sender's number of a referral -> the patient's id
    alike: set[tuple[str, Likeness]] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)  # patients with an open referral


def find(session: Session, actor: Actor, rows: Sequence[Row]) -> Known:
    """Return what is known of the people and referrals that these rows tell of."""
    people = list(_people(session, actor, rows))
    known = Known(people=people)
    numbers = {row.external_id for row in rows if row.external_id}
    for chunk in chunks(numbers):
        _note(known, session, actor, Referral.external_id.in_(chunk))
    for chunk in chunks(person.id for person in people if person.ours):
        _note(known, session, actor, Referral.patient_id.in_(chunk))
    return known


def clinics_by_name(session: Session, actor: Actor) -> dict[str, str]:
    """Return the ids of the service's clinics by each of their names, squeezed; a name of two clinics means neither."""
    named: dict[str, set[str]] = defaultdict(set)
    for clinic in clinics.clinics(session, actor):
        for name in (clinic.name, clinic.public_name_en, clinic.public_name_cy):
            named[squeezed(name)].add(clinic.id)
    return {name: next(iter(ids)) for name, ids in named.items() if len(ids) == 1}


def chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Yield the items AT_ONCE at a time."""
    rest = iter(items)
    while chunk := list(islice(rest, AT_ONCE)):
        yield chunk


def _people(session: Session, actor: Actor, rows: Sequence[Row]) -> Iterator[Person]:
    """Yield the board's people of these NHS numbers, and their namesakes of the same birth date."""
    numbers = {row.patient["nhs_number"] for row in rows if row.patient.get("nhs_number")}
    ids = {patient_id for chunk in chunks(numbers) for patient_id in _numbered(session, actor, chunk)}
    for chunk in chunks(sorted(ids | _namesakes(session, actor, rows))):
        yield from _select(session, actor, chunk)


def _numbered(session: Session, actor: Actor, numbers: list[object]) -> Iterable[str]:
    return session.scalars(_of_board(actor, Patient.id).where(Patient.nhs_number.in_(numbers)))


def _namesakes(session: Session, actor: Actor, rows: Sequence[Row]) -> set[str]:
    wanted = {(row.patient.get("born_on"), squeezed(str(row.patient.get("family_name")))) for row in rows}
    found: set[str] = set()
    for chunk in chunks({born_on for born_on, _name in wanted if born_on}):
        query = _of_board(actor, Patient.id, Patient.born_on, Patient.family_name).where(Patient.born_on.in_(chunk))
        found |= {one for one, born_on, name in session.execute(query) if (born_on, squeezed(name)) in wanted}
    return found


def _select(session: Session, actor: Actor, ids: list[str]) -> Iterator[Person]:
    care = (CareRelationship.patient_id == Patient.id) & (CareRelationship.service_id == actor.service)
    columns = [getattr(Patient, name) for name in (*NAMED, *KEPT)]
    query = _of_board(actor, Patient.id, Patient.deceased_on, CareRelationship.id, *columns).outerjoin(
        CareRelationship, care
    )
    for patient_id, deceased_on, care_id, *values in session.execute(query.where(Patient.id.in_(ids))):
        named: dict[str, Any] = dict(zip(NAMED, values, strict=False))
        kept = dict(zip(KEPT, values[len(NAMED) :], strict=True))
        yield Person(patient_id, **named, ours=care_id is not None, deceased=deceased_on is not None, details=kept)


def _of_board(actor: Actor, *columns: Any) -> Select[Any]:
    return select(*columns).select_from(Patient).where(Patient.health_board_id == actor.health_board_id)


def _note(known: Known, session: Session, actor: Actor, condition: ColumnElement[bool]) -> None:
    query = select(
        Referral.patient_id,
        Referral.external_id,
        Referral.clinic_id,
        Referral.received_on,
        Referral.source,
        Referral.status,
    ).where(Referral.service_id == actor.service, condition)
    for patient_id, external_id, clinic_id, received_on, source, status in session.execute(query):
        if external_id is not None:
            known.referred[external_id] = patient_id
        known.alike.add((patient_id, (clinic_id, received_on, source)))
        if status is ReferralStatus.ACTIVE:
            known.waiting.add(patient_id)


def likeness(row: Row) -> Likeness:
    """Return what tells the row's referral apart from others of the same patient."""
    assert row.referral is not None
    return row.referral.clinic_id, row.referral.received_on, row.referral.source
