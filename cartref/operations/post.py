"""Putting delivery together: every concept's words, and the ways out that the settings name."""

from collections.abc import Callable, Mapping
from functools import partial

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cartref.appointments import messages as appointment_messages
from cartref.config import Settings
from cartref.consultations import messages as consultation_messages
from cartref.links.addresses import Addresses
from cartref.notifications.channels import Console, Sender, Smtp
from cartref.notifications.delivery import Post, Render
from cartref.notifications.message import Message
from cartref.notifications.models import Channel, Notice

RenderWithAddresses = Callable[[Session, Addresses, Notice], Message | None]


def make_post(engine: Engine, settings: Settings) -> Post:
    """Return what delivers this deployment's notices."""
    return Post(partial(Session, engine), renderers(settings), senders(settings))


def renderers(settings: Settings) -> Mapping[str, Render]:
    """Return the words for each kind of notice, with the means to make links."""
    addresses = Addresses.from_settings(settings)
    made = appointment_messages.RENDERERS | consultation_messages.RENDERERS
    return {kind: _with_addresses(render, addresses) for kind, render in made.items()}


def _with_addresses(render: RenderWithAddresses, addresses: Addresses) -> Render:
    return lambda session, notice: render(session, addresses, notice)


def senders(settings: Settings) -> Mapping[Channel, Sender]:
    """Return the ways out: without a mail server e-mail is written to the console."""
    mail: Sender = Smtp(settings.smtp_url, settings.mail_from) if settings.smtp_url else Console()
    return {Channel.EMAIL: mail, Channel.CONSOLE: Console()}
