"""The chain over the audit trail: what it holds together and what it finds."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.audit import sealing
from cartref.audit.models import ActorKind, AuditEntry, AuditSeal
from cartref.audit.service import record

HERE, THERE = "a" * 24, "b" * 24


def actor(service_id: str | None) -> Actor:
    return Actor(ActorKind.SYSTEM, None, service_id)


def write(session: Session, service_id: str | None, *names: str) -> list[AuditEntry]:
    entries = [record(session, actor(service_id), "thing.changed", "thing", name, by="ŵyn") for name in names]
    session.commit()
    return entries


def numbers(session: Session, chain: str) -> list[tuple[int, str]]:
    rows = session.execute(
        select(AuditSeal.number, AuditEntry.subject_id)
        .join(AuditEntry, AuditEntry.id == AuditSeal.entry_id)
        .where(AuditSeal.chain == chain)
        .order_by(AuditSeal.number)
    )
    return [(number, subject) for number, subject in rows]


@contextmanager
def triggers_away(session: Session) -> Iterator[None]:
    """Let an intruder with the keys to the database change what is append only."""
    if session.get_bind().dialect.name == "sqlite":
        for trigger in session.scalars(text("SELECT name FROM sqlite_master WHERE name LIKE 'audit_%_no_%'")).all():
            session.execute(text(f"DROP TRIGGER {trigger}"))
        for statement in ("COMMIT", "PRAGMA foreign_keys=OFF", "BEGIN"):  # inside a transaction the PRAGMA does nothing
            session.connection().exec_driver_sql(statement)
        yield
        session.commit()
        return
    session.execute(text("SET session_replication_role = replica"))
    yield
    session.execute(text("SET session_replication_role = DEFAULT"))
    session.commit()


def test_each_service_has_a_chain_of_its_own_without_gaps(session: Session) -> None:
    write(session, HERE, "one")
    write(session, THERE, "other")
    write(session, None, "board")
    write(session, HERE, "two")
    assert sealing.seal(session) == 4
    assert numbers(session, HERE) == [(1, "one"), (2, "two")]
    assert numbers(session, THERE) == [(1, "other")]
    assert numbers(session, sealing.BOARD_CHAIN) == [(1, "board")]
    assert sealing.verify(session) == []


def test_sealing_goes_on_where_it_stopped(session: Session) -> None:
    write(session, HERE, "one")
    sealing.seal(session)
    write(session, HERE, "two")
    assert sealing.seal(session) == 1
    assert sealing.seal(session) == 0
    assert numbers(session, HERE) == [(1, "one"), (2, "two")]
    assert sealing.verify(session) == []


def test_an_entry_that_became_visible_late_gets_the_next_number(session: Session) -> None:
    first, late, last = write(session, HERE, "first", "late", "last")
    late_id = late.id
    with triggers_away(session):
        values = {column.key: getattr(late, column.key) for column in AuditEntry.__table__.columns}
        session.execute(text("DELETE FROM audit_entry WHERE id = :id"), {"id": late_id})
    session.expire_all()
    sealing.seal(session)
    session.add(AuditEntry(**values))
    session.commit()
    sealing.seal(session)
    assert numbers(session, HERE) == [(1, "first"), (2, "last"), (3, "late")]
    assert first.id < late_id < last.id
    assert sealing.verify(session) == []


@pytest.mark.parametrize("change", ["action = 'thing.hidden'", "actor_id = 'x'", "details = '{}'", "service_id = NULL"])
def test_a_changed_entry_is_found(session: Session, change: str) -> None:
    entry = write(session, HERE, "one", "two")[0]
    sealing.seal(session)
    session.commit()
    entry_id = entry.id
    with triggers_away(session):
        session.execute(text(f"UPDATE audit_entry SET {change} WHERE id = :id"), {"id": entry_id})
    session.expire_all()
    assert sealing.verify(session) == [f"{HERE}: entry {entry_id} (number 1) is not what was sealed"]


def test_a_missing_entry_is_found(session: Session) -> None:
    entry_id = write(session, HERE, "one", "two", "three")[1].id
    sealing.seal(session)
    session.commit()
    with triggers_away(session):
        session.execute(text("DELETE FROM audit_entry WHERE id = :id"), {"id": entry_id})
    session.expire_all()
    assert sealing.verify(session) == [f"{HERE}: entry {entry_id} (number 2) is missing"]


def test_a_missing_entry_is_found_though_its_seal_is_gone_too(session: Session) -> None:
    entry_id = write(session, HERE, "one", "two", "three")[1].id
    sealing.seal(session)
    session.commit()
    with triggers_away(session):
        for table, column in (("audit_seal", "entry_id"), ("audit_entry", "id")):
            session.execute(text(f"DELETE FROM {table} WHERE {column} = :id"), {"id": entry_id})
    session.expire_all()
    assert sealing.verify(session) == [f"{HERE}: number 2 is missing"]


def test_an_entry_that_nobody_sealed_is_found_after_an_hour(session: Session) -> None:
    entry_id = write(session, HERE, "one")[0].id
    assert sealing.verify(session) == []
    with time_machine.travel(clock.now() + timedelta(hours=1, minutes=1)):
        assert sealing.verify(session) == [f"entry {entry_id} was never sealed"]


def test_the_hash_is_the_same_on_every_database(session: Session) -> None:
    with time_machine.travel("2026-03-29T01:30:00.123456+00:00", tick=False):
        entry = record(session, actor(HERE), "thing.changed", "thing", "ŵ", number=1, also=["a", None])
        session.flush()
    session.expire(entry)
    expected = (
        f'{{"action":"thing.changed","actor_id":null,"actor_kind":"system","at":"2026-03-29T01:30:00.123456+00:00",'
        f'"details":{{"also":["a",null],"number":1}},"id":{entry.id},"patient_id":null,"service_id":"{HERE}",'
        f'"subject_id":"ŵ","subject_kind":"thing"}}'
    )
    assert sealing.canonical(entry) == expected


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_the_trail_can_neither_be_changed_nor_shortened(session: Session, table: str, change: str) -> None:
    write(session, HERE, "one")
    sealing.seal(session)
    session.commit()
    column = {"audit_entry": "subject_id", "audit_seal": "chain"}[table]
    with pytest.raises(DatabaseError, match="append only"):
        session.execute(text(change.format(table, column, "'x'")))
