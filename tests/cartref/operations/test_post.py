"""Which ways out a deployment has, and that every kind of notice has words."""

import pytest

from cartref.config import SettingsError, read_settings
from cartref.notifications.channels import Console, NoWay, Smtp
from cartref.notifications.models import Channel
from cartref.notifications.notify import Notify, NotifyAndSmtp
from cartref.operations.post import renderers, senders
from tests.cartref.notifications.notify_api import KEY
from tests.cartref.test_config import PRODUCTION

NOTIFY = {
    "CARTREF_NOTIFY_KEY": KEY,
    "CARTREF_NOTIFY_TEXT_TEMPLATE": "a",
    "CARTREF_NOTIFY_EMAIL_TEMPLATE": "b",
    "CARTREF_NOTIFY_LETTER_TEMPLATE": "c",
}


def ways(environ: dict[str, str]) -> dict[Channel, type]:
    return {channel: type(sender) for channel, sender in senders(read_settings(environ)).items()}


def test_with_nothing_set_everything_but_letters_is_written_to_the_console() -> None:
    assert ways({}) == {Channel.EMAIL: Console, Channel.TEXT: Console, Channel.CONSOLE: Console}


def test_in_production_nobodys_text_ends_on_a_console() -> None:
    assert ways(PRODUCTION) == {Channel.EMAIL: Smtp, Channel.TEXT: NoWay, Channel.CONSOLE: Console}


def test_notify_takes_texts_e_mails_and_letters() -> None:
    assert ways(PRODUCTION | NOTIFY) == {
        Channel.EMAIL: NotifyAndSmtp, Channel.TEXT: Notify, Channel.LETTER: Notify, Channel.CONSOLE: Console,
    }  # fmt: skip


@pytest.mark.parametrize("missing", NOTIFY)
def test_notify_is_set_up_whole_or_not_at_all(missing: str) -> None:
    with pytest.raises(SettingsError, match=f"{missing} is missing, although"):
        read_settings(PRODUCTION | NOTIFY | {missing: ""})


def test_a_key_is_one_of_notifys() -> None:
    with pytest.raises(SettingsError, match="CARTREF_NOTIFY_KEY is not a key"):
        read_settings(PRODUCTION | NOTIFY | {"CARTREF_NOTIFY_KEY": "a-word"})


def test_every_notice_about_an_appointment_has_its_words() -> None:
    kinds = {"confirmation", "changed", "cancelled", "reminder", "running-late", "missed-you", "review-due"}

    assert {f"appointment.{kind}" for kind in kinds} <= set(renderers(read_settings({})))
