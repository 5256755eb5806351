"""Feeds over HTTP: what calendar programs are given, and what they are not."""

from datetime import UTC, timedelta
from typing import Any

import pytest
import vobject
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.models import Membership
from cartref.appointments.models import Appointment
from cartref.audit.models import AuditEntry
from cartref.calendars.models import CalendarFeed, FeedScope
from cartref.clinics.models import SitePresenter
from cartref.errors import Forbidden, NotFound
from tests.cartref.appointments.conftest import Desk
from tests.cartref.calendars.conftest import colleague_with_times, subscribe


def test_a_feed_is_read_back_by_another_parser(client: FlaskClient, desk: Desk) -> None:
    first = desk.book(0)
    desk.book(3, patient=1)
    _, token = subscribe(desk)

    answer = client.get(f"/c/{token}.ics")

    calendar: Any = vobject.readOne(answer.text)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert calendar.vevent.uid.value == first.uid
    assert [found.dtstart.value.astimezone(UTC) for found in calendar.vevent_list] == [
        desk.slot(0).starts_at, desk.slot(3).starts_at,
    ]  # fmt: skip


def test_a_feed_names_no_patient_and_no_bearer_link(client: FlaskClient, desk: Desk) -> None:
    patient = desk.book(0, carer_ids=[desk.world.carer.id]).patient
    _, token = subscribe(desk)

    text = client.get(f"/c/{token}.ics").text.replace("\r\n ", "")

    secrets = (patient.family_name, patient.given_name, patient.nhs_number, "1939", patient.postcode, "/v/", "ATTENDEE")
    assert [secret for secret in secrets if str(secret) in text] == []
    assert "Video appointment – Glan Llyn clinic" in text


def test_a_feed_comes_in_the_subscribers_language(client: FlaskClient, desk: Desk) -> None:
    desk.book(0)
    _, token = subscribe(desk, language="cy")

    assert "SUMMARY:Apwyntiad fideo – Clinig Glan Llyn" in client.get(f"/c/{token}.ics").text.replace("\r\n ", "")


def test_a_feed_may_be_kept_a_quarter_of_an_hour_by_its_reader_alone(client: FlaskClient, desk: Desk) -> None:
    _, token = subscribe(desk)

    answer = client.get(f"/c/{token}.ics")

    assert answer.headers["Cache-Control"] == "private, max-age=900"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "Last-Modified" in answer.headers
    assert answer.headers["ETag"].startswith('"')
    assert "Set-Cookie" not in answer.headers


def test_what_has_not_changed_is_not_sent_again_nor_even_read(client: FlaskClient, desk: Desk) -> None:
    desk.book(0)
    _, token = subscribe(desk)
    tag = client.get(f"/c/{token}.ics").headers["ETag"]

    statements: list[str] = []

    def note(*told: Any) -> None:
        statements.append(told[2])

    event.listen(Engine, "before_cursor_execute", note)
    answer = client.get(f"/c/{token}.ics", headers={"If-None-Match": f'"something-else", {tag}'})
    event.remove(Engine, "before_cursor_execute", note)

    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == tag
    assert not any("event_bytes" in statement for statement in statements)


