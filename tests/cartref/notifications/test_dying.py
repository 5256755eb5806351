"""Whatever moment the worker dies at, nothing is lost; and where its way can tell, nothing goes twice."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from cartref.notifications import delivery
from cartref.notifications.channels import NotSent, NoWay, Sender, Smtp, Trace
from cartref.notifications.delivery import LEASE, PAUSES, Post
from cartref.notifications.message import Message
from cartref.notifications.models import Call, Channel, Notice, NoticeState
from cartref.notifications.notify import Account, Notify
from cartref.notifications.service import enqueue
from tests.cartref.notifications.notify_api import KEY, running

MESSAGES = {
    Channel.TEXT: Message("07700 900123", "", "Apwyntiad am 9am"),
    Channel.EMAIL: Message("eluned@example.org", "Eich apwyntiad", "Byddwch chi'n gweld Dr Prydderch."),
}


class Killed(BaseException):
    """What kill -9 is to the lines after it: nothing of theirs runs."""


class Forgetful(Sender):
    """A way that remembers nothing of what it sent, as a modem with a SIM card."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, _message: Message, *, reference: str) -> None:
        """Send it."""
        self.sent.append(reference)


def write(engine: Engine, channel: Channel = Channel.TEXT, **values: Any) -> str:
    given = {
        "key": "one", "service_id": "s", "kind": "hello", "subject_id": "a", "recipient_kind": "patient",
        "recipient_id": "p", "channel": channel, "language": "cy",
    }  # fmt: skip
    with Session(engine) as session, session.begin():
        return enqueue(session, **(given | values)).id


def post_of(engine: Engine, senders: dict[Channel, Sender]) -> Post:
    return Post(partial(Session, engine), {"hello": lambda _session, notice: MESSAGES[notice.channel]}, senders)


def state(engine: Engine, notice_id: str) -> NoticeState:
    with Session(engine) as session:
        return session.get_one(Notice, notice_id).state


def reasons(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return list(session.scalars(select(Call.reason)))


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 12, 8, 9, tzinfo=UTC), tick=False) as clock:
        yield clock


def die_before_sending(patch: pytest.MonkeyPatch, _engine: Engine) -> None:
    patch.setattr(Post, "_render", _killing)


def die_after_sending(patch: pytest.MonkeyPatch, _engine: Engine) -> None:
    patch.setattr(Post, "_sent", _killing)


def die_while_the_mark_is_committed(patch: pytest.MonkeyPatch, engine: Engine) -> None:
    marking = {"on": False}

    def begin(*_arguments: object) -> None:
        marking["on"] = True

    def commit(_connection: object) -> None:
        if marking["on"]:
            raise Killed

    whole = Post._sent

    def sent(self: Post, *arguments: Any) -> None:
        begin()
        try:
            whole(self, *arguments)
        finally:
            marking["on"] = False

    event.listen(engine, "commit", commit)
    patch.setattr(Post, "_sent", sent)


def _killing(*_arguments: object, **_values: object) -> None:
    raise Killed


MOMENTS = [die_before_sending, die_after_sending, die_while_the_mark_is_committed]
Moment = Callable[[pytest.MonkeyPatch, Engine], None]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_text_by_notify_goes_exactly_once(engine: Engine, clock: time_machine.Traveller, moment: Moment) -> None:
    with running() as api:
        clock.move_to(datetime.now(UTC))  # keys are made with the hour in them
        post = post_of(
            engine, {Channel.TEXT: Notify(Account(KEY, api.url, {Channel.TEXT: "sms-template"}), Channel.TEXT)}
        )
        text = write(engine)
        with pytest.MonkeyPatch.context() as patch:
            moment(patch, engine)
            with pytest.raises(Killed):
                post.deliver_due()
        assert post.deliver_due() == 0
        clock.shift(LEASE + timedelta(seconds=1))

        assert post.deliver_due() == 1

        assert len(api.of(text)) == 1
    assert state(engine, text) is NoticeState.SENT


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_e_mail_comes_at_least_once_and_always_under_one_message_id(
    engine: Engine, clock: time_machine.Traveller, mail_server: Any, moment: Moment
) -> None:
    post = post_of(engine, {Channel.EMAIL: Smtp(mail_server.url, "clinic@example.org")})
    email = write(engine, Channel.EMAIL)
    with pytest.MonkeyPatch.context() as patch:
        moment(patch, engine)
        with pytest.raises(Killed):
            post.deliver_due()
    clock.shift(LEASE + timedelta(seconds=1))

    assert post.deliver_due() == 1

    assert {letter["Message-ID"] for letter in mail_server.messages} == {f"<{email}@example.org>"}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_text_by_a_way_that_remembers_nothing_goes_at_most_once_and_somebody_rings(
    engine: Engine, clock: time_machine.Traveller, moment: Moment
) -> None:
    way = Forgetful()
    post = post_of(engine, {Channel.TEXT: way})
    text = write(engine)
    with pytest.MonkeyPatch.context() as patch:
        moment(patch, engine)
        with pytest.raises(Killed):
            post.deliver_due()
    clock.shift(LEASE + timedelta(seconds=1))

    assert [post.deliver_due(), post.deliver_due()] == [0, 0]

    assert len(way.sent) <= 1
    assert state(engine, text) is NoticeState.FAILED
    assert reasons(engine) == ["in-doubt"]


