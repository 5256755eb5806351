"""Staff and their roles, as the managers of a service change them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts import queries, service
from cartref.accounts.models import Membership, Role, Staff
from cartref.accounts.service import StaffDetails
from cartref.accounts.service.employing import (
    EmailInUse,
    LastManager,
    NobodyWithThatEmail,
    RolesMissing,
    WorksElsewhere,
)
from cartref.errors import Forbidden, NotFound, StaleVersion
from tests.factories import World

NEW = StaffDetails(email="Mair@Example.org ", given_name="Mair", family_name="Tegid", languages=("cy", "en"))


def details_of(staff: Staff, **changed: str) -> StaffDetails:
    kept = StaffDetails(email=staff.email, given_name=staff.given_name, family_name=staff.family_name)
    return replace(kept, **changed)  # type: ignore[arg-type] # only texts are changed


def work_elsewhere(session: Session, world: World, name: str) -> Staff:
    staff = world.staff[name]
    session.add(
        Membership(staff_id=staff.id, service_id=world.other_service.id, role=Role.CLINICIAN, created_at=clock.now())
    )
    session.flush()
    return staff


def test_somebody_new_signs_in_with_a_first_password_and_has_to_choose_her_own(session: Session, world: World) -> None:
    made = service.create_staff(session, world.actor("manager"), NEW, {Role.CLINICIAN})
    answer = service.sign_in(session, email="mair@example.org", password=made.password)
    assert isinstance(answer, service.SignedInResult)
    assert service.password_is_due(answer.sign_in)
    assert queries.roles(session, made.staff.id, world.service.id) == {Role.CLINICIAN}


def test_a_first_password_lasts_a_week(session: Session, world: World) -> None:
    made = service.create_staff(session, world.actor("manager"), NEW, {Role.CLINICIAN})
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1)):
        answer = service.sign_in(session, email="mair@example.org", password=made.password)
    assert answer == service.Refusal("sign-in.password-expired")


def test_adding_an_address_that_is_known_leaves_its_owner_as_she_is(session: Session, world: World) -> None:
    known = world.staff["other_admin"]
    before = (known.password_hash, known.given_name)
    details = StaffDetails(email=known.email.upper(), given_name="Mair", family_name="Tegid")
    with pytest.raises(EmailInUse):
        service.create_staff(session, world.actor("manager"), details, {Role.ADMIN})
    session.refresh(known)
    assert (known.password_hash, known.given_name) == before


def test_somebody_without_a_role_is_not_added(session: Session, world: World) -> None:
    with pytest.raises(RolesMissing):
        service.create_staff(session, world.actor("manager"), NEW, set())


def test_a_colleague_of_another_service_joins_with_the_account_she_has(session: Session, world: World) -> None:
    known = world.staff["other_admin"]
    before = known.password_hash
    service.add_colleague(session, world.actor("manager"), known.email, {Role.PRESENTER})
    assert queries.roles(session, known.id, world.service.id) == {Role.PRESENTER}
    assert queries.roles(session, known.id, world.other_service.id) == {Role.ADMIN}
    assert known.password_hash == before


def test_nobody_is_added_by_an_address_that_nobody_has(session: Session, world: World) -> None:
    with pytest.raises(NobodyWithThatEmail):
        service.add_colleague(session, world.actor("manager"), "nobody@example.org", {Role.ADMIN})


def test_a_role_that_was_taken_away_can_be_given_again(session: Session, world: World) -> None:
    manager, staff = world.actor("manager"), world.staff["admin"]
    service.end_membership(session, manager, staff.id, Role.ADMIN)
    assert queries.roles(session, staff.id, world.service.id) == set()
    found = queries.membership(session, staff.id, world.service.id, Role.ADMIN)
    service.add_colleague(session, manager, staff.email, {Role.ADMIN})
    assert queries.roles(session, staff.id, world.service.id) == {Role.ADMIN}
    assert queries.membership(session, staff.id, world.service.id, Role.ADMIN) is found


def test_setting_roles_gives_the_new_ones_and_takes_the_others_away(session: Session, world: World) -> None:
    staff = world.staff["admin"]
    service.set_roles(session, world.actor("manager"), staff.id, {Role.PRIVACY, Role.PRESENTER})
    assert queries.roles(session, staff.id, world.service.id) == {Role.PRIVACY, Role.PRESENTER}


def test_the_last_manager_stays(session: Session, world: World) -> None:
    with pytest.raises(LastManager):
        service.set_roles(session, world.actor("manager"), world.staff["manager"].id, {Role.ADMIN})


def test_whoever_left_signs_in_no_more_and_her_open_screens_end(session: Session, world: World) -> None:
    staff = world.staff["admin"]
    answer = service.sign_in(session, email=staff.email, password=world.password)
    assert isinstance(answer, service.SignedInResult)
    service.leave(session, world.actor("manager"), staff.id)
    assert answer.sign_in.ended_at is not None
    assert service.find_sign_in(session, answer.token) is None
    again = service.sign_in(session, email=staff.email, password=world.password)
    assert again == service.Refusal("sign-in.wrong")


@pytest.mark.parametrize("act", [service.leave, service.renew_access])
def test_one_service_alone_does_not_lock_out_somebody_another_counts_on(
    session: Session, world: World, act: Callable[..., object]
) -> None:
    staff = work_elsewhere(session, world, "admin")
    with pytest.raises(WorksElsewhere):
        act(session, world.actor("manager"), staff.id)
    assert staff.left_at is None


def test_one_service_alone_does_not_change_the_address_of_somebody_another_counts_on(
    session: Session, world: World
) -> None:
    staff = work_elsewhere(session, world, "admin")
    with pytest.raises(WorksElsewhere):
        service.change_staff(
            session, world.actor("manager"), staff.id, staff.version, details_of(staff, email="mine@example.org")
        )


def test_an_address_in_use_cannot_be_taken_over(session: Session, world: World) -> None:
    staff = world.staff["admin"]
    taken = details_of(staff, email=world.staff["other_admin"].email)
    with pytest.raises(EmailInUse):
        service.change_staff(session, world.actor("manager"), staff.id, staff.version, taken)


def test_a_change_made_meanwhile_is_not_overwritten(session: Session, world: World) -> None:
    staff = world.staff["admin"]
    seen = staff.version
    service.change_staff(session, world.actor("manager"), staff.id, seen, details_of(staff, given_name="Mair"))
    with pytest.raises(StaleVersion):
        service.change_staff(session, world.actor("manager"), staff.id, seen, details_of(staff, given_name="Beth"))
    assert staff.given_name == "Mair"


def test_renewed_access_takes_the_second_factor_away(session: Session, world: World) -> None:
    staff = world.staff["admin"]
    staff.totp_secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    made = service.renew_access(session, world.actor("manager"), staff.id)
    answer = service.sign_in(session, email=staff.email, password=made.password)
    assert isinstance(answer, service.SignedInResult)
    assert not answer.code_due
    old = service.sign_in(session, email=staff.email, password=world.password)
    assert old == service.Refusal("sign-in.wrong")


def test_staff_of_another_service_are_not_there(session: Session, world: World) -> None:
    manager, foreign = world.actor("manager"), world.staff["other_admin"]
    with pytest.raises(NotFound):
        service.set_roles(session, manager, foreign.id, {Role.ADMIN})
    with pytest.raises(NotFound):
        service.leave(session, manager, foreign.id)
    with pytest.raises(NotFound):
        service.renew_access(session, manager, foreign.id)


@pytest.mark.parametrize("name", ["admin", "privacy", "clinician", "presenter"])
def test_only_managers_change_people(session: Session, world: World, name: str) -> None:
    with pytest.raises(Forbidden):
        service.create_staff(session, world.actor(name), NEW, {Role.ADMIN})
    with pytest.raises(Forbidden):
        service.add_colleague(session, world.actor(name), world.staff["other_admin"].email, {Role.ADMIN})
