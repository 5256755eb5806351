"""GOV.UK Notify through its real client: what it is sent, what its answers mean, and that doubt is asked about."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cartref.notifications import notify
from cartref.notifications.channels import NotSent, Smtp
from cartref.notifications.delivery import LEASE, PAUSES, RECEIPTS_FOR, Post
from cartref.notifications.message import Message
from cartref.notifications.models import Call, Channel, Notice, NoticeState
from cartref.notifications.notify import Account, Notify, NotifyAndSmtp, fault
from cartref.notifications.service import enqueue
from tests.cartref.notifications.notify_api import KEY, SERVICE, NotifyApi, running

MESSAGES = {
    Channel.TEXT: Message("07700 900123", "", "Apwyntiad am 9am"),
    Channel.EMAIL: Message("eluned@example.org", "Eich apwyntiad", "Byddwch chi'n gweld Dr Prydderch."),
    Channel.LETTER: Message("Mrs Eluned Parry\n4 Maes y Dderwen\nLlanfair Isaf\nLL99 9ZZ", "Eich apwyntiad", "Annwyl"),
}
TEMPLATES = {Channel.TEXT: "sms-template", Channel.EMAIL: "email-template", Channel.LETTER: "letter-template"}


@pytest.fixture
def api() -> Iterator[NotifyApi]:
    with running() as api:
        yield api


@pytest.fixture
def post(engine: Engine, api: NotifyApi) -> Post:
    account = Account(KEY, api.url, TEMPLATES)
    return Post(
        partial(Session, engine),
        {"hello": lambda _session, notice: MESSAGES[notice.channel]},
        {channel: Notify(account, channel) for channel in TEMPLATES},
    )


@pytest.fixture
def written(engine: Engine) -> Callable[..., str]:
    def write(channel: Channel = Channel.TEXT, key: str = "one") -> str:
        with Session(engine) as session, session.begin():
            return enqueue(
                session, key=key, service_id="s", kind="hello", subject_id="a", recipient_kind="patient",
                recipient_id="p", channel=channel, language="cy",
            ).id  # fmt: skip

    return write


def notice(engine: Engine, notice_id: str) -> Notice:
    with Session(engine) as session:
        return session.get_one(Notice, notice_id)


def calls(engine: Engine) -> list[Call]:
    with Session(engine) as session:
        return list(session.scalars(select(Call)))


def test_a_text_goes_to_an_international_number_under_the_notices_own_reference(
    engine: Engine, post: Post, api: NotifyApi, written: Callable[..., str]
) -> None:
    text = written()

    assert post.deliver_due() == 1

    (taken,) = api.taken.values()
    assert (taken["phone_number"], taken["personalisation"]) == ("+447700900123", {"body": "Apwyntiad am 9am"})
    assert (taken["type"], taken["template_id"], taken["reference"]) == ("sms", "sms-template", text)
    assert notice(engine, text).provider_id == taken["id"]


def test_an_e_mail_has_its_subject_and_a_letter_its_address_by_lines(
    post: Post, api: NotifyApi, written: Callable[..., str]
) -> None:
    written(Channel.EMAIL, "email")
    written(Channel.LETTER, "letter")

    assert post.deliver_due() == 2

    by_kind = {taken["type"]: taken["personalisation"] for taken in api.taken.values()}
    assert by_kind["email"] == {"subject": "Eich apwyntiad", "body": "Byddwch chi'n gweld Dr Prydderch."}
    assert by_kind["letter"]["address_line_1"] == "Mrs Eluned Parry"
    assert by_kind["letter"]["address_line_4"] == "LL99 9ZZ"


def test_a_long_address_keeps_its_postcode_in_the_last_of_seven_lines() -> None:
    lines = ["Mrs Eluned Parry", *(f"line {number}" for number in range(8)), "LL99 9ZZ"]

    told: Any = notify.ADDRESSED[Channel.LETTER](Message("\n".join(lines), "", "Annwyl"))["personalisation"]

    assert told["address_line_6"] == "line 4, line 5, line 6, line 7"
    assert told["address_line_7"] == "LL99 9ZZ"


@pytest.mark.parametrize(
    ("status", "wrote", "lasting", "doubtful", "away"),
    [
        (400, True, True, False, False),
        (429, True, False, False, True),
        (403, True, False, False, True),
        (500, True, False, True, True),
        (503, True, False, True, True),
        (None, True, False, True, True),
        (None, False, False, False, True),
    ],
)
def test_what_an_answer_means(status: int | None, wrote: bool, lasting: bool, doubtful: bool, away: bool) -> None:
    found = fault(status, wrote=wrote)
    assert (found.lasting, found.doubtful, found.away) == (lasting, doubtful, away)


def test_a_message_that_notify_refuses_fails_at_once_and_somebody_rings(
    engine: Engine, post: Post, api: NotifyApi, written: Callable[..., str]
) -> None:
    text = written()
    api.answers = [400]

    post.deliver_due()

    assert notice(engine, text).state is NoticeState.FAILED
    (line,) = calls(engine)
    assert (line.reason, line.recipient_id, line.notice_id) == ("text-failed", "p", text)


def test_a_busy_notify_is_tried_again_and_asked_nothing(
    engine: Engine, post: Post, api: NotifyApi, written: Callable[..., str]
) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        written()
        api.answers = [429]
        assert post.deliver_due() == 0
        clock.shift(PAUSES[0] + timedelta(seconds=1))
        assert post.deliver_due() == 1

    assert api.asked == []
    assert len(api.taken) == 1


@pytest.mark.parametrize("took_it", [True, False])
def test_after_a_failing_answer_notify_is_asked_before_anything_is_sent_again(
    engine: Engine, post: Post, api: NotifyApi, written: Callable[..., str], took_it: bool
) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        text = written()
        api.answers, api.takes_all_the_same = [500], took_it
        assert post.deliver_due() == 0
        assert notice(engine, text).state is NoticeState.SENDING
        clock.shift(LEASE + timedelta(seconds=1))

        assert post.deliver_due() == 1

    assert api.asked == [f"/v2/notifications?reference={text}"]
    assert len(api.of(text)) == 1
    assert notice(engine, text).state is NoticeState.SENT


def test_an_answer_that_never_comes_is_doubt(
    engine: Engine, post: Post, api: NotifyApi, written: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post.senders[Channel.TEXT]._client, "timeout", 0.05)  # type: ignore[attr-defined] # of the real client
    api.silent = 0.5
    text = written()

    post.deliver_due()

    assert notice(engine, text).state is NoticeState.SENDING


def test_while_notify_can_not_be_asked_nothing_is_sent_twice_and_in_the_end_somebody_rings(
    engine: Engine, post: Post, api: NotifyApi, written: Callable[..., str]
) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        text = written()
        api.away, api.takes_all_the_same = True, True
        for _round in range(len(PAUSES) + 1):
            post.deliver_due()
            clock.shift(LEASE + timedelta(seconds=1))

    assert len(api.of(text)) == 1
    assert notice(engine, text).state is NoticeState.FAILED
    assert [line.reason for line in calls(engine)] == ["in-doubt"]


def test_an_outage_of_texts_does_not_hold_up_e_mails(
    engine: Engine, post: Post, api: NotifyApi, written: Callable[..., str], mail_server: Any
) -> None:
    for number in range(3):
        written(Channel.TEXT, f"text {number}")
    email = written(Channel.EMAIL, "email")
    api.away = True
    ways = {**post.senders, Channel.EMAIL: Smtp(mail_server.url, "clinic@example.org")}

    assert Post(post.make_session, post.renderers, ways).deliver_due() == 1

    assert notice(engine, email).state is NoticeState.SENT


@pytest.mark.parametrize("status", ["permanent-failure", "temporary-failure", "technical-failure"])
def test_a_message_that_did_not_arrive_becomes_a_line_on_the_call_list_once(
    engine: Engine, post: Post, api: NotifyApi, written: Callable[..., str], status: str
) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        text = written()
        post.deliver_due()
        api.set_status(status)
        clock.shift(timedelta(minutes=2))

        assert [post.follow_up(), post.follow_up()] == [1, 0]

    assert notice(engine, text).state is NoticeState.FAILED
    assert [line.reason for line in calls(engine)] == ["text-failed"]


def test_a_message_that_arrived_is_asked_after_no_more(
    engine: Engine, post: Post, api: NotifyApi, written: Callable[..., str]
) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        text = written()
        post.deliver_due()
        clock.shift(timedelta(minutes=2))
        post.follow_up()
        api.set_status("delivered")
        clock.shift(timedelta(minutes=2))
        post.follow_up()
        asked = len(api.asked)
        clock.shift(timedelta(days=1))
        post.follow_up()

    assert notice(engine, text).delivered_at is not None
    assert len(api.asked) == asked == 2


def test_what_is_under_way_for_a_week_is_left_alone(
    engine: Engine, post: Post, api: NotifyApi, written: Callable[..., str]
) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        text = written()
        post.deliver_due()
        clock.shift(RECEIPTS_FOR + timedelta(minutes=1))
        post.follow_up()

    assert notice(engine, text).receipt_due_at is None
    assert notice(engine, text).state is NoticeState.SENT


def test_a_wrong_key_is_no_fault_of_the_message(api: NotifyApi) -> None:
    other = Account(f"clinic-{SERVICE}-00000000-0000-4000-8000-000000000000", api.url, TEMPLATES)

    with pytest.raises(NotSent) as refused:
        Notify(other, Channel.TEXT).send(MESSAGES[Channel.TEXT], reference="r")

    assert (refused.value.code, refused.value.lasting, refused.value.away) == ("notify-key", False, True)


def test_a_number_that_is_none_is_never_tried(api: NotifyApi) -> None:
    with pytest.raises(NotSent, match="number-wrong") as refused:
        Notify(Account(KEY, api.url, TEMPLATES), Channel.TEXT).send(Message("none", "", "text"), reference="r")

    assert refused.value.lasting
    assert api.taken == {}


def test_an_invitation_goes_by_smtp_as_notify_has_no_room_for_it(api: NotifyApi, mail_server: Any) -> None:
    way = NotifyAndSmtp(
        Notify(Account(KEY, api.url, TEMPLATES), Channel.EMAIL), Smtp(mail_server.url, "clinic@example.org")
    )

    assert (
        way.send(Message("a@example.org", "Visit", "text", None, b"BEGIN:VCALENDAR", "REQUEST"), reference="one")
        is None
    )
    assert way.send(Message("a@example.org", "Visit", "text"), reference="two")

    assert [letter["Message-ID"] for letter in mail_server.messages] == ["<one@example.org>"]
    assert [taken["reference"] for taken in api.taken.values()] == ["two"]
