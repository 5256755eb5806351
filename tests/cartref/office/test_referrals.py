"""The clerk records a referral, sees how long the patient has waited, and changes and closes it."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.audit.models import AuditEntry
from cartref.referrals import service
from cartref.referrals.models import ClockTick, EntryStatus, Priority, Referral, TickKind, WaitingEntry
from tests.cartref.office.booking import look, now
from tests.factories import World, make_referral

SignIn = Callable[..., FlaskClient]
TYPED = {
    "received_on-day": "24", "received_on-month": "8", "received_on-year": "2026", "source": "gp",
    "referrer": "Dr Llinos Cadwaladr", "priority": "urgent", "clinic_id": "", "reason": "Falls.\r\nTwo this month.",
}  # fmt: skip


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Let it be Monday 30 November 2026, 14 weeks after the referral was received."""
    with time_machine.travel(datetime(2026, 11, 30, 10, tzinfo=UTC)):
        yield


def referred(session: Session, world: World, received_on: date = date(2026, 8, 24)) -> Referral:
    made = make_referral(session, world, received_on=received_on)
    session.commit()
    return made


def clock(kind: str, day: str = "23", reason: str = "She is with her sister") -> dict[str, str]:
    return {"kind": kind, "reason": reason, "on-day": day, "on-month": "11", "on-year": "2026"}


def test_a_clerk_records_a_referral_and_sees_the_weeks(sign_in: SignIn, session: Session, world: World) -> None:
    clerk, patient = sign_in("admin"), world.patients[0]

    answer = clerk.post(f"/referrals/new?patient_id={patient.id}", data=TYPED)

    made = look(session, select(Referral))[0]
    assert (answer.status_code, answer.location) == (303, f"/referrals/{made.id}")
    assert (made.priority, made.reason, made.clinic_id) == (Priority.URGENT, "Falls.\nTwo this month.", None)
    page = clerk.get(answer.location).text
    assert "14 weeks of 26" in page
    assert "26 weeks are over on 22 February 2027" in page
    assert "Dr Llinos Cadwaladr" in page
    assert "14 weeks of 26" in clerk.get(f"/patients/{patient.id}").text
    assert "14 wythnos o 26" in clerk.get(f"/patients/{patient.id}?lang=cy", follow_redirects=True).text


def test_an_open_referral_is_shown_before_another_is_recorded_and_keeps_nobody_from_it(
    sign_in: SignIn, session: Session, world: World
) -> None:
    clerk, address = sign_in("admin"), f"/referrals/new?patient_id={world.patients[0].id}"
    before = clerk.get(address).text
    first = referred(session, world)

    page = clerk.get(address).text
    answer = clerk.post(address, data=TYPED)

    assert "The patient has 1 open referral already" not in before
    assert "The patient has 1 open referral already" in page
    assert f'href="/referrals/{first.id}"' in page
    assert answer.status_code == 303
    assert "The patient has another open referral." in clerk.get(answer.location).text
    assert len(look(session, select(Referral))) == 2


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept(
    sign_in: SignIn, session: Session, world: World
) -> None:
    clerk, url = sign_in("admin"), f"/referrals/new?patient_id={world.patients[0].id}"

    empty = clerk.post(url, data={})
    late = clerk.post(url, data=TYPED | {"received_on-year": "2027"})

    assert empty.status_code == late.status_code == 422
    for words in ("Enter the day, the month and the year", "Choose who refers the patient", "Choose how soon"):
        assert words in empty.text
    assert "Enter a day on which the referral can have come, not after today" in late.text
    assert 'value="Dr Llinos Cadwaladr"' in late.text
    assert "Two this month." in late.text
    assert look(session, select(Referral)) == []


def test_without_a_patient_one_is_looked_for_first(sign_in: SignIn) -> None:
    clerk = sign_in("admin")

    assert clerk.get("/referrals/new").location == clerk.get("/waiting-list/new-review").location == "/patients"


def test_a_clerk_pauses_the_waiting_time_and_takes_it_back(sign_in: SignIn, session: Session, world: World) -> None:
    made, clerk = referred(session, world), sign_in("admin")

    clerk.post(f"/referrals/{made.id}/clock", data=clock("pause"))
    paused = clerk.get(f"/referrals/{made.id}").text
    tick = look(session, select(ClockTick).where(ClockTick.kind == TickKind.PAUSE))[0]
    clerk.post(f"/referrals/{made.id}/clock/{tick.id}/take-back")

    assert "13 weeks of 26, paused" in paused
    assert "She is with her sister" in paused
    assert "Admin Prydderch" in paused
    assert "14 weeks of 26<" in re.sub(r"\s+<", "<", clerk.get(f"/referrals/{made.id}").text)


