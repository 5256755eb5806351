"""The confirmation: who gets one, and what it says when it goes."""

import re

import pytest

from cartref.appointments.messages import RENDERERS, Obstacle, recipients, send_confirmation
from cartref.appointments.models import Mode
from cartref.errors import IllegalTransition
from cartref.links import queries as links
from cartref.links.models import Holder
from cartref.notifications.message import Message
from cartref.notifications.models import Channel, Notice, NoticeState
from tests.cartref.appointments.conftest import ADDRESSES, TODAY, Desk


def test_patient_and_carer_are_each_told_in_their_language(desk: Desk) -> None:
    notices = _confirm(desk, carer_ids=[desk.world.carer.id])

    assert [(notice.recipient_kind, notice.language, notice.channel) for notice in notices] == [
        ("patient", "cy", Channel.EMAIL),
        ("carer", "en", Channel.EMAIL),
    ]


def test_the_patient_reads_when_with_whom_and_by_which_link(desk: Desk) -> None:
    desk.world.patients[0].language = "en"
    notice = _confirm(desk)[0]

    message = _render(desk, notice)

    assert message.to == "eluned@example.org"
    assert message.subject == "Your video appointment on Tuesday 8 December"
    assert "You are seeing Clinician Prydderch on Tuesday 8 December 2026 at 9am." in message.text
    assert _link(desk, notice) in message.text
    assert "01632 960123" in message.text


def test_the_same_in_welsh_has_no_english_in_it(desk: Desk) -> None:
    message = _render(desk, _confirm(desk)[0])

    assert message.subject == "Eich apwyntiad fideo ddydd Mawrth 8 Rhagfyr"
    assert "Byddwch chi'n gweld Clinician Prydderch ddydd Mawrth 8 Rhagfyr 2026 am 9am." in message.text
    assert not re.search(r"\b(the|your|you|and|with|link)\b", message.text)


def test_the_html_says_what_the_text_says(desk: Desk) -> None:
    desk.world.patients[0].family_name = "<Parry>"
    message = _render(desk, _confirm(desk)[0])

    assert message.html is not None
    assert '<html lang="cy">' in message.html
    assert "&lt;Parry&gt;" in message.html
    assert message.html.count("<p>") == message.text.count("\n\n") + 1


def test_a_carer_reads_the_patients_first_name_and_gets_a_link_of_her_own(desk: Desk) -> None:
    notices = _confirm(desk, carer_ids=[desk.world.carer.id])

    message = _render(desk, notices[1])

    assert message.to == "catrin@example.org"
    assert "Eluned is seeing Clinician Prydderch" in message.text
    assert _link(desk, notices[1]) in message.text
    assert _link(desk, notices[0]) not in message.text


def test_a_carer_who_may_be_told_but_was_not_invited_gets_no_link(desk: Desk) -> None:
    message = _render(desk, _confirm(desk)[1])

    assert "/v/" not in message.text


def test_a_visit_at_a_hospital_says_where_and_needs_no_link(desk: Desk) -> None:
    message = _render(desk, _confirm(desk, **desk.at_site())[0])

    assert "Lleoliad: Ysbyty Bryn Heli" in message.text
    assert "/v/" not in message.text


def test_a_visit_by_telephone_says_who_will_ring(desk: Desk) -> None:
    message = _render(desk, _confirm(desk, mode=Mode.TELEPHONE)[0])

    assert "Bydd Clinician Prydderch yn eich ffonio ddydd Mawrth 8 Rhagfyr 2026 am 9am." in message.text


def test_what_goes_out_after_a_move_has_the_new_time_and_says_so(desk: Desk) -> None:
    appointment = desk.book(0)
    notice = send_confirmation(desk.session, desk.actor, appointment.id)[0]

    desk.move(appointment, 3)

    text = _render(desk, notice).text
    assert "am 10am" in text
    assert "Mae'r dyddiad hwn yn cymryd lle'r hen un." in text


