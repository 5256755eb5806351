"""Putting delivery together: every concept's words, and the ways out that the settings name."""

from collections.abc import Callable, Mapping
from functools import partial

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cartref.appointments import messages as appointment_messages
from cartref.appointments.vacancies import messages as offer_messages
from cartref.calendars import messages as calendar_messages
from cartref.config import Settings
from cartref.consultations import messages as consultation_messages
from cartref.links.addresses import Addresses
from cartref.notifications.channels import Console, NoWay, Sender, Smtp
from cartref.notifications.delivery import Post, Render
from cartref.notifications.message import Message
from cartref.notifications.models import Channel, Notice
from cartref.notifications.notify import Account, Notify, NotifyAndSmtp

RenderWithAddresses = Callable[[Session, Addresses, Notice], Message | None]


def make_post(engine: Engine, settings: Settings) -> Post:
    """Return what delivers this deployment's notices."""
    return Post(partial(Session, engine), renderers(settings), senders(settings))


def renderers(settings: Settings) -> Mapping[str, Render]:
    """Return the words for each kind of notice, with the means to make links."""
    addresses = Addresses.from_settings(settings)
    made = appointment_messages.RENDERERS | consultation_messages.RENDERERS | calendar_messages.RENDERERS
    made |= offer_messages.RENDERERS
    return {kind: _with_addresses(render, addresses) for kind, render in made.items()}


def _with_addresses(render: RenderWithAddresses, addresses: Addresses) -> Render:
    return lambda session, notice: render(session, addresses, notice)


def senders(settings: Settings) -> Mapping[Channel, Sender]:
    """Return the ways out. Without a mail server, e-mail is written to the console, and outside production texts too.

    Letters wait for a print run unless GOV.UK Notify prints them.
    """
    mail: Sender = Smtp(settings.smtp_url, settings.mail_from) if settings.smtp_url else Console()
    account = notify_account(settings)
    if account is None:
        texts: Sender = NoWay() if settings.production else Console(repeats=False)
        return {Channel.EMAIL: mail, Channel.TEXT: texts, Channel.CONSOLE: Console()}
    return {
        Channel.EMAIL: NotifyAndSmtp(Notify(account, Channel.EMAIL), mail),
        Channel.TEXT: Notify(account, Channel.TEXT),
        Channel.LETTER: Notify(account, Channel.LETTER),
        Channel.CONSOLE: Console(),
    }


def notify_account(settings: Settings) -> Account | None:
    """Return the deployment's account with GOV.UK Notify, None when it has none."""
    if not settings.notify_key or not settings.notify_url:
        return None
    templates = {
        Channel.TEXT: settings.notify_text_template,
        Channel.EMAIL: settings.notify_email_template,
        Channel.LETTER: settings.notify_letter_template,
    }
    return Account(settings.notify_key, settings.notify_url, {way: name for way, name in templates.items() if name})
