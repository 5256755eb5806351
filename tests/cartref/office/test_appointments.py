"""After booking: the links, the confirmation, moving, cancelling."""

from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments.models import Appointment, AppointmentStatus, Mode
from cartref.clinics.models import Slot, SlotState
from cartref.links.models import Link
from cartref.notifications.models import Call, Notice
from tests.cartref.office.booking import ADDRESSES, book, look, now, slots
from tests.factories import World

SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def today() -> Any:
    """Let it be Monday 23 November 2026."""
    with time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=UTC)):
        yield


@pytest.fixture
def appointment(session: Session, world: World) -> Appointment:
    """Return a video visit at home for Eluned, with her daughter."""
    return book(session, world, slot=4, mode=Mode.VIDEO_HOME, carer_ids=(world.carer.id,))


def links(session: Session) -> list[Link]:
    """Return every link, the patient's first."""
    return sorted(look(session, select(Link)), key=lambda link: link.holder, reverse=True)


def page_of(clerk: FlaskClient, appointment: Appointment) -> str:
    """Return the text of an appointment's page."""
    return unescape(clerk.get(f"/appointments/{appointment.id}").text)


def test_the_page_has_a_link_for_the_patient_and_one_for_the_carer(
    sign_in: SignIn, session: Session, appointment: Appointment
) -> None:
    page = page_of(sign_in("admin"), appointment)

    for link in links(session):
        assert ADDRESSES.url(link) in page
    assert "Catrin Parry" in page
    assert "Booked by Admin Prydderch" in page


def test_whoever_may_not_book_sees_no_link(sign_in: SignIn, session: Session, appointment: Appointment) -> None:
    page = page_of(sign_in("clinician"), appointment)

    assert "Mrs Eluned Parry" in page
    assert "/v/" not in page


def test_the_letter_is_in_the_language_of_its_reader(
    sign_in: SignIn, session: Session, appointment: Appointment
) -> None:
    clerk = sign_in("admin")
    hers, carers = links(session)

    welsh = clerk.get(f"/appointments/{appointment.id}/link").text
    english = clerk.get(f"/appointments/{appointment.id}/link?link_id={carers.id}").text

    assert "Annwyl Mrs Eluned Parry" in welsh
    assert 'lang="cy"' in welsh
    assert "ddydd Mawrth 8 Rhagfyr 2026" in welsh
    assert ADDRESSES.url(hers) in welsh
    assert "<svg" in welsh
    assert "style=" not in welsh
    assert "Dear Catrin Parry" in english
    assert ADDRESSES.url(carers) in english


def test_a_telephone_appointment_has_a_letter_without_a_link(sign_in: SignIn, session: Session, world: World) -> None:
    by_telephone = book(session, world, patient=1)

    letter = sign_in("admin").get(f"/appointments/{by_telephone.id}/link").text

    assert "will ring you on Tuesday 8 December 2026 at 9am." in letter
    assert "/v/" not in letter


def test_a_new_link_shuts_out_the_old_one(sign_in: SignIn, session: Session, appointment: Appointment) -> None:
    clerk = sign_in("admin")
    hers = links(session)[0]
    old = ADDRESSES.url(hers)

    answer = clerk.post(f"/appointments/{appointment.id}/links/{hers.id}/reissue")

    page = page_of(clerk, appointment)
    assert answer.status_code == 303
    assert old not in page
    assert ADDRESSES.url(now(session, hers)) in page


def test_a_locked_link_is_unlocked_in_one_press(sign_in: SignIn, session: Session, appointment: Appointment) -> None:
    clerk = sign_in("admin")
    hers = links(session)[0]
    hers.tries, hers.locked_at = 5, datetime(2026, 11, 23, 9, tzinfo=UTC)
    session.commit()

    locked = page_of(clerk, appointment)
    clerk.post(f"/appointments/{appointment.id}/links/{hers.id}/unlock")

    assert "Locked: the date of birth was wrong 5 times." in locked
    assert now(session, hers).locked_at is None


