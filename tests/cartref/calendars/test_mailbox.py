"""Answers read from where they come to: a mailbox over IMAP with TLS, and a folder of files."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cartref.calendars import inviting, letters, mailbox
from cartref.calendars.models import Invitation, Reply
from cartref.notifications.models import Call
from tests.cartref.appointments.conftest import Desk
from tests.cartref.calendars.imap_server import PASSWORD, USER, Mail, Mailbox, running_imap_server
from tests.cartref.calendars.written_replies import Facts, google, outlook
from tests.programs.certificate import write_self_signed

Server = tuple[str, Mailbox]


@pytest.fixture
def invited(desk: Desk) -> Facts:
    """Return an answer to the invitation that the clinician was sent to an appointment, all of it committed."""
    desk.world.staff["clinician"].wants_invitations = True
    appointment = desk.book(0)
    inviting.look(desk.session)
    desk.session.commit()
    return Facts(appointment.uid)


@pytest.fixture
def read(engine: Engine) -> Callable[[str], int]:
    return partial(mailbox.read, partial(Session, engine))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a certificate and its key, made before a test turns the clock: OpenSSL looks at the real one."""
    return write_self_signed(tmp_path_factory.mktemp("imap"), "localhost")


@pytest.fixture
def server(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Run a mail server whose certificate this process trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with running_imap_server(*certificate) as running:
        yield running


def url(server: Server, folder: str = "INBOX", password: str = PASSWORD) -> str:
    return f"imaps://{quote(USER, safe='')}:{quote(password, safe='')}@{server[0]}/{folder}"


def answers(desk: Desk) -> list[str]:
    desk.session.expire_all()
    found = [invitation.answer for invitation in desk.session.scalars(select(Invitation))]
    desk.session.rollback()
    return found


def test_an_answer_in_the_mailbox_is_taken_and_marked_as_read(
    desk: Desk, invited: Facts, server: Server, read: Callable[[str], int]
) -> None:
    server[1].mails = [Mail(google(invited))]

    assert read(url(server)) == 1

    assert answers(desk) == ["declined"]
    assert server[1].mails[0].seen
    assert len(desk.session.scalars(select(Call)).all()) == 1


def test_what_is_no_answer_stays_unread_for_a_person_and_is_fetched_once(
    desk: Desk, invited: Facts, server: Server, read: Callable[[str], int]
) -> None:
    note = b"From: eluned@example.org\r\nMessage-ID: <note@example.org>\r\nSubject: Tuesday\r\n\r\nI cannot come."
    server[1].mails = [Mail(note), Mail(google(replace(invited, uid="x@clinic.example.org")))]

    for _ in range(3):
        assert read(url(server)) == 0

    assert [mail.seen for mail in server[1].mails] == [False, False]
    assert server[1].fetched == 2
    found = desk.session.scalars(select(Reply.taken).order_by(Reply.taken)).all()
    assert found == ["no-calendar", "unknown"]


def test_an_answer_that_was_kept_but_not_marked_is_marked_at_the_next_look(
    desk: Desk, invited: Facts, server: Server, read: Callable[[str], int]
) -> None:
    server[1].mails = [Mail(google(invited))]
    read(url(server))
    server[1].mails[0].seen = False  # as it stood when the worker died between the two

    read(url(server))

    assert server[1].mails[0].seen
    assert len(desk.session.scalars(select(Call)).all()) == 1


def test_an_e_mail_that_is_too_big_is_not_fetched(
    desk: Desk, invited: Facts, server: Server, read: Callable[[str], int]
) -> None:
    server[1].mails = [
        Mail(google(invited) + b" " * letters.BIGGEST),
        Mail(outlook(replace(invited, message_id="<b@c>"))),
    ]

    assert read(url(server)) == 1

    assert server[1].fetched == 1
    assert answers(desk) == ["declined"]


def test_another_folder_can_be_named(desk: Desk, invited: Facts, server: Server, read: Callable[[str], int]) -> None:
    server[1].mails = [Mail(google(invited))]

    assert read(url(server, "Answers")) == 1
    assert read(url(server, "Nowhere")) == 0


def test_a_mailbox_that_cannot_be_reached_is_tried_again_later(
    desk: Desk, invited: Facts, server: Server, read: Callable[[str], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    server[1].mails = [Mail(google(invited))]

    assert read(url(server, password="wrong")) == 0
    assert read("imaps://a:b@localhost:9/INBOX") == 0
    with monkeypatch.context() as distrust:
        distrust.delenv("SSL_CERT_FILE")  # a certificate that nobody vouches for
        assert read(url(server)) == 0
    assert read(url(server)) == 1


def test_files_that_are_dropped_in_a_folder_are_read_and_sorted(
    desk: Desk, invited: Facts, tmp_path: Path, read: Callable[[str], int]
) -> None:
    drop = tmp_path / "drop it"
    drop.mkdir()
    (drop / "a.eml").write_bytes(outlook(invited))
    (drop / "b.eml").write_bytes(b"Subject: Hello\r\n\r\nHello")
    (drop / "unfinished.tmp").write_bytes(b"Sub")

    assert read(f"file://{quote(str(drop))}") == 1

    assert sorted(str(path.relative_to(drop)) for path in drop.rglob("*.*")) == [
        "done/a.eml", "left/b.eml", "unfinished.tmp",
    ]  # fmt: skip
    assert answers(desk) == ["declined"]


def test_a_folder_that_is_not_there_is_tried_again_later(tmp_path: Path, read: Callable[[str], int]) -> None:
    assert read(f"file://{tmp_path}/nowhere") == 0