def test_dying_before_the_claim_is_committed_leaves_everything_as_it_was(
    engine: Engine, clock: time_machine.Traveller
) -> None:
    way = Forgetful()
    text = write(engine)

    def die(_connection: object) -> None:
        raise Killed

    event.listen(engine, "commit", die)
    with pytest.raises(Killed):
        post_of(engine, {Channel.TEXT: way}).deliver_due()
    event.remove(engine, "commit", die)

    assert state(engine, text) is NoticeState.PENDING
    assert post_of(engine, {Channel.TEXT: way}).deliver_due() == 1
    assert way.sent == [text]


def test_a_failure_and_its_line_on_the_call_list_are_kept_together_or_not_at_all(
    engine: Engine, clock: time_machine.Traveller
) -> None:
    post = post_of(engine, {Channel.TEXT: NoWay()})
    text = write(engine)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivery, "_ask_to_ring", _killing)
        with pytest.raises(Killed):
            post.deliver_due()
    assert state(engine, text) is NoticeState.SENDING
    clock.shift(LEASE + timedelta(seconds=1))

    post.deliver_due()

    assert state(engine, text) is NoticeState.FAILED
    assert len(reasons(engine)) == 1


def test_a_channel_without_a_way_out_keeps_its_notices(engine: Engine) -> None:
    letter = write(engine, Channel.LETTER)

    assert post_of(engine, {Channel.TEXT: Forgetful()}).deliver_due() == 0

    assert state(engine, letter) is NoticeState.PENDING


def test_a_deployment_that_sends_no_texts_lets_somebody_ring(engine: Engine) -> None:
    text = write(engine)

    post_of(engine, {Channel.TEXT: NoWay()}).deliver_due()

    assert state(engine, text) is NoticeState.FAILED
    assert reasons(engine) == ["text-failed"]


def test_nobody_is_rung_about_a_message_to_the_clinic_itself(engine: Engine) -> None:
    write(engine, recipient_kind="clinic")

    post_of(engine, {Channel.TEXT: NoWay()}).deliver_due()

    assert reasons(engine) == []


def test_a_notice_that_can_not_be_worded_holds_up_no_other_and_ends_with_a_person(
    engine: Engine, clock: time_machine.Traveller
) -> None:
    way = Forgetful()
    broken = write(engine, key="broken", kind="broken")
    sound = write(engine, key="sound")
    post = post_of(engine, {Channel.TEXT: way})
    for pause in (*PAUSES, timedelta(0)):
        post.deliver_due()
        clock.shift(pause + timedelta(seconds=1))

    assert way.sent == [sound]
    assert state(engine, broken) is NoticeState.FAILED
    assert len(reasons(engine)) == 1


def test_what_was_withdrawn_while_it_was_in_doubt_is_not_sent_again(
    engine: Engine, clock: time_machine.Traveller, mail_server: Any
) -> None:
    email = write(engine, Channel.EMAIL)
    worded = [MESSAGES[Channel.EMAIL], None]
    post = Post(
        partial(Session, engine), {"hello": lambda _session, _notice: worded.pop(0)},
        {Channel.EMAIL: Smtp(mail_server.url, "clinic@example.org")},
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        die_after_sending(patch, engine)
        with pytest.raises(Killed):
            post.deliver_due()
    clock.shift(LEASE + timedelta(seconds=1))

    assert post.deliver_due() == 0

    assert len(mail_server.messages) == 1
    assert state(engine, email) is NoticeState.WITHDRAWN


def test_in_the_night_a_text_waits_for_the_morning_and_loses_no_try(
    engine: Engine, clock: time_machine.Traveller
) -> None:
    clock.move_to(datetime(2026, 12, 8, 21, 30, tzinfo=UTC))
    way = Forgetful()
    post = post_of(engine, {Channel.TEXT: way})
    text = write(engine, quiet="Europe/London")
    urgent = write(engine, key="urgent")

    assert post.deliver_due() == 1
    clock.move_to(datetime(2026, 12, 9, 7, 59, tzinfo=UTC))
    assert post.deliver_due() == 0
    clock.move_to(datetime(2026, 12, 9, 8, tzinfo=UTC))
    assert post.deliver_due() == 1

    assert way.sent == [urgent, text]
    with Session(engine) as session:
        assert session.get_one(Notice, text).attempts == 1


def test_a_way_that_breaks_in_the_middle_is_in_doubt(engine: Engine, clock: time_machine.Traveller) -> None:
    class Breaking(Forgetful):
        def send(self, message: Message, *, reference: str) -> None:
            super().send(message, reference=reference)
            raise ValueError("a fault of its own")

        def trace(self, reference: str) -> Trace:
            return Trace(went=reference in self.sent)

    way = Breaking()
    text = write(engine)
    post = post_of(engine, {Channel.TEXT: way})
    post.deliver_due()
    clock.shift(LEASE + timedelta(seconds=1))

    assert post.deliver_due() == 1

    assert way.sent == [text]
    assert state(engine, text) is NoticeState.SENT


def test_a_refusal_that_may_pass_costs_a_pause_and_no_more(engine: Engine, clock: time_machine.Traveller) -> None:
    class Busy(Forgetful):
        def send(self, message: Message, *, reference: str) -> None:
            if not self.sent:
                self.sent.append("refused")
                raise NotSent("busy")
            super().send(message, reference=reference)

    way = Busy()
    text = write(engine)
    post = post_of(engine, {Channel.TEXT: way})
    post.deliver_due()
    clock.shift(PAUSES[0] + timedelta(seconds=1))

    assert post.deliver_due() == 1
    assert way.sent == ["refused", text]
