"""The worker: one process that sends notices and keeps the timetable. Its queue is SQLite, or Redis in production."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any

from flask import Flask
from huey import Huey, RedisHuey, SqliteHuey, crontab
from sqlalchemy.orm import Session

from cartref.accounts import housekeeping
from cartref.audit import sealing
from cartref.clinics import timetable
from cartref.config import Settings
from cartref.consultations import unseen
from cartref.db import db
from cartref.jobs.running import Desk
from cartref.operations.post import make_post
from cartref.operations.works import works

EVERY_MINUTE = crontab(minute="*")
AT_NIGHT = crontab(hour="2", minute="15")


@dataclass(frozen=True)
class Job:
    """One line of the timetable: what is done, and when (in UTC)."""

    name: str
    when: Callable[..., bool]
    do: Callable[[Session], object]


TIMETABLE = (
    Job("seal-the-audit-trail", EVERY_MINUTE, sealing.seal),
    Job("tell-of-patients-unseen", EVERY_MINUTE, unseen.check),
    Job("make-clinic-sessions", AT_NIGHT, timetable.extend),
    Job("forget-old-sign-ins", AT_NIGHT, housekeeping.forget_old),
)


def make_queue(settings: Settings) -> Huey:
    """Return the queue that web and worker share."""
    if settings.redis_url:
        return RedisHuey("cartref", url=settings.redis_url, results=False)
    settings.data.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("cartref", filename=str(settings.data / "queue.sqlite3"), results=False, timeout=30)


def install(app: Flask) -> None:
    """Give `app` its queue, with the tasks that the worker does for it."""
    queue = make_queue(app.config["CARTREF"])
    rounds, long_work = Lock(), Lock()  # rounds take turns, and go on while long work is done

    def deliver() -> None:
        with rounds, app.app_context():
            make_post(db.engine, app.config["CARTREF"]).deliver_due()

    def work() -> None:
        with long_work, app.app_context():
            Desk(partial(Session, db.engine), works(app.config["CARTREF"])).run_waiting()

    app.extensions["cartref.queue"] = queue
    app.extensions["cartref.deliver"] = queue.task(name="deliver")(deliver)
    app.extensions["cartref.work"] = queue.task(name="work")(work)
    queue.periodic_task(EVERY_MINUTE, name="deliver-due")(deliver)
    queue.periodic_task(EVERY_MINUTE, name="work-waiting")(work)
    for job in TIMETABLE:
        queue.periodic_task(job.when, name=job.name)(_in_transaction(app, job, rounds))


def deliver_soon(app: Flask) -> None:
    """Wake the worker: a notice was written."""
    _wake(app, "cartref.deliver")


def work_soon(app: Flask) -> None:
    """Wake the worker: long work was begun on a page."""
    _wake(app, "cartref.work")


def _wake(app: Flask, task: str) -> None:
    """Wake the worker. When the queue is away the next minute's round finds everything all the same."""
    try:
        app.extensions[task]()
    except Exception:
        app.logger.exception("the worker's queue can't be reached")


def run(app: Flask) -> None:
    """Work until told to stop (SIGINT or SIGTERM)."""
    queue: Huey = app.extensions["cartref.queue"]
    deliver_soon(app)
    work_soon(app)
    queue.create_consumer(workers=2, periodic=True, initial_delay=0.1, max_delay=1.0).run()


def _in_transaction(app: Flask, job: Job, rounds: Lock) -> Callable[[], Any]:
    def do() -> None:
        with rounds, app.app_context():
            job.do(db.session())
            db.session.commit()

    return do
