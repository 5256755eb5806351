"""Whoever and whatever can be in one place at one time: each has one row that holds are made on."""

from collections.abc import Mapping

from sqlalchemy import Insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from cartref.clinics.models import Resource, ResourceKind
from cartref.db import new_id


def ensure(session: Session, wanted: Mapping[str, ResourceKind]) -> dict[str, str]:
    """Return the resource's id for each id of a person or room; those that are missing are made, whoever asks too.

    A member of staff has one resource, of the kind first asked for, whichever part she plays.
    """
    query = select(Resource.ref_id, Resource.id).where(Resource.ref_id.in_(wanted))
    found = {row.ref_id: row.id for row in session.execute(query)}
    missing = sorted(wanted.keys() - found.keys())  # everyone inserts in one order, so that nobody waits in a ring
    if missing:
        session.execute(_insert(session, [{"id": new_id(), "kind": wanted[ref], "ref_id": ref} for ref in missing]))
        found = {row.ref_id: row.id for row in session.execute(query)}
    return found


def _insert(session: Session, rows: list[dict[str, object]]) -> Insert:
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(Resource).values(rows).on_conflict_do_nothing(index_elements=["ref_id"])
    return sqlite.insert(Resource).values(rows).on_conflict_do_nothing(index_elements=["ref_id"])