@pytest.mark.parametrize("change", ["book", "move", "cancel", "next day"])
def test_every_change_makes_another_tag(client: FlaskClient, desk: Desk, change: str, today: Any) -> None:
    appointment = desk.book(0)
    _, token = subscribe(desk)
    tag = client.get(f"/c/{token}.ics").headers["ETag"]

    if change == "book":
        desk.book(5, patient=1)
    elif change == "move":
        desk.move(appointment, 6)
    elif change == "cancel":
        desk.cancel(appointment)
    else:
        today.shift(timedelta(days=1))
    desk.session.commit()

    answer = client.get(f"/c/{token}.ics", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert answer.headers["ETag"] != tag


def test_a_head_request_is_answered_without_a_body(client: FlaskClient, desk: Desk) -> None:
    _, token = subscribe(desk)

    answer = client.head(f"/c/{token}.ics")

    assert (answer.status_code, answer.data) == (200, b"")
    assert "ETag" in answer.headers


def test_a_cancelled_event_says_so_for_thirty_days_and_is_then_gone(
    client: FlaskClient, desk: Desk, today: Any
) -> None:
    desk.cancel(desk.book(0))
    _, token = subscribe(desk)

    assert "STATUS:CANCELLED" in client.get(f"/c/{token}.ics").text
    today.shift(timedelta(days=31))
    assert "BEGIN:VEVENT" not in client.get(f"/c/{token}.ics").text


def test_what_is_long_over_or_far_off_is_left_out(client: FlaskClient, desk: Desk, today: Any) -> None:
    starts_at = desk.book(0).starts_at
    _, token = subscribe(desk)

    for days, shown in ((29, True), (31, False), (-179, True), (-181, False)):
        today.move_to(starts_at + timedelta(days=days))
        assert ("BEGIN:VEVENT" in client.get(f"/c/{token}.ics").text) is shown


def test_unknown_and_ended_feeds_are_answered_alike(client: FlaskClient, desk: Desk) -> None:
    feed, token = subscribe(desk)
    _end(desk, feed)

    unknown, ended = client.get("/c/nothing.ics"), client.get(f"/c/{token}.ics")

    assert (unknown.status_code, unknown.data) == (404, b"")
    assert (ended.status_code, ended.data) == (404, b"")
    assert _told(unknown) == _told(ended)
    assert "Set-Cookie" not in ended.headers


def test_a_feed_dies_with_its_owners_membership(client: FlaskClient, desk: Desk) -> None:
    _, token = subscribe(desk)

    membership = desk.session.query(Membership).filter_by(staff_id=desk.world.staff["clinician"].id).one()
    membership.ended_at = clock.now()
    desk.session.commit()

    assert client.get(f"/c/{token}.ics").status_code == 404


def test_a_feed_dies_when_its_owner_leaves(client: FlaskClient, desk: Desk) -> None:
    _, token = subscribe(desk)

    desk.world.staff["clinician"].left_at = clock.now()
    desk.session.commit()

    assert client.get(f"/c/{token}.ics").status_code == 404


def test_a_clinics_feed_shows_the_clinic_and_no_other(client: FlaskClient, desk: Desk, other_desk: Desk) -> None:
    mine = desk.book(0)
    other = other_desk.book(
        slot_id=other_desk.slot(0, desk.world.other_session).id, patient_id=desk.world.other_patient.id
    )
    _, token = subscribe(desk, "admin", scope=FeedScope.CLINIC, scope_id=desk.world.clinic.id)

    text = client.get(f"/c/{token}.ics?clinic={desk.world.other_clinic.id}").text

    assert mine.uid in text
    assert other.uid not in text


def test_a_reader_is_noted_once_an_hour(client: FlaskClient, desk: Desk, today: Any) -> None:
    feed, token = subscribe(desk)

    client.get(f"/c/{token}.ics")
    first = _used_at(desk.session, feed)
    client.get(f"/c/{token}.ics")
    assert _used_at(desk.session, feed) == first

    today.shift(timedelta(hours=2))
    client.get(f"/c/{token}.ics")
    assert _used_at(desk.session, feed) > first


def test_nobody_subscribes_to_another_services_calendar(desk: Desk) -> None:
    for scope, scope_id in (
        (FeedScope.CLINIC, desk.world.other_clinic.id),
        (FeedScope.CLINICIAN, desk.world.staff["other_clinician"].id),
        (FeedScope.CLINICIAN, desk.world.staff["presenter"].id),
    ):
        with pytest.raises(NotFound):
            subscribe(desk, scope=scope, scope_id=scope_id)


def test_who_may_not_read_calendars_does_not_subscribe(desk: Desk) -> None:
    with pytest.raises(Forbidden):
        subscribe(desk, "privacy")


@pytest.mark.parametrize("scope", [FeedScope.SITE, FeedScope.ROOM, FeedScope.SERVICE])
def test_a_place_a_room_and_the_whole_service_have_their_own_feeds(
    client: FlaskClient, desk: Desk, other_desk: Desk, scope: FeedScope
) -> None:
    at_site, at_home = desk.book(0, **desk.at_site()), desk.book(3, patient=1)
    slot = other_desk.slot(5, desk.world.other_session)
    elsewhere = other_desk.book(
        slot_id=slot.id, patient_id=desk.world.other_patient.id,
        **desk.at_site() | {"presenter_id": desk.world.staff["other_presenter"].id},
    )  # fmt: skip
    ids = {
        FeedScope.SITE: desk.world.spoke.id, FeedScope.ROOM: desk.world.room.id,
        FeedScope.SERVICE: desk.world.service.id,
    }  # fmt: skip
    _, token = subscribe(desk, "admin", scope=scope, scope_id=ids[scope])

    text = _unfolded(client.get(f"/c/{token}.ics").text)

    assert at_site.uid in text
    assert (at_home.uid in text) is (scope is FeedScope.SERVICE)
    assert elsewhere.uid not in text  # another service's visit in the same room is not ours to show
    assert "Elderly care" not in text


def test_a_presenter_subscribes_to_her_own_places_alone(desk: Desk) -> None:
    subscribe(desk, "presenter", scope=FeedScope.SITE, scope_id=desk.world.spoke.id)
    subscribe(desk, "presenter", scope=FeedScope.ROOM, scope_id=desk.world.room.id)

    for scope, scope_id in (
        (FeedScope.SITE, desk.world.hub.id),
        (FeedScope.SERVICE, desk.world.service.id),
        (FeedScope.CLINIC, desk.world.clinic.id),
        (FeedScope.CLINICIAN, desk.world.staff["clinician"].id),
    ):
        with pytest.raises(NotFound):
            subscribe(desk, "presenter", scope=scope, scope_id=scope_id)


def test_a_presenters_feed_dies_when_she_leaves_the_place(client: FlaskClient, desk: Desk) -> None:
    _, token = subscribe(desk, "presenter", scope=FeedScope.SITE, scope_id=desk.world.spoke.id)
    assert client.get(f"/c/{token}.ics").status_code == 200

    desk.session.query(SitePresenter).filter_by(staff_id=desk.world.staff["presenter"].id).delete()
    desk.session.commit()

    assert client.get(f"/c/{token}.ics").status_code == 404


def test_an_appointment_that_goes_to_a_colleague_leaves_one_feed_and_enters_the_other(
    client: FlaskClient, desk: Desk
) -> None:
    colleague, sitting = colleague_with_times(desk)
    appointment = desk.book(0)
    _, hers = subscribe(desk)
    _, theirs = subscribe(desk, scope_id=colleague.id)
    tags = [client.get(f"/c/{token}.ics").headers["ETag"] for token in (hers, theirs)]

    desk.move(appointment, 0, slot_id=desk.slot(0, sitting).id)
    desk.session.commit()

    before, after = (client.get(f"/c/{token}.ics") for token in (hers, theirs))
    assert (appointment.uid in before.text, appointment.uid in after.text) == (False, True)
    assert [before.headers["ETag"] != tags[0], after.headers["ETag"] != tags[1]] == [True, True]


def test_a_time_that_is_only_held_is_in_no_feed(client: FlaskClient, desk: Desk) -> None:
    held = desk.book(0, held_until=clock.now() + timedelta(hours=1))
    _, token = subscribe(desk)

    assert "BEGIN:VEVENT" not in client.get(f"/c/{token}.ics").text
    desk.cancel(held, "not-wanted")
    desk.session.commit()
    assert "BEGIN:VEVENT" not in client.get(f"/c/{token}.ics").text


def test_a_long_feed_comes_in_handfuls_and_whole(client: FlaskClient, desk: Desk) -> None:
    booked = desk.book(0)
    for number in range(200):
        copy = {column.key: getattr(booked, column.key) for column in Appointment.__table__.columns}
        event_bytes = booked.event_bytes.replace(booked.uid.encode(), f"{number}@clinic.example.org".encode())
        desk.session.add(
            Appointment(
                **copy | {"id": f"{number:024}", "uid": f"{number}@clinic.example.org", "idempotency_key": str(number),
                "event_bytes": event_bytes},
            )
        )  # fmt: skip
    _, token = subscribe(desk)

    answer = client.get(f"/c/{token}.ics")

    assert len(list(vobject.readOne(answer.text).vevent_list)) == 201
    assert answer.text.endswith("END:VCALENDAR\r\n")


def test_nobody_ends_somebody_elses_subscription(desk: Desk) -> None:
    feed, _ = subscribe(desk)

    with pytest.raises(NotFound):
        _end(desk, feed, "admin")


def test_the_token_is_not_kept(desk: Desk) -> None:
    feed, token = subscribe(desk)

    kept = {str(getattr(feed, column.key)) for column in CalendarFeed.__table__.columns}
    told = [entry.details for entry in desk.session.query(AuditEntry).filter_by(action="calendar.created")]
    assert token not in kept
    assert told == [{"scope": "clinician", "scope_id": desk.world.staff["clinician"].id}]


def _end(desk: Desk, feed: CalendarFeed, name: str = "clinician") -> None:
    from cartref.calendars import service

    service.revoke_feed(desk.session, desk.world.actor(name), feed.id)
    desk.session.commit()


def _used_at(session: Session, feed: CalendarFeed) -> Any:
    session.expire_all()
    found = feed.used_at
    session.rollback()  # on SQLite even reading holds the file for itself
    return found


def _unfolded(text: str) -> str:
    return text.replace("\r\n ", "")


def _told(answer: Any) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "Content-Security-Policy"}