def test_a_change_of_the_clock_without_a_reason_or_of_no_kind_is_refused_in_place(
    sign_in: SignIn, session: Session, world: World
) -> None:
    made, clerk = referred(session, world), sign_in("admin")

    silent = clerk.post(f"/referrals/{made.id}/clock", data=clock("pause", reason=""))
    early = clerk.post(f"/referrals/{made.id}/clock", data=clock("stop") | {"on-month": "1"})
    absurd = clerk.post(f"/referrals/{made.id}/clock", data=clock("resume"))
    nothing = clerk.post(f"/referrals/{made.id}/clock", data=clock("rubbish"))

    assert {answer.status_code for answer in (silent, early, absurd, nothing)} == {422}
    assert "Say why" in silent.text
    assert 'value="23"' in silent.text
    assert "Enter a day that is not after today, and not before what happened last" in early.text
    assert "She is with her sister" in early.text
    assert len(look(session, select(ClockTick))) == 1


def test_a_missed_target_is_told_in_words(sign_in: SignIn, session: Session, world: World) -> None:
    made = referred(session, world, date(2026, 5, 4))

    page = sign_in("admin").get(f"/referrals/{made.id}").text

    assert "30 weeks: the target of 26 is missed" in page
    assert "The target was missed on 2 November 2026" in page


def test_two_clerks_who_change_one_referral_are_shown_both_versions(
    sign_in: SignIn, session: Session, world: World
) -> None:
    made, clerk = referred(session, world), sign_in("admin")
    seen = made.version
    mine = TYPED | {"version": str(seen), "referrer": "Dr Mine"}
    clerk.post(f"/referrals/{made.id}/edit", data=TYPED | {"version": str(seen), "referrer": "Dr Theirs"})

    refused = clerk.post(f"/referrals/{made.id}/edit", data=mine)
    again = clerk.post(f"/referrals/{made.id}/edit", data=mine | {"version": str(now(session, made).version)})

    assert refused.status_code == 422
    assert re.findall(r'name="keep-(\w+)" value="typed"', refused.text) == ["referrer"]
    assert re.findall(r'class="both__text">(.*?)</span>', refused.text) == ["Dr Mine", "Dr Theirs"]
    assert "Saved meanwhile by Admin Prydderch" in refused.text
    assert 'value="Dr Mine"' in refused.text
    assert again.status_code == 303
    assert now(session, made).referrer == "Dr Mine"


def test_a_clerk_closes_a_referral_and_opens_it_again(sign_in: SignIn, session: Session, world: World) -> None:
    made, clerk = referred(session, world), sign_in("admin")

    silent = clerk.post(f"/referrals/{made.id}/close", data={"version": str(made.version)})
    clerk.post(f"/referrals/{made.id}/close", data={"version": str(made.version), "reason": "not-wanted"})
    closed = clerk.get(f"/referrals/{made.id}").text
    waiting = look(session, select(WaitingEntry.status))
    clerk.post(f"/referrals/{made.id}/reopen")

    assert silent.status_code == 422
    assert "Choose a reason" in silent.text
    assert "Closed on 30 November 2026. Reason: The patient does not want to be seen" in closed
    assert "Stopped after 14 weeks" in closed
    assert waiting == [EntryStatus.REMOVED]
    assert now(session, made).open


def test_a_recorded_death_ends_what_waits_and_a_mistake_gives_it_back(
    sign_in: SignIn, session: Session, world: World
) -> None:
    made, clerk = referred(session, world), sign_in("admin")
    died = {"deceased_on-day": "29", "deceased_on-month": "11", "deceased_on-year": "2026"}

    clerk.post(f"/patients/{made.patient_id}/death", data=died)
    page, ended = clerk.get(f"/patients/{made.patient_id}").text, look(session, select(WaitingEntry.status))
    clerk.post(f"/patients/{made.patient_id}/death/withdraw")

    assert ended == [EntryStatus.REMOVED]
    assert "/referrals/new" not in page
    assert look(session, select(WaitingEntry.status)) == [EntryStatus.WAITING]
    assert now(session, made).open


def test_a_clinician_reads_a_referral_and_changes_nothing(sign_in: SignIn, session: Session, world: World) -> None:
    made, doctor = referred(session, world), sign_in("clinician")

    page = doctor.get(f"/referrals/{made.id}")

    assert page.status_code == 200
    assert f"/referrals/{made.id}/edit" not in page.text
    assert f"/referrals/{made.id}/clock" not in page.text
    assert look(session, select(AuditEntry.action).where(AuditEntry.action == "referral.read")) == ["referral.read"]


def test_a_closed_referral_says_so_on_the_patients_page(sign_in: SignIn, session: Session, world: World) -> None:
    made = referred(session, world)
    service.close(session, world.actor("admin"), made.id, version=made.version, reason="treated")
    session.commit()

    page = sign_in("admin").get(f"/patients/{made.patient_id}").text

    assert "Closed" in page
    assert "Stopped after 14 weeks" in page
    assert "Nothing is to be booked." in page
