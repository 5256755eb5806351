"""The application: the one place that knows every blueprint."""

import os
from functools import partial
from importlib import import_module

from flask import Flask, current_app, has_request_context
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from cartref.appointments.models import Appointment
from cartref.config import Settings, read_settings
from cartref.db import db
from cartref.jobs.models import Job
from cartref.notifications.models import Notice
from cartref.operations import worker
from cartref.web import access, errors, headers, locale, logs, session, static, templating

VIEWS = (
    "cartref.web.health",
    "cartref.web.policies",
    "cartref.accounts.views",
    "cartref.office.views",
    "cartref.admin.views",
    "cartref.calendars.views",
    "cartref.consultations.views",
    "cartref.consultations.callbacks",
    "cartref.visits.views",
)
csrf = CSRFProtect()


def create_app(settings: Settings | None = None) -> Flask:
    """Return the web application for `settings`, by default those of the environment."""
    settings = settings or read_settings(os.environ)
    app = Flask(__name__, static_folder=None, instance_path=str(settings.data.resolve()))
    _configure(app, settings)
    db.init_app(app)
    Migrate(app, db, directory=os.path.join(app.root_path, "migrations"))  # noqa: PTH118 # Flask-Migrate takes text
    logs.install(app, settings)
    worker.install(app)
    session.install(app)
    locale.install(app, settings)
    csrf.init_app(app)
    templating.install(app, settings)
    static.install(app, settings)
    _install_views(app)
    headers.install(app, settings)
    if settings.production:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign] # Flask's own advice
    access.check_all_stated(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        CARTREF=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True},
        SESSION_COOKIE_NAME="cartref_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        WTF_CSRF_TIME_LIMIT=None,  # a frail person may take an hour over a page; the token dies with the browser
        WTF_CSRF_SSL_STRICT=False,  # pages send no referrer; the token alone is the proof
        MAX_CONTENT_LENGTH=1024 * 1024,
    )


@event.listens_for(db.session, "after_flush")
def _wake_worker(written: Session, _context: object) -> None:
    """Let the worker know, after the commit, that a request wrote a notice, began long work or changed a booking."""
    if not has_request_context():
        return
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined] # werkzeug's proxy has it
    for kind, wake in ((Notice, worker.deliver_soon), (Job, worker.work_soon)):
        if any(isinstance(row, kind) for row in written.new):
            session.after_commit(partial(wake, app))
    if any(isinstance(row, Appointment) for row in (*written.new, *written.dirty)):
        session.after_commit(partial(worker.invite_soon, app))


def _install_views(app: Flask) -> None:
    error_words: dict[str, str] = {}
    for name in VIEWS:
        views = import_module(name)
        app.register_blueprint(views.blueprint)
        error_words |= getattr(views, "ERROR_WORDS", {})
        for view in getattr(views, "CSRF_EXEMPT", ()):
            csrf.exempt(view)
        if prepare := getattr(views, "install", None):
            prepare(app)
    errors.install(app, error_words)