def test_the_confirmation_says_to_whom_it_goes(
    sign_in: SignIn, session: Session, world: World, appointment: Appointment
) -> None:
    clerk = sign_in("admin")

    clerk.post(f"/appointments/{appointment.id}/confirmation")

    page = page_of(clerk, appointment)
    assert "Mrs Eluned Parry: The confirmation goes by e-mail." in page
    assert "Catrin Parry: The confirmation goes by e-mail." in page
    assert "On its way: Confirmation, by e-mail, Mrs Eluned Parry" in page
    assert {notice.recipient_id for notice in look(session, select(Notice))} == {world.patients[0].id, world.carer.id}


def test_the_page_says_by_which_way_each_person_is_told(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")
    world.patients[1].email = ""
    session.commit()
    hers = book(session, world, patient=1)

    page = page_of(clerk, hers)

    assert '<span class="strong">Mrs Hywel Parry</span>: by letter' in page
    assert look(session, select(Notice)) == []


def test_whom_no_message_may_reach_a_colleague_rings(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")
    world.patients[1].email = world.patients[1].address = ""
    world.patients[1].telephone = "01632 960555"
    session.commit()
    hers = book(session, world, patient=1)

    before = page_of(clerk, hers)
    clerk.post(f"/appointments/{hers.id}/confirmation")

    assert "No e-mail address or mobile with consent: telephone 01632 960555." in before
    assert look(session, select(Notice)) == []
    (line,) = look(session, select(Call))
    assert (line.reason, line.recipient_id) == ("no-way-to-tell", world.patients[1].id)


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({"telephone": "", "mobile": ""}, "and no telephone number. Ask the GP surgery or the family for one."),
        ({"telephone_consent": False}, "and no consent to telephone. Ask the patient how to make contact."),
    ],
)
def test_who_can_not_be_rung_either_is_said_with_what_to_do(
    sign_in: SignIn, session: Session, world: World, details: dict[str, Any], said: str
) -> None:
    for name, value in ({"email": "", "address": ""} | details).items():
        setattr(world.patients[1], name, value)
    session.commit()

    assert said in page_of(sign_in("admin"), book(session, world, patient=1))


def test_a_carer_whom_nothing_reaches_is_not_told(sign_in: SignIn, session: Session, world: World) -> None:
    world.carer.email, world.carer.telephone = "", "01632 960556"
    session.commit()

    page = page_of(sign_in("admin"), book(session, world))

    assert "No e-mail address or mobile is written down. The patient is told, this person is not." in page