@pytest.mark.parametrize(
    ("change", "obstacle"),
    [
        ({"do_not_contact": True}, Obstacle.DO_NOT_CONTACT),
        ({"deceased_on": TODAY.date()}, Obstacle.DECEASED),
        ({"email_consent": False, "letter_consent": False}, Obstacle.NO_WAY),
        ({"email": "", "address": ""}, Obstacle.NO_WAY),
    ],
)
def test_who_can_not_be_written_to_is_named_with_the_reason(
    desk: Desk, change: dict[str, object], obstacle: Obstacle
) -> None:
    appointment = desk.book(0)
    for name, value in change.items():
        setattr(appointment.patient, name, value)

    notices = send_confirmation(desk.session, desk.actor, appointment.id)

    assert recipients(desk.session, appointment)[0].obstacle is obstacle
    assert all(notice.recipient_kind != "patient" for notice in notices)


@pytest.mark.parametrize("change", [{"do_not_contact": True}, {"deceased_on": TODAY.date()}])
def test_silence_covers_carers_too(desk: Desk, change: dict[str, object]) -> None:
    appointment = desk.book(0)
    for name, value in change.items():
        setattr(appointment.patient, name, value)

    assert send_confirmation(desk.session, desk.actor, appointment.id) == []


@pytest.mark.parametrize("change", [{"do_not_contact": True}, {"deceased_on": TODAY.date()}, {"email_consent": False}])
def test_a_notice_that_waits_is_not_sent_once_she_must_not_be_told(desk: Desk, change: dict[str, object]) -> None:
    notice = _confirm(desk)[0]
    for name, value in change.items():
        setattr(desk.world.patients[0], name, value)
    desk.session.flush()

    assert RENDERERS[notice.kind](desk.session, ADDRESSES, notice) is None


def test_a_notice_of_what_was_cancelled_is_not_sent(desk: Desk) -> None:
    appointment = desk.book(0)
    notice = send_confirmation(desk.session, desk.actor, appointment.id)[0]
    desk.cancel(appointment)

    assert RENDERERS[notice.kind](desk.session, ADDRESSES, notice) is None


def test_asking_twice_sends_once_and_asking_later_sends_again(desk: Desk) -> None:
    appointment = desk.book(0)
    first = send_confirmation(desk.session, desk.actor, appointment.id)

    assert send_confirmation(desk.session, desk.actor, appointment.id) == first

    for notice in first:
        notice.state = NoticeState.SENT
    desk.session.flush()
    again = send_confirmation(desk.session, desk.actor, appointment.id)
    assert not {notice.id for notice in again} & {notice.id for notice in first}


def test_nothing_is_confirmed_that_is_over(desk: Desk) -> None:
    appointment = desk.book(0)
    desk.cancel(appointment)

    with pytest.raises(IllegalTransition):
        send_confirmation(desk.session, desk.actor, appointment.id)


def test_a_revoked_link_is_not_sent(desk: Desk) -> None:
    notice = _confirm(desk)[0]
    link = links.of_holder(
        desk.session, visit_id=notice.subject_id, holder=Holder.PATIENT, holder_id=notice.recipient_id
    )
    assert link is not None
    link.revoked_at = TODAY

    assert "/v/" not in _render(desk, notice).text


def _confirm(desk: Desk, **values: object) -> list[Notice]:
    return send_confirmation(desk.session, desk.actor, desk.book(0, **values).id)


def _render(desk: Desk, notice: Notice) -> Message:
    message = RENDERERS[notice.kind](desk.session, ADDRESSES, notice)
    assert message is not None
    return message


def _link(desk: Desk, notice: Notice) -> str:
    link = links.of_holder(
        desk.session, visit_id=notice.subject_id, holder=Holder(notice.recipient_kind), holder_id=notice.recipient_id
    )
    assert link is not None
    return ADDRESSES.url(link)
