"""What tests of sheets can ask for: the worker's desk, and an admin's way from a file to its rows."""

from functools import partial

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, undefer

from cartref.config import Settings
from cartref.db import reading
from cartref.jobs import queries as jobs
from cartref.jobs.models import Job
from cartref.jobs.running import Desk, MakeSession
from cartref.referrals.importing import service, works
from cartref.referrals.models import ImportSheet
from tests.factories import World


@pytest.fixture
def make_session(engine: Engine) -> MakeSession:
    """Return what the worker opens its sessions with."""
    return partial(Session, engine)


@pytest.fixture
def desk(make_session: MakeSession, settings: Settings) -> Desk:
    """Return where the work on sheets is done."""
    return Desk(make_session, works(settings))


class Clerk:
    """An admin who sends sheets, with the worker at her side; what she does is committed at once."""

    def __init__(self, make_session: MakeSession, desk: Desk, world: World) -> None:
        self._make_session, self._desk = make_session, desk
        self.actor = world.actor("admin")

    def upload(self, content: bytes, filename: str = "patients.csv") -> str:
        """Return the id of the sheet."""
        with self._make_session() as session, session.begin():
            return service.upload(session, self.actor, filename=filename, content=content).id

    def submit_check(self, sheet_id: str, **columns: int) -> str:
        """Return the id of the work that checks the sheet, its columns as guessed unless told."""
        with self._make_session() as session, session.begin():
            guessed = session.get_one(ImportSheet, sheet_id).columns
            return service.match(session, self.actor, sheet_id, columns or guessed).id

    def submit_apply(self, sheet_id: str, *, only_whole: bool = False) -> str:
        """Return the id of the work that takes the sheet over."""
        with self._make_session() as session, session.begin():
            return service.take_over(session, self.actor, sheet_id, only_whole=only_whole).id

    def check(self, content: bytes, **columns: int) -> ImportSheet:
        """Return the sheet, uploaded and checked."""
        sheet_id = self.upload(content)
        self.submit_check(sheet_id, **columns)
        self._desk.run_waiting()
        return self.sheet(sheet_id)

    def take_over(self, sheet_id: str, *, only_whole: bool = False) -> ImportSheet:
        """Return the sheet after the worker has tried to take it over."""
        self.submit_apply(sheet_id, only_whole=only_whole)
        self._desk.run_waiting()
        return self.sheet(sheet_id)

    def sheet(self, sheet_id: str) -> ImportSheet:
        """Return the sheet as it is."""
        with reading(), self._make_session() as session:
            query = select(ImportSheet).where(ImportSheet.id == sheet_id).options(undefer(ImportSheet.content))
            return session.scalars(query).one()

    def job(self, sheet_id: str) -> Job:
        """Return the last work on the sheet."""
        with reading(), self._make_session() as session:
            sheet = session.get_one(ImportSheet, sheet_id)
            return jobs.find(session, sheet.service_id, sheet.job_id or "")


@pytest.fixture
def clerk(make_session: MakeSession, desk: Desk, world: World, session: Session) -> Clerk:
    """Return the clerk; the test's own session lets go of the database."""
    session.expire_on_commit = False
    for row in (world.service, world.other_service, world.health_board, *world.staff.values(), world.clinic):
        session.refresh(row)
    for patient in (*world.patients, world.other_patient):
        session.refresh(patient)
    session.commit()
    return Clerk(make_session, desk, world)
