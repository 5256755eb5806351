"""Setting up clinics and places."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from cartref.clinics import queries, service
from cartref.clinics.models import SiteKind
from cartref.errors import Forbidden, Invalid, NotFound
from tests.factories import World

DETAILS: dict[str, Any] = {
    "name": "Falls clinic", "public_name_en": "Bryn Heli clinic", "public_name_cy": "Clinig Bryn Heli",
    "contact_phone": "01632 960200", "contact_email": "falls@example.org", "slot_minutes": 30,
}  # fmt: skip


def test_a_new_clinic_belongs_to_the_service(session: Session, world: World) -> None:
    clinic = service.create_clinic(session, world.actor("admin"), **DETAILS)

    assert (clinic.service_id, clinic.slot_minutes, clinic.runs_in_order) == (world.service.id, 30, True)
    with pytest.raises(NotFound):
        queries.find(session, world.actor("other_admin"), clinic.id)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"public_name_cy": ""}, "public_name_cy"),
        ({"name": "Tuesday clinic"}, "name"),
        ({"slot_minutes": 4}, "slot_minutes"),
        ({"slot_minutes": 121}, "slot_minutes"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    session: Session, world: World, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        service.create_clinic(session, world.actor("admin"), **(DETAILS | change))

    assert refusal.value.field == field


def test_a_clinic_may_keep_its_name_when_it_changes(session: Session, world: World) -> None:
    clinic = service.create_clinic(session, world.actor("admin"), **DETAILS)

    service.change_clinic(session, world.actor("admin"), clinic.id, **(DETAILS | {"slot_minutes": 40}))

    assert clinic.slot_minutes == 40


def test_a_clinic_of_another_service_can_not_be_changed(session: Session, world: World) -> None:
    with pytest.raises(NotFound):
        service.change_clinic(session, world.actor("admin"), world.other_clinic.id, **DETAILS)


def test_only_staff_who_may_change_clinics_do(session: Session, world: World) -> None:
    with pytest.raises(Forbidden):
        service.create_clinic(session, world.actor("clinician"), **DETAILS)


def test_a_new_place_serves_its_service_until_another_uses_it_too(session: Session, world: World) -> None:
    site = service.add_site(session, world.actor("admin"), name="Cartref Gofal Nant", kind=SiteKind.CARE_HOME)
    assert site not in queries.sites(session, world.actor("other_admin"))

    service.use_site(session, world.actor("other_admin"), site.id)
    service.use_site(session, world.actor("other_admin"), site.id)

    assert list(queries.sites(session, world.actor("other_admin"))).count(site) == 1


def test_rooms_and_presenters_stand_at_their_place(session: Session, world: World) -> None:
    actor = world.actor("admin")
    site = service.add_site(session, actor, name="Cartref Gofal Nant", kind=SiteKind.CARE_HOME)
    room = service.add_room(session, actor, site.id, "Lounge")

    service.add_presenter(session, actor, site.id, world.staff["presenter"].id)

    assert list(queries.rooms(session, actor, site.id)) == [room]
    assert [placed.staff for placed in queries.presenters(session, actor, site.id)] == [world.staff["presenter"]]
    assert site in queries.sites_presented(session, world.actor("presenter"))
    with pytest.raises(service.NameTaken):
        service.add_room(session, actor, site.id, "Lounge")


def test_nobody_else_is_made_a_presenter(session: Session, world: World) -> None:
    for name in ("clinician", "other_presenter"):
        with pytest.raises(NotFound):
            service.add_presenter(session, world.actor("admin"), world.spoke.id, world.staff[name].id)
