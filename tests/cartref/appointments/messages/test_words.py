"""CARTREF's own words: whole in both languages, fit for everybody, and short enough for a text message."""

import re

import pytest
from sqlalchemy.orm import Session

from cartref.appointments.messages import RENDERERS, send_confirmation, telling
from cartref.appointments.messages.rewording import unfit
from cartref.appointments.messages.samples import LINK, preview
from cartref.appointments.messages.words import own, templates
from cartref.appointments.models import Appointment, Mode
from cartref.notifications.message import Message
from cartref.notifications.models import Channel, Notice
from cartref.notifications.text_messages import GSM, MOST_PARTS, size
from cartref.patients.models import VisitWishes
from tests.cartref.appointments.conftest import ADDRESSES, TODAY, Desk

ENGLISH = re.compile(r"\b(the|your|you|and|with|link|appointment|ring)\b")
CLINICAL = re.compile(r"(?i)elderly|heart|memory|dementia|frail|henoed|calon|cof\b|eiddil")
LANGUAGES = ("en", "cy")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", templates())
def test_our_own_words_pass_the_rules_that_a_clinics_words_must(template: str, language: str) -> None:
    assert unfit(template, language, own(template, language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("template", templates())
def test_every_notice_is_whole_for_every_sort_of_visit(template: str, mode: Mode, language: str) -> None:
    part, short = preview(own(template, language), template, language, mode)
    text = "\n\n".join(part.paragraphs)

    for said in (part.subject, text, short):
        assert said
        assert not re.search(r"\(\(|\)\)|%\(|  |: *$", said)
        assert not CLINICAL.search(said)
    assert "01632 960123" in text
    assert size(short).parts <= MOST_PARTS
    if language == "cy":
        assert not ENGLISH.search((part.subject + text + short).replace(LINK, ""))


@pytest.mark.parametrize("template", templates())
def test_the_welsh_of_a_text_keeps_to_the_short_alphabet(template: str) -> None:
    _part, short = preview(own(template, "cy"), template, "cy")

    assert set(short) <= GSM


@pytest.mark.parametrize("mode", [Mode.VIDEO_SITE, Mode.TELEPHONE, Mode.IN_PERSON])
def test_a_patient_who_needs_no_link_reads_of_none(mode: Mode) -> None:
    part, short = preview(own("appointment.reminder", "en"), "appointment.reminder", "en", mode)

    assert "link" not in "\n".join(part.paragraphs)
    assert "To join" not in short


def test_a_letter_has_the_address_in_lines_and_the_same_paragraphs(desk: Desk) -> None:
    patient = desk.world.patients[0]
    patient.email_consent, patient.postcode = False, "LL99 9ZZ"

    notice, message = told(desk, desk.book(0))

    assert notice.channel is Channel.LETTER
    assert message.to == "Mrs Eluned Parry\n4 Maes y Dderwen\nLlanfair Isaf\nLL99 9ZZ"
    assert message.parts[0].paragraphs[0] == "Annwyl Mrs Parry"
    assert message.parts[0].link in message.text


def test_a_text_is_short_and_has_the_link(desk: Desk) -> None:
    patient = desk.world.patients[0]
    patient.email_consent, patient.letter_consent = False, False
    patient.text_consent, patient.mobile = True, "07700 900123"

    _notice, message = told(desk, desk.book(0))

    assert message.to == "07700 900123"
    assert message.text.startswith("CARTREF: mae eich apwyntiad fideo ddydd Mawrth 8 Rhagfyr am 9am. I ymuno: https://")
    assert size(message.text).parts == 1


def test_who_wants_both_languages_reads_her_own_first(desk: Desk) -> None:
    desk.session.add(VisitWishes(patient_id=desk.world.patients[0].id, bilingual=True, updated_at=TODAY))

    notice, message = told(desk, desk.book(0))

    assert notice.bilingual
    assert message.subject == (
        "Eich apwyntiad fideo ddydd Mawrth 8 Rhagfyr / Your video appointment on Tuesday 8 December"
    )
    assert message.text.index("Annwyl Mrs Parry") < message.text.index("Dear Mrs Parry")
    assert message.html is not None
    assert '<div lang="cy">' in message.html
    assert '<div lang="en">' in message.html


def test_a_text_in_both_languages_says_the_link_once_and_fits_in_two(desk: Desk) -> None:
    patient = desk.world.patients[0]
    patient.email_consent, patient.letter_consent = False, False
    patient.text_consent, patient.mobile = True, "07700 900123"
    desk.session.add(VisitWishes(patient_id=patient.id, bilingual=True, updated_at=TODAY))

    _notice, message = told(desk, desk.book(0))

    assert message.text.count("https://") == 1
    assert "/ CARTREF: your video appointment is on Tuesday 8 December at 9am." in message.text
    assert size(message.text).parts <= MOST_PARTS


def test_a_change_says_the_time_that_she_was_told_and_the_time_now(desk: Desk) -> None:
    desk.world.patients[0].language = "en"
    appointment = desk.book(0)
    go(desk.session, send_confirmation(desk.session, desk.actor, appointment.id))
    desk.move(appointment, 3)
    desk.move(appointment, 6)

    (notice, *_carers) = notices(desk.session, "appointment.changed")
    message = render(desk.session, notice)

    assert "The time before was: Tuesday 8 December, 9am" in message.text
    assert "on Tuesday 8 December 2026 at 11am" in message.text


def test_who_cancelled_decides_whether_we_are_sorry(desk: Desk) -> None:
    desk.world.patients[0].language = "en"
    sorry = []
    for number, reason in enumerate(("clinician-away", "patient-cannot-come")):
        appointment = desk.book(number)
        go(desk.session, send_confirmation(desk.session, desk.actor, appointment.id))
        desk.cancel(appointment, reason)
        notice = next(one for one in notices(desk.session, telling.CANCELLED) if one.subject_id == appointment.id)
        sorry.append("We are sorry. We will send you a new date." in render(desk.session, notice).text)

    assert sorry == [True, False]


def told(desk: Desk, appointment: Appointment) -> tuple[Notice, Message]:
    notice = send_confirmation(desk.session, desk.actor, appointment.id)[0]
    return notice, render(desk.session, notice)


def render(session: Session, notice: Notice) -> Message:
    message = RENDERERS[notice.kind](session, ADDRESSES, notice)
    assert message is not None
    return message


def notices(session: Session, kind: str) -> list[Notice]:
    return [one for one in session.query(Notice).order_by(Notice.created_at, Notice.id) if one.kind == kind]


def go(session: Session, sent: list[Notice]) -> None:
    for notice in sent:
        notice.state = type(notice.state).SENT
    session.flush()
