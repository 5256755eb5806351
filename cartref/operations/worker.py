"""The worker: one process that sends notices and keeps the timetable. Its queue is SQLite, or Redis in production."""

from collections.abc import Callable
from dataclasses import dataclass
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
from cartref.operations.post import make_post

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

    def deliver() -> None:
        with app.app_context():
            make_post(db.engine, app.config["CARTREF"]).deliver_due()

    app.extensions["cartref.queue"] = queue
    app.extensions["cartref.deliver"] = queue.task(name="deliver")(deliver)
    queue.periodic_task(EVERY_MINUTE, name="deliver-due")(deliver)
    for job in TIMETABLE:
        queue.periodic_task(job.when, name=job.name)(_in_transaction(app, job))


def deliver_soon(app: Flask) -> None:
    """Wake the worker: a notice was written. When the queue is away the next minute's round finds it all the same."""
    try:
        app.extensions["cartref.deliver"]()
    except Exception:
        app.logger.exception("the worker's queue can't be reached")


def run(app: Flask) -> None:
    """Work until told to stop (SIGINT or SIGTERM)."""
    queue: Huey = app.extensions["cartref.queue"]
    deliver_soon(app)
    queue.create_consumer(workers=1, periodic=True, initial_delay=0.1, max_delay=1.0).run()


def _in_transaction(app: Flask, job: Job) -> Callable[[], Any]:
    def do() -> None:
        with app.app_context():
            job.do(db.session())
            db.session.commit()

    return do
