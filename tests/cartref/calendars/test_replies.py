"""Answers that come by e-mail: believed as far as they go, and never further."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.calendars import inviting, letters, replies
from cartref.calendars.models import Invitation, Reply
from cartref.calendars.replies import Taken
from cartref.notifications.models import Call
from tests.cartref.appointments.conftest import Desk
from tests.cartref.calendars.written_replies import WRITERS, Facts, apple, google

each_program = pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
Write = Callable[[Facts], bytes]


@pytest.fixture
def invited(desk: Desk) -> Facts:
    """Return an answer to the invitation that the clinician was sent to an appointment."""
    desk.world.staff["clinician"].wants_invitations = True
    appointment = desk.book(0)
    inviting.look(desk.session)
    return Facts(appointment.uid)


def take(desk: Desk, content: bytes) -> Taken:
    return replies.take(desk.session, letters.read(content))


def invitation(desk: Desk) -> Invitation:
    return desk.session.scalars(select(Invitation)).one()


def called(desk: Desk) -> list[Call]:
    return list(desk.session.scalars(select(Call)))


@each_program
def test_a_no_becomes_a_line_of_the_call_list_and_cancels_nothing(desk: Desk, invited: Facts, write: Write) -> None:
    assert take(desk, write(invited)) is Taken.DECLINED

    (call,) = called(desk)
    found = invitation(desk)
    assert (call.reason, call.recipient_kind, call.recipient_id) == (
        "invitation-declined", "staff", desk.world.staff["clinician"].id,
    )  # fmt: skip
    assert call.subject_id == found.appointment_id
    assert found.answer == "declined"
    assert desk.session.scalars(select(Appointment)).one().status is AppointmentStatus.BOOKED


@each_program
@pytest.mark.parametrize("partstat", ["ACCEPTED", "TENTATIVE"])
def test_yes_and_maybe_are_kept_beside_the_invitation(desk: Desk, invited: Facts, write: Write, partstat: str) -> None:
    assert take(desk, write(replace(invited, partstat=partstat))).value == partstat.casefold()

    assert invitation(desk).answer == partstat.casefold()
    assert called(desk) == []


def test_an_e_mail_that_comes_twice_is_taken_once(desk: Desk, invited: Facts) -> None:
    assert [take(desk, google(invited)) for _ in range(2)] == [Taken.DECLINED, Taken.DECLINED]

    assert len(called(desk)) == 1
    assert len(desk.session.scalars(select(Reply)).all()) == 1


def test_two_answers_without_a_message_id_are_two(desk: Desk, invited: Facts) -> None:
    yes = google(replace(invited, partstat="ACCEPTED")).replace(b"Message-ID: <one@mail.example>\r\n", b"")
    no = google(invited).replace(b"Message-ID: <one@mail.example>\r\n", b"")

    assert [take(desk, yes), take(desk, no)] == [Taken.ACCEPTED, Taken.DECLINED]


def test_saying_no_twice_is_one_call(desk: Desk, invited: Facts) -> None:
    take(desk, google(invited))
    take(desk, google(replace(invited, message_id="<two@mail.example>")))

    assert len(called(desk)) == 1


@pytest.mark.parametrize(
    ("change", "taken"),
    [
        ({"uid": "nothing@clinic.example.org"}, Taken.UNKNOWN),
        ({"attendee": "stranger@example.org"}, Taken.STRANGER),
        ({"sender": "thief@example.com"}, Taken.FORGED),
        ({"sequence": 7}, Taken.AHEAD),
        ({"partstat": "NEEDS-ACTION"}, Taken.NO_REPLY),
        ({"partstat": "DELEGATED"}, Taken.NO_REPLY),
        ({"method": "REQUEST"}, Taken.NO_REPLY),
        ({"method": "CANCEL"}, Taken.NO_REPLY),
        ({"method": "COUNTER"}, Taken.NO_REPLY),
    ],
)
def test_what_is_no_answer_to_us_is_left(desk: Desk, invited: Facts, change: dict[str, Any], taken: Taken) -> None:
    assert take(desk, google(replace(invited, **change))) is taken

    assert not taken.is_answer
    assert invitation(desk).answer == ""
    assert called(desk) == []


def test_an_answer_to_the_time_before_is_left(desk: Desk, invited: Facts) -> None:
    found = invitation(desk)
    desk.move(desk.session.get_one(Appointment, found.appointment_id), 5)
    inviting.look(desk.session)

    assert take(desk, google(invited)) is Taken.OLD
    assert take(desk, google(replace(invited, sequence=1, message_id="<two@mail.example>"))) is Taken.DECLINED


def test_an_answer_to_what_was_cancelled_is_left(desk: Desk, invited: Facts) -> None:
    desk.cancel(desk.session.get_one(Appointment, invitation(desk).appointment_id))

    assert take(desk, google(invited)) is Taken.OVER
    assert called(desk) == []


def test_an_older_answer_that_comes_late_changes_nothing(desk: Desk, invited: Facts) -> None:
    later = replace(invited, partstat="ACCEPTED", stamp="20261201T085500Z")
    earlier = replace(invited, stamp="20261201T085000Z", message_id="<two@mail.example>")

    assert take(desk, google(later)) is Taken.ACCEPTED
    assert take(desk, google(earlier)) is Taken.OLD
    assert invitation(desk).answer == "accepted"


def test_a_secretary_may_answer_for_her(desk: Desk, invited: Facts) -> None:
    written = apple(replace(invited, sender="secretary@example.org"))
    assert take(desk, written) is Taken.FORGED

    named = written.replace(b"CN=Somebody;", b'CN=Somebody;SENT-BY="mailto:secretary@example.org";')
    assert take(desk, named.replace(b"<one@", b"<two@")) is Taken.DECLINED


def test_a_moved_appointment_asks_anew(desk: Desk, invited: Facts) -> None:
    take(desk, google(replace(invited, partstat="ACCEPTED")))
    desk.move(desk.session.get_one(Appointment, invitation(desk).appointment_id), 5)
    inviting.look(desk.session)

    assert (invitation(desk).answer, invitation(desk).answered_at) == ("", None)


@each_program
def test_the_appointments_page_says_who_was_invited_and_what_she_answered(
    desk: Desk, invited: Facts, write: Write, sign_in: Callable[[str], FlaskClient]
) -> None:
    address, name = f"/appointments/{invitation(desk).appointment_id}", desk.world.staff["clinician"].display_name
    desk.session.commit()
    admin = sign_in("admin")
    assert f"{name} (no answer yet)" in admin.get(address).text

    take(desk, write(invited))
    desk.session.commit()

    assert f"{name} (declined)" in admin.get(address).text


# ---- Hostile input


def bomb(parts: int) -> bytes:
    head = b"From: a@example.org\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    return head + b"--x\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n" * parts


HOSTILE = {
    "nothing": b"",
    "no calendar": b"From: a@example.org\r\nSubject: Hello\r\n\r\nI cannot come.",
    "nul": b"From: a@example.org\r\nContent-Type: text/calendar\r\n\r\n\x00\x00BEGIN:VCALENDAR",
    "unknown charset": b"Content-Type: text/calendar; charset=klingon\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR",
    "bad base64": b"Content-Type: text/calendar\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
    "deep": b"Content-Type: text/calendar\r\n\r\n" + b"BEGIN:VEVENT\r\n" * 4000,
    "many parts": bomb(2000),
    "two attendees": apple(Facts("x@clinic.example.org")).replace(
        b"UID:", b"ATTENDEE;PARTSTAT=DECLINED:mailto:b@example.org\r\nUID:"
    ),
    "sequence of letters": apple(Facts("x@clinic.example.org")).replace(b"SEQUENCE:0", b"SEQUENCE:zero"),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_no_e_mail_is_too_strange_to_be_left(content: bytes) -> None:
    letter = letters.read(content)

    assert letter.answer is None
    assert not Taken(letter.fault).is_answer


def test_an_e_mail_that_is_too_big_is_not_read() -> None:
    assert letters.read(google(Facts("x@clinic.example.org")) + b" " * letters.BIGGEST).fault == Taken.TOO_BIG


@given(st.binary(max_size=2000))
def test_any_octets_at_all_are_read_without_harm(content: bytes) -> None:
    letter = letters.read(b"From: a@example.org\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n" + content)

    assert letter.answer is not None or Taken(letter.fault)


@given(st.sampled_from(list(WRITERS)), st.data())
def test_an_answer_with_damage_is_read_or_left(name: str, data: st.DataObject) -> None:
    content = bytearray(WRITERS[name](Facts("x@clinic.example.org")))
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    letter = letters.read(bytes(content))

    assert letter.answer is not None or Taken(letter.fault)


@pytest.mark.parametrize("charset", ["utf-16", "windows-1252", "iso-8859-14", "us-ascii"])
def test_a_calendar_labelled_with_the_wrong_letters_is_read(charset: str) -> None:
    content = google(Facts("x@clinic.example.org"))

    letter = letters.read(content.replace(b'charset="UTF-8"; method', f'charset="{charset}"; method'.encode()))

    assert letter.answer is not None
    assert letter.answer.uid == "x@clinic.example.org"
