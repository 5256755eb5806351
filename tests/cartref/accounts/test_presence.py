"""The locked screen, the end of a sign-in, and the service that is worked for."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts import queries, service
from cartref.accounts.models import Membership, Role, SignIn
from cartref.errors import NotFound
from tests.factories import World

SignInAs = Callable[..., FlaskClient]


def later(**values: float) -> time_machine.travel:
    return time_machine.travel(clock.now() + timedelta(**values))


def begin(session: Session, world: World, name: str = "admin") -> SignIn:
    answer = service.sign_in(session, email=world.staff[name].email, password=world.password)
    assert isinstance(answer, service.SignedInResult)
    return answer.sign_in


def test_the_screen_locks_after_a_quarter_of_an_hour_without_anybody(sign_in: SignInAs) -> None:
    browser = sign_in("admin")
    with later(minutes=14):
        assert browser.get("/account").status_code == 200
    with later(minutes=14 + 16):
        assert browser.get("/account").location == "/unlock?next=/account"


def test_a_shared_device_locks_after_five_minutes(session: Session, world: World) -> None:
    sign_in = begin(session, world, "presenter")
    service.share_device(session, sign_in)
    with later(minutes=4):
        assert not service.is_locked(sign_in)
    with later(minutes=5):
        assert service.is_locked(sign_in)


def test_using_the_pages_keeps_the_screen_open(sign_in: SignInAs) -> None:
    browser = sign_in("admin")
    for minutes in (10, 20, 30):
        with later(minutes=minutes):
            assert browser.get("/account").status_code == 200


def test_a_locked_screen_names_nobody_and_opens_no_page(sign_in: SignInAs) -> None:
    browser = sign_in("admin")
    assert browser.post("/lock", data={"next": "/account"}).location == "/unlock?next=/account"
    page = browser.get("/unlock?next=/account")
    assert page.status_code == 200
    assert "Prydderch" not in page.text
    assert "Prydderch" not in browser.get("/no-such-page").text
    assert browser.get("/account").status_code == 303
    assert browser.post("/service", data={}).location.startswith("/unlock")


def test_the_password_unlocks_and_leads_back(sign_in: SignInAs, world: World) -> None:
    browser = sign_in("admin")
    browser.post("/lock")
    before = browser.get_cookie("cartref_sign_in")
    answer = browser.post("/unlock", data={"password": world.password, "next": "/account"})
    after = browser.get_cookie("cartref_sign_in")
    assert answer.location == "/account"
    assert browser.get("/account").status_code == 200
    assert before is not None
    assert after is not None
    assert before.value != after.value


def test_a_wrong_password_does_not_unlock(sign_in: SignInAs) -> None:
    browser = sign_in("admin")
    browser.post("/lock")
    answer = browser.post("/unlock", data={"password": "wrong"})
    assert answer.status_code == 422
    assert "That password is not right." in answer.text


def test_unlocking_has_the_same_allowance_of_tries_as_signing_in(sign_in: SignInAs, world: World) -> None:
    browser = sign_in("admin")
    browser.post("/lock")
    for _ in range(8):
        browser.post("/unlock", data={"password": "wrong"})
    assert browser.post("/unlock", data={"password": world.password}).status_code == 429


def test_a_sign_in_ends_after_twelve_hours_however_busy(session: Session, world: World) -> None:
    answer = service.sign_in(session, email=world.staff["admin"].email, password=world.password)
    assert isinstance(answer, service.SignedInResult)
    with later(hours=11, minutes=59):
        assert service.find_sign_in(session, answer.token) is not None
    with later(hours=12):
        assert service.find_sign_in(session, answer.token) is None


@pytest.mark.parametrize("end", ["left", "membership"])
def test_a_sign_in_is_over_as_soon_as_its_owner_may_no_longer_work(session: Session, world: World, end: str) -> None:
    staff = world.staff["admin"]
    answer = service.sign_in(session, email=staff.email, password=world.password)
    assert isinstance(answer, service.SignedInResult)
    if end == "left":
        staff.left_at = clock.now()
    else:
        staff.memberships[0].ended_at = clock.now()
    session.flush()
    assert service.find_sign_in(session, answer.token) is None


def test_nobody_chooses_a_service_where_she_does_not_work(session: Session, world: World) -> None:
    sign_in = begin(session, world)
    with pytest.raises(NotFound):
        service.choose_service(session, sign_in, world.other_service.id)
    assert sign_in.service_id == world.service.id


def test_the_chosen_service_is_where_the_next_sign_in_begins(session: Session, world: World) -> None:
    staff = world.staff["admin"]
    session.add(
        Membership(staff_id=staff.id, service_id=world.other_service.id, role=Role.ADMIN, created_at=clock.now())
    )
    session.flush()
    sign_in = begin(session, world)
    other = ({world.service.id, world.other_service.id} - {sign_in.service_id}).pop()
    service.choose_service(session, sign_in, other)
    with later(minutes=1):
        assert begin(session, world).service_id == other


def test_what_somebody_may_do_follows_her_roles_at_once(sign_in: SignInAs, session: Session, world: World) -> None:
    browser = sign_in("manager")
    assert browser.get("/people").status_code == 200
    found = queries.membership(session, world.staff["manager"].id, world.service.id, Role.MANAGER)
    assert found is not None
    found.role = Role.PRIVACY
    session.commit()
    assert browser.get("/people").status_code == 403


def test_a_page_that_calls_by_itself_is_nobody_being_there(session: Session, world: World) -> None:
    sign_in = begin(session, world)
    with later(minutes=2):
        assert service.activity_is_due(sign_in)
        service.note_activity(session, sign_in.id)
        session.refresh(sign_in)
        assert not service.activity_is_due(sign_in)
