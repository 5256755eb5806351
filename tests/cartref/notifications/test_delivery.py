"""Notices leave the outbox through a real mail server: at least once, and under one reference."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cartref.notifications import channels
from cartref.notifications.channels import Smtp
from cartref.notifications.delivery import LEASE, PAUSES, Post
from cartref.notifications.message import Message
from cartref.notifications.models import Channel, Notice, NoticeState
from cartref.notifications.service import enqueue, withdraw
from tests.programs.smtp import ACCEPTED

NOW = datetime(2026, 12, 8, 9, tzinfo=UTC)
MESSAGE = Message("eluned@example.org", "Eich apwyntiad", "Byddwch chi'n gweld Dr Prydderch.", "<p>Helo</p>")


@pytest.fixture
def post(engine: Engine, mail_server: Any) -> Post:
    return Post(
        partial(Session, engine),
        {"hello": lambda _session, _notice: MESSAGE, "nothing": lambda _session, _notice: None},
        {Channel.EMAIL: Smtp(mail_server.url, "clinic@example.org")},
    )


@pytest.fixture
def written(engine: Engine) -> Callable[..., str]:
    def write(key: str = "one", kind: str = "hello") -> str:
        with Session(engine) as session, session.begin():
            return enqueue(
                session, key=key, service_id="s", kind=kind, subject_id="a", recipient_kind="patient",
                recipient_id="p", channel=Channel.EMAIL, language="cy",
            ).id  # fmt: skip

    return write


def state(engine: Engine, notice_id: str) -> NoticeState:
    with Session(engine) as session:
        return session.get_one(Notice, notice_id).state


def test_a_notice_arrives_whole_and_only_once(
    engine: Engine, post: Post, written: Callable[..., str], mail_server: Any
) -> None:
    notice = written()

    assert post.deliver_due() == 1
    assert post.deliver_due() == 0

    (letter,) = mail_server.messages
    assert letter["To"] == "eluned@example.org"
    assert letter["Subject"] == "Eich apwyntiad"
    assert letter.get_body(("plain",)).get_content().strip() == MESSAGE.text
    assert letter.get_body(("html",)).get_content().strip() == MESSAGE.html
    assert state(engine, notice) is NoticeState.SENT


def test_one_key_is_one_notice(written: Callable[..., str], post: Post, mail_server: Any) -> None:
    assert written("same") == written("same")
    post.deliver_due()
    assert len(mail_server.messages) == 1


def test_a_withdrawn_notice_never_leaves(
    engine: Engine, post: Post, written: Callable[..., str], mail_server: Any
) -> None:
    notice = written()
    with Session(engine) as session, session.begin():
        withdraw(session, "a")

    post.deliver_due()

    assert mail_server.messages == []
    assert state(engine, notice) is NoticeState.WITHDRAWN


def test_a_notice_with_nothing_left_to_say_is_withdrawn(
    engine: Engine, post: Post, written: Callable[..., str], mail_server: Any
) -> None:
    notice = written(kind="nothing")
    post.deliver_due()
    assert state(engine, notice) is NoticeState.WITHDRAWN
    assert mail_server.messages == []


def test_a_mail_server_that_is_away_is_tried_again_later(
    engine: Engine, post: Post, written: Callable[..., str], mail_server: Any
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        notice = written()
        mail_server.answer = "451 Try again later"
        post.deliver_due()
        assert state(engine, notice) is NoticeState.PENDING
        mail_server.answer = ACCEPTED

        assert post.deliver_due() == 0
        clock.shift(PAUSES[0] + timedelta(seconds=1))
        assert post.deliver_due() == 1


def test_after_the_last_try_it_waits_for_a_person(
    engine: Engine, post: Post, written: Callable[..., str], mail_server: Any
) -> None:
    mail_server.answer = "451 Try again later"
    with time_machine.travel(NOW, tick=False) as clock:
        notice = written()
        for pause in (*PAUSES, timedelta(0)):
            post.deliver_due()
            clock.shift(pause + timedelta(seconds=1))
        assert state(engine, notice) is NoticeState.FAILED


def test_an_address_refused_for_good_is_not_tried_again(
    engine: Engine, post: Post, written: Callable[..., str], mail_server: Any
) -> None:
    notice = written()
    mail_server.answer = "550 No such person"
    post.deliver_due()
    assert state(engine, notice) is NoticeState.FAILED


def test_a_worker_that_died_while_sending_repeats_under_the_same_message_id(
    engine: Engine, post: Post, written: Callable[..., str], mail_server: Any
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        notice = written()
        post.deliver_due()
        with Session(engine) as session, session.begin():  # as it stood when the worker died after sending
            row = session.get_one(Notice, notice)
            row.state, row.sent_at = NoticeState.SENDING, None

        assert post.deliver_due() == 0
        clock.shift(LEASE + timedelta(seconds=1))
        assert post.deliver_due() == 1

    first, second = mail_server.messages
    assert first["Message-ID"] == second["Message-ID"]


def test_an_e_mail_counts_as_told_while_its_mail_server_has_not_said_whether_it_took_it(
    engine: Engine, post: Post, written: Callable[..., str], mail_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "SMTP_SECONDS", 0.2)
    mail_server.dawdles = 1
    with time_machine.travel(NOW, tick=False) as clock:
        notice = written()
        assert post.deliver_due() == 0
        assert len(mail_server.messages) == 1
        assert state(engine, notice) is NoticeState.SENDING

        mail_server.dawdles = 0
        clock.shift(LEASE + timedelta(seconds=1))
        assert post.deliver_due() == 1

    assert len({letter["Message-ID"] for letter in mail_server.messages}) == 1
    assert state(engine, notice) is NoticeState.SENT


def test_an_e_mail_that_no_mail_server_was_given_is_simply_tried_again(
    engine: Engine, written: Callable[..., str], unused_tcp_port: int
) -> None:
    smtp = Smtp(f"smtp://127.0.0.1:{unused_tcp_port}", "clinic@example.org")
    nowhere = Post(partial(Session, engine), {"hello": lambda _session, _notice: MESSAGE}, {Channel.EMAIL: smtp})
    notice = written()

    nowhere.deliver_due()

    assert state(engine, notice) is NoticeState.PENDING