def test_nobody_is_told_who_does_not_want_it(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")
    world.patients[1].do_not_contact = True
    session.commit()

    page = page_of(clerk, book(session, world, patient=1))

    assert "The patient does not want to be contacted." in page
    assert "Send the confirmation" not in page


def test_moving_keeps_the_link_and_frees_the_old_time(
    sign_in: SignIn, session: Session, world: World, appointment: Appointment
) -> None:
    clerk = sign_in("admin")
    old, new = slots(session, world.clinic_session)[4], slots(session, world.clinic_session)[7]
    address = ADDRESSES.url(links(session)[0])

    offered = clerk.get(f"/appointments/{appointment.id}/move").text
    answer = clerk.post(
        f"/appointments/{appointment.id}/move", data={"version": str(appointment.version), "slot_id": new.id}
    )

    assert f'value="{new.id}"' in offered
    assert answer.status_code == 303
    page = page_of(clerk, appointment)
    assert "Tuesday 8 December 2026, 11:20am" in page
    assert "Moved. The time before: Tuesday 8 December 2026, 10:20am" in page
    assert address in page
    assert now(session, old).state is SlotState.FREE


def test_moving_to_a_time_that_is_gone_shows_the_free_ones(
    sign_in: SignIn, session: Session, world: World, appointment: Appointment
) -> None:
    clerk = sign_in("admin")
    book(session, world, slot=7, patient=1)
    gone = slots(session, world.clinic_session)[7]

    page = clerk.post(
        f"/appointments/{appointment.id}/move", data={"version": str(appointment.version), "slot_id": gone.id}
    )

    assert page.status_code == 422
    assert "Somebody else has just taken that time. Choose another one." in page.text
    assert f'value="{slots(session, world.clinic_session)[8].id}"' in page.text
    assert now(session, appointment).starts_at == datetime(2026, 12, 8, 10, 20, tzinfo=UTC)


def test_who_changes_what_somebody_else_has_moved_sees_both_times(
    sign_in: SignIn, session: Session, world: World, appointment: Appointment
) -> None:
    first, second = sign_in("admin"), sign_in("admin")
    seen = {"version": str(appointment.version), "seen": appointment.starts_at.isoformat()}
    new, other = slots(session, world.clinic_session)[7:9]

    first.post(f"/appointments/{appointment.id}/move", data=seen | {"slot_id": new.id})
    late = second.post(f"/appointments/{appointment.id}/move", data=seen | {"slot_id": other.id})
    cancelled = second.post(f"/appointments/{appointment.id}/cancel", data=seen | {"reason": "patient-unwell"})

    for page in (late, cancelled):
        assert page.status_code == 422
        assert "When you opened the page: Tuesday 8 December 2026, 10:20am" in page.text
        assert "Now: Tuesday 8 December 2026, 11:20am" in page.text
    assert now(session, appointment).live


def test_a_page_without_its_version_changes_nothing(
    sign_in: SignIn, session: Session, world: World, appointment: Appointment
) -> None:
    clerk = sign_in("admin")

    for version in ("", "one", "-1"):
        typed = {"version": version, "reason": "patient-unwell"}
        assert clerk.post(f"/appointments/{appointment.id}/cancel", data=typed).status_code == 422
    assert now(session, appointment).live


def test_cancelling_asks_for_a_reason_and_frees_the_time(
    sign_in: SignIn, session: Session, world: World, appointment: Appointment
) -> None:
    clerk = sign_in("admin")
    version = {"version": str(appointment.version)}

    without = clerk.post(f"/appointments/{appointment.id}/cancel", data=version)
    answer = clerk.post(f"/appointments/{appointment.id}/cancel", data=version | {"reason": "patient-unwell"})

    assert without.status_code == 422
    assert "Choose a reason" in without.text
    assert answer.status_code == 303
    assert now(session, appointment).status is AppointmentStatus.CANCELLED
    page = page_of(clerk, appointment)
    assert "Cancelled. Reason: The patient is too unwell" in page
    assert "These links let nobody in any more." in page
    assert clerk.get(f"/appointments/{appointment.id}/link").status_code == 409
    free = look(session, select(Slot).where(Slot.state == SlotState.FREE, Slot.session_id == world.clinic_session.id))
    assert len(free) == 12


def test_a_cancelled_appointment_can_not_be_moved(
    sign_in: SignIn, session: Session, world: World, appointment: Appointment
) -> None:
    clerk = sign_in("admin")
    clerk.post(
        f"/appointments/{appointment.id}/cancel",
        data={"version": str(appointment.version), "reason": "not-wanted"},
    )

    page = clerk.post(
        f"/appointments/{appointment.id}/move",
        data={
            "version": str(now(session, appointment).version),
            "slot_id": slots(session, world.clinic_session)[0].id,
        },
    )

    assert page.status_code == 422
    assert "This cannot be done any more." in page.text


def test_another_service_finds_none_of_it(sign_in: SignIn, session: Session, appointment: Appointment) -> None:
    stranger = sign_in("other_admin")
    link = links(session)[0].id

    for path in ("", "/move", "/cancel", "/link"):
        assert stranger.get(f"/appointments/{appointment.id}{path}").status_code == 404
    for path in ("/confirmation", "/move", "/cancel", f"/links/{link}/reissue", f"/links/{link}/unlock"):
        assert stranger.post(f"/appointments/{appointment.id}{path}").status_code == 404
    assert now(session, appointment).live


def test_a_link_of_another_visit_is_not_found_here(
    sign_in: SignIn, session: Session, world: World, appointment: Appointment
) -> None:
    clerk = sign_in("admin")
    other = book(session, world, slot=8, patient=1, mode=Mode.VIDEO_HOME)
    theirs = next(link for link in links(session) if link.visit_id == other.id)

    assert clerk.get(f"/appointments/{appointment.id}/link?link_id={theirs.id}").status_code == 404
    assert clerk.post(f"/appointments/{appointment.id}/links/{theirs.id}/reissue").status_code == 404
