"""The worker: one process that sends notices and keeps the timetable. Its queue is SQLite, or Redis in production."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any

from flask import Flask, current_app
from huey import Huey, RedisHuey, SqliteHuey, crontab
from sqlalchemy.orm import Session

from cartref.accounts import housekeeping
from cartref.appointments import messages, reminding
from cartref.appointments.service import expiring
from cartref.appointments.vacancies import offering
from cartref.audit import sealing
from cartref.calendars import inviting, mailbox
from cartref.clinics import timetable
from cartref.config import Settings
from cartref.consultations import unseen
from cartref.db import db
from cartref.jobs.running import Desk
from cartref.links.addresses import Addresses
from cartref.operations.post import make_post
from cartref.operations.works import works
from cartref.referrals.importing import service as importing

EVERY_MINUTE = crontab(minute="*")
AT_NIGHT = crontab(hour="2", minute="15")
IN_THE_MORNING = crontab(hour="9", minute="10")


@dataclass(frozen=True)
class Job:
    """One line of the timetable: what is done, and when (in UTC)."""

    name: str
    when: Callable[..., bool]
    do: Callable[[Session], object]


def _offer_freed_times(session: Session) -> None:
    """Ask the next in line for each time that a cancellation freed; the links in it are those of this deployment."""
    offering.go_round(session, Addresses.from_settings(current_app.config["CARTREF"]))


TIMETABLE = (
    Job("seal-the-audit-trail", EVERY_MINUTE, sealing.seal),
    Job("send-invitations", EVERY_MINUTE, inviting.look),
    Job("tell-of-patients-unseen", EVERY_MINUTE, unseen.check),
    Job("remind", EVERY_MINUTE, reminding.remind_due),
    Job("give-back-held-times", EVERY_MINUTE, expiring.give_back),
    Job("offer-freed-times", EVERY_MINUTE, _offer_freed_times),
    Job("ask-for-reviews", IN_THE_MORNING, messages.ask_for_reviews),
    Job("plan-reminders", AT_NIGHT, reminding.plan_anew),
    Job("make-clinic-sessions", AT_NIGHT, timetable.extend),
    Job("forget-old-sign-ins", AT_NIGHT, housekeeping.forget_old),
    Job("forget-old-sheets", AT_NIGHT, importing.forget_old),
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

    def follow_up() -> None:
        with app.app_context():
            make_post(db.engine, app.config["CARTREF"]).follow_up()

    def invite() -> None:
        with rounds, app.app_context():
            inviting.look(db.session())
            db.session.commit()
        deliver()

    def read_replies() -> None:
        with app.app_context():
            mailbox.read(partial(Session, db.engine), app.config["CARTREF"].replies_url)

    def work() -> None:
        with long_work, app.app_context():
            Desk(partial(Session, db.engine), works(app.config["CARTREF"])).run_waiting()

    app.extensions["cartref.queue"] = queue
    app.extensions["cartref.deliver"] = queue.task(name="deliver")(deliver)
    app.extensions["cartref.invite"] = queue.task(name="invite")(invite)
    app.extensions["cartref.work"] = queue.task(name="work")(work)
    queue.periodic_task(EVERY_MINUTE, name="deliver-due")(deliver)
    queue.periodic_task(EVERY_MINUTE, name="ask-after-messages")(follow_up)
    queue.periodic_task(EVERY_MINUTE, name="work-waiting")(work)
    if app.config["CARTREF"].replies_url:
        queue.periodic_task(EVERY_MINUTE, name="read-replies")(read_replies)
    for job in TIMETABLE:
        queue.periodic_task(job.when, name=job.name)(_in_transaction(app, job, rounds))


def deliver_soon(app: Flask) -> None:
    """Wake the worker: a notice was written."""
    _wake(app, "cartref.deliver")


def invite_soon(app: Flask) -> None:
    """Wake the worker: an appointment was changed, so that somebody's calendar may have to follow."""
    _wake(app, "cartref.invite")


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
