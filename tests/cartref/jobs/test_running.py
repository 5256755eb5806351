"""Long work: begun once, told step by step, ended when asked, taken up again after a crash."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cartref import clock
from cartref.errors import Conflict, NotFound
from cartref.jobs import queries, service
from cartref.jobs.models import Job, JobState
from cartref.jobs.running import LEASE, Desk, MakeSession, Progress, Work

SERVICE = "a-service"


@pytest.fixture
def make_session(engine: Engine) -> MakeSession:
    return partial(Session, engine)


def _submit(make_session: MakeSession, **arguments: object) -> str:
    with make_session() as session, session.begin():
        return service.submit(session, "counting", service_id=SERVICE, owner_id=None, **arguments).id


def _read(make_session: MakeSession, job_id: str) -> Job:
    with make_session() as session:
        return queries.find(session, SERVICE, job_id)


def _desk(make_session: MakeSession, work: Work) -> Desk:
    return Desk(make_session, {"counting": work})


def _count(_make_session: MakeSession, job: Job, progress: Progress) -> dict[str, Any]:
    progress.of(job.arguments["steps"])
    for _step in range(job.arguments["steps"]):
        progress.step()
    return {"counted": progress.done}


def test_work_is_done_once_and_keeps_what_came_of_it(make_session: MakeSession) -> None:
    job_id = _submit(make_session, steps=7)

    assert _desk(make_session, _count).run_waiting() == 1
    assert _desk(make_session, _count).run_waiting() == 0

    job = _read(make_session, job_id)
    assert (job.state, job.done, job.total, job.result) == (JobState.DONE, 7, 7, {"counted": 7})
    assert job.over
    assert job.finished_at is not None


def test_the_oldest_work_is_done_first(make_session: MakeSession) -> None:
    order: list[str] = []
    ids = [_submit(make_session) for _ in range(3)]

    def note(_make_session: MakeSession, job: Job, _progress: Progress) -> dict[str, Any]:
        order.append(job.id)
        return {}

    _desk(make_session, note).run_waiting()
    assert order == ids


def test_work_that_somebody_stops_ends_at_its_next_step(make_session: MakeSession) -> None:
    job_id = _submit(make_session)

    def endless(make_session: MakeSession, job: Job, progress: Progress) -> dict[str, Any]:
        progress.check()
        with make_session() as session, session.begin():
            service.ask_to_stop(session, SERVICE, job.id)
        progress.check()
        raise AssertionError("it went on")

    _desk(make_session, endless).run_waiting()
    assert _read(make_session, job_id).state is JobState.STOPPED


def test_work_that_is_stopped_before_it_began_never_begins(make_session: MakeSession) -> None:
    job_id = _submit(make_session, steps=1)
    with make_session() as session, session.begin():
        assert service.ask_to_stop(session, SERVICE, job_id).state is JobState.STOPPED

    assert _desk(make_session, _count).run_waiting() == 0


def test_work_that_is_over_can_not_be_stopped_any_more(make_session: MakeSession) -> None:
    job_id = _submit(make_session, steps=1)
    _desk(make_session, _count).run_waiting()

    with make_session() as session, session.begin():
        assert service.ask_to_stop(session, SERVICE, job_id).state is JobState.DONE


@pytest.mark.parametrize(("raised", "code"), [(Conflict(), "conflict"), (ZeroDivisionError(), "unexpected")])
def test_work_that_fails_says_so_and_the_next_goes_on(make_session: MakeSession, raised: Exception, code: str) -> None:
    ids = [_submit(make_session, fails=fails) for fails in (True, False)]

    def work(_make_session: MakeSession, job: Job, _progress: Progress) -> dict[str, Any]:
        if job.arguments["fails"]:
            raise raised
        return {}

    assert _desk(make_session, work).run_waiting() == 2
    assert [_read(make_session, job_id).state for job_id in ids] == [JobState.FAILED, JobState.DONE]
    assert _read(make_session, ids[0]).failure == code


def test_work_whose_worker_died_is_begun_anew_once_nothing_was_heard_of_it(make_session: MakeSession) -> None:
    job_id = _submit(make_session, steps=2)

    def die(_make_session: MakeSession, _job: Job, _progress: Progress) -> dict[str, Any]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _desk(make_session, die).run_waiting()
    assert _desk(make_session, _count).run_waiting() == 0  # it may still be at it

    with time_machine.travel(clock.now() + LEASE + timedelta(seconds=1), tick=False):
        assert _desk(make_session, _count).run_waiting() == 1
    assert _read(make_session, job_id).state is JobState.DONE


def test_the_work_of_another_service_can_not_be_seen_or_stopped(make_session: MakeSession) -> None:
    job_id = _submit(make_session, steps=1)
    with make_session() as session:
        with pytest.raises(NotFound):
            queries.find(session, "another-service", job_id)
        with pytest.raises(NotFound):
            service.ask_to_stop(session, "another-service", job_id)
        assert [job.id for job in queries.latest(session, SERVICE, "counting")] == [job_id]
