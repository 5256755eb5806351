"""The `cartref` command: run the clinic, show it with invented people, look after it."""

import os
import sys
from pathlib import Path
from typing import Any

import click
from dotenv import load_dotenv
from flask import current_app
from flask.cli import FlaskGroup, with_appcontext

from cartref import seed
from cartref.accounts import founding
from cartref.app import create_app
from cartref.config import Settings, SettingsError, read_settings
from cartref.db import db
from cartref.operations import demo as demonstration
from cartref.operations import doctor as checks
from cartref.operations import stack, worker
from cartref.web import static


@click.group(cls=FlaskGroup, create_app=lambda: create_app(), add_default_commands=False, add_version_option=False)
def cli() -> None:
    """CARTREF: a video outpatient clinic for rural, elderly and frail people."""


# Flask's own options choose an application and a debugger; this command has one application and no debugger.
cli.params.clear()


@cli.command(with_appcontext=False)
def run() -> None:
    """Run the web application, the signalling service and the worker, until Ctrl-C."""
    settings = read_settings(os.environ)
    static.build(settings.data)
    ready = f"CARTREF is ready at {settings.public_url}"
    sys.exit(stack.run(settings, {}, lambda: click.echo(ready)))


@cli.command(with_appcontext=False)
def web() -> None:
    """Run the web application alone."""
    from waitress import serve  # noqa: PLC0415 # only this command needs it

    settings = read_settings(os.environ)
    static.build(settings.data)
    serve(
        create_app(settings), host=settings.web_host, port=settings.web_port, threads=16, ident=None,
        connection_limit=1000, channel_timeout=30, clear_untrusted_proxy_headers=True,
    )  # fmt: skip


@cli.command(name="worker")
@with_appcontext
def run_worker() -> None:
    """Run the worker alone: it sends notices and keeps the timetable."""
    worker.run(current_app._get_current_object())  # type: ignore[attr-defined] # werkzeug's proxy has it


@cli.command()
@with_appcontext
def doctor() -> None:
    """Look whether all is well; exit 1 when something is not."""
    settings: Settings = current_app.config["CARTREF"]
    healthy = True
    for finding in checks.examine(db.session(), settings):
        click.echo(f"{'ok   ' if finding.healthy else 'FAULT'}  {finding.claim}")
        for fault in finding.faults:
            click.echo(f"         {fault}")
        healthy = healthy and finding.healthy
    sys.exit(0 if healthy else 1)


@cli.group()
def user() -> None:
    """Members of staff."""


@user.command(name="create")
@click.option("--admin", "email", required=True, metavar="EMAIL", help="The e-mail address to sign in with.")
@click.option("--name", required=True, prompt="Name", help="Given and family name.")
@click.option("--service", "service_name", default="Clinic", help="The service to work in; made when there is none.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, envvar="CARTREF_NEW_PASSWORD")
@with_appcontext
def create_user(email: str, name: str, service_name: str, password: str) -> None:
    """Make somebody who may book and who may add people; works on an empty database too."""
    settings: Settings = current_app.config["CARTREF"]
    try:
        founding.found(
            db.session(), health_board=settings.health_board, service=service_name, email=email, name=name,
            password=password, phone=settings.help_phone, contact_email=settings.mail_from,
        )  # fmt: skip
    except ValueError as fault:
        raise click.ClickException(str(fault)) from fault
    db.session.commit()
    click.echo(f"{email} can sign in at {settings.public_url}/sign-in")


@cli.group(name="static")
def static_files() -> None:
    """Style sheets, scripts and fonts."""


@static_files.command(with_appcontext=False)
def build() -> None:
    """Write the compressed copies that the web application sends."""
    settings = read_settings(os.environ)
    click.echo(static.build(settings.data))


@cli.command(with_appcontext=False)
@click.option("--port", default=8000, show_default=True, help="Port of the web application.")
@click.option("--signalling-port", default=8001, show_default=True, help="Port of the signalling service.")
@click.option(
    "--data", type=click.Path(path_type=Path), default=Path("var/demo"), show_default=True, help="Its folder."
)
@click.option("--facts", type=click.Path(path_type=Path), help="Write addresses, sign-ins and links here as JSON.")
def demo(port: int, signalling_port: int, data: Path, facts: Path | None) -> None:
    """Show the whole clinic with invented people, on a database of its own."""
    environ = demonstration.environment(os.environ, port, signalling_port, data.resolve())
    try:
        demonstration.prepare_folder(os.environ, data)
        demonstration.check_ports(port, signalling_port)
        settings = read_settings({**os.environ, **environ})
        static.build(settings.data)
        found = _seeded(settings)
    except (demonstration.Refused, SettingsError) as refusal:
        raise click.ClickException(str(refusal)) from refusal

    def ready() -> None:
        click.echo(demonstration.welcome(found))
        if facts:
            demonstration.write_facts(facts, found)

    sys.exit(stack.run(settings, environ, ready))


def _seeded(settings: Settings) -> dict[str, Any]:
    app = create_app(settings)
    with app.app_context():
        demonstration.check_database(db.engine)
        demonstration.migrate()
        found = seed.plant(db.session(), settings)
        db.session.commit()
        return found


def main() -> None:
    """Run the command; settings may come from a file `.env` in the working folder."""
    load_dotenv(".env")
    try:
        cli()
    except SettingsError as fault:
        click.echo(str(fault), err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
