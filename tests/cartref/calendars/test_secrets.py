"""Nobody's identity in any calendar text, whoever the people and whatever the clinic."""

import re
from collections.abc import Iterator

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cartref import clock
from cartref.appointments import events
from cartref.appointments.models import Appointment, Mode
from cartref.calendars import inviting, messages, rendering
from cartref.calendars.models import CalendarFeed, FeedScope, Invitation
from cartref.calendars.queries import Window
from cartref.calendars.scopes import scope_of
from cartref.notifications.models import Channel, Notice
from cartref.patients.models import VisitWishes
from tests.cartref.appointments.conftest import ADDRESSES, Desk

# Words that no calendar text of ours contains by itself, so that finding one is finding the patient.
letters = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x4FFF), min_size=2, max_size=8)
FIELDS = (
    "given_name", "family_name", "preferred_name", "title", "address", "postcode", "gp_practice", "hearing_need",
    "memory_need", "safe_contact", "hospital_number",
)  # fmt: skip
people = st.fixed_dictionaries(dict.fromkeys(FIELDS, letters))
digits = st.from_regex(r"999[0-9]{7}", fullmatch=True)
# Random names of rows may hold any four digits.
AN_ID = re.compile(r"[0-9a-f]{24}")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people, digits, letters, st.sampled_from(Mode), st.sampled_from(["en", "cy"]))
def test_no_calendar_text_says_who_the_patient_is_or_what_the_clinic_is_for(
    desk: Desk, person: dict[str, str], number: str, speciality: str, mode: Mode, language: str
) -> None:
    patient, clinic = desk.world.patients[0], desk.world.clinic
    appointment = _appointment(desk)
    for name, value in person.items():
        setattr(patient, name, value[: _longest(name)])
    patient.nhs_number, patient.telephone, patient.language = number, number, language
    clinic.name = desk.world.service.name_en = desk.world.service.name_cy = speciality
    desk.world.carer.given_name = person["given_name"]
    appointment.mode, appointment.mode_reason, appointment.overbook_reason = mode, speciality, speciality
    events.write(appointment, ADDRESSES.public_url)
    desk.session.flush()

    secrets = {*(value[: _longest(name)] for name, value in person.items()), number, speciality}
    secrets |= {f"{number[:3]} {number[3:6]} {number[6:]}", "1939", "/v/", "eluned@example.org"}
    for text in _texts(desk, language):
        told = AN_ID.sub("", text)
        assert [secret for secret in secrets if secret in told] == []


def _appointment(desk: Desk) -> Appointment:
    """Return the one appointment of the test, at a site with a carer; hypothesis keeps the database."""
    desk.session.rollback()
    desk.session.add(VisitWishes(patient_id=desk.world.patients[0].id, wants_invitation=True, updated_at=clock.now()))
    desk.world.carer.wants_invitation = desk.world.staff["clinician"].wants_invitations = True
    return desk.book(0, carer_ids=[desk.world.carer.id], **desk.at_site())


def _texts(desk: Desk, language: str) -> Iterator[str]:
    for scope, scope_id in (
        (FeedScope.CLINICIAN, desk.world.staff["clinician"].id),
        (FeedScope.CLINIC, desk.world.clinic.id),
        (FeedScope.SITE, desk.world.spoke.id),
        (FeedScope.ROOM, desk.world.room.id),
        (FeedScope.SERVICE, desk.world.service.id),
    ):
        feed = CalendarFeed(service_id=desk.world.service.id, scope=scope, scope_id=scope_id, language=language)
        pieces = rendering.feed_ics(desk.session, scope_of(desk.session, feed), Window.now(), language=language)
        yield _unfolded(b"".join(pieces))
    inviting.look(desk.session)
    invitations = desk.session.query(Invitation).all()
    assert len(invitations) == 3
    for notice in desk.session.query(Notice).filter_by(kind=inviting.KIND, channel=Channel.EMAIL):
        message = messages.render(desk.session, ADDRESSES, notice)
        assert message is not None
        assert message.calendar is not None
        own = message.to  # she is told nothing by her own address
        yield _unfolded(message.calendar).replace(own, "")
        yield message.text + message.subject + (message.html or "")
    appointment = desk.session.get_one(Appointment, invitations[0].appointment_id)
    yield _unfolded(rendering.one_ics(appointment, language, ""))


def _longest(name: str) -> int:
    return 8 if name == "postcode" else 16


def _unfolded(content: bytes) -> str:
    return content.replace(b"\r\n ", b"").decode()
