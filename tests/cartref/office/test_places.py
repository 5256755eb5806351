"""The clerk adds a place with its rooms and presenters, so that visits can be booked there."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.clinics.models import Room, Site, SitePresenter
from tests.cartref.office.booking import look
from tests.factories import World

SignIn = Callable[..., FlaskClient]


def test_a_place_is_added_with_a_room_and_a_presenter(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")

    made = clerk.post("/places/new", data={"name": "Ysbyty Traeth Bach", "kind": "community-hospital"})
    room = clerk.post(f"{made.location}/rooms", data={"name": "Room 2"})
    presenter = clerk.post(f"{made.location}/presenters", data={"staff_id": world.staff["presenter"].id})

    assert made.status_code == room.status_code == presenter.status_code == 303
    (site,) = look(session, select(Site).where(Site.name == "Ysbyty Traeth Bach"))
    page = clerk.get(f"/places/{site.id}").text
    assert "Room 2" in page
    assert "Presenter Prydderch" in page
    assert "Ysbyty Traeth Bach" in clerk.get("/places").text
    assert [found.site_id for found in look(session, select(Room).where(Room.name == "Room 2"))] == [site.id]


def test_a_room_without_a_name_or_with_one_in_use_is_refused(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")

    nameless = clerk.post(f"/places/{world.spoke.id}/rooms", data={"name": " "})
    twice = clerk.post(f"/places/{world.spoke.id}/rooms", data={"name": "Video room 1"})

    assert nameless.status_code == twice.status_code == 422
    assert "Enter a name" in nameless.text
    assert "That name is in use already. Choose another one." in twice.text
    assert 'value="Video room 1"' in twice.text


def test_only_presenters_of_the_service_are_placed(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")
    before = len(look(session, select(SitePresenter)))

    for name in ("clinician", "other_presenter"):
        answer = clerk.post(f"/places/{world.hub.id}/presenters", data={"staff_id": world.staff[name].id})
        assert answer.status_code == 422

    assert len(look(session, select(SitePresenter))) == before


def test_a_place_that_the_service_does_not_use_is_not_found(sign_in: SignIn) -> None:
    clerk = sign_in("admin")

    assert clerk.get(f"/places/{'f' * 24}").status_code == 404
    assert clerk.post(f"/places/{'f' * 24}/rooms", data={"name": "Room"}).status_code == 404


def test_who_only_reads_adds_nothing(sign_in: SignIn, world: World) -> None:
    clinician = sign_in("clinician")

    assert "Add the room" not in clinician.get(f"/places/{world.spoke.id}").text
    assert clinician.post(f"/places/{world.spoke.id}/rooms", data={"name": "Room"}).status_code == 403
