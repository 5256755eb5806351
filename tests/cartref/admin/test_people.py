"""Pages of people and services, as a manager uses them."""

import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cartref.accounts import queries
from cartref.accounts.models import Role, Service, Staff
from tests.factories import World

SignInAs = Callable[..., FlaskClient]
MAIR: dict[str, Any] = {
    "title": "Dr", "given_name": "Mair", "family_name": "Tegid", "email": "mair@example.org",
    "languages": ["cy", "en"], "language": "cy", "roles": ["clinician"], "introduction_en": "I am a doctor.",
    "introduction_cy": "Meddyg ydw i.",
}  # fmt: skip


def person_form(staff: Staff, **changed: Any) -> dict[str, Any]:
    kept = {
        "version": staff.version, "given_name": staff.given_name, "family_name": staff.family_name,
        "email": staff.email, "languages": staff.languages, "language": staff.language,
    }  # fmt: skip
    return kept | changed


def test_a_manager_adds_a_clinician_who_signs_in_with_the_password_shown(app: Flask, sign_in: SignInAs) -> None:
    answer = sign_in("manager").post("/people/new", data=MAIR)
    found = re.search(r'id="first-password" value="([a-z-]+)"', answer.text)
    assert answer.status_code == 200
    assert found
    data = {"email": "mair@example.org", "password": found[1]}
    assert app.test_client().post("/sign-in", data=data).status_code == 303


def test_a_mistake_is_named_beside_its_field_and_what_was_typed_is_kept(sign_in: SignInAs) -> None:
    answer = sign_in("manager").post("/people/new", data=MAIR | {"email": "mair@", "given_name": "", "languages": []})
    assert answer.status_code == 422
    assert "Enter an e-mail address, for example name@example.org" in answer.text
    assert "Enter a name" in answer.text
    assert "Choose at least one language" in answer.text
    assert 'value="mair@"' in answer.text
    assert 'value="Tegid"' in answer.text


def test_an_address_in_use_is_said_beside_the_address(sign_in: SignInAs) -> None:
    answer = sign_in("manager").post("/people/new", data=MAIR | {"email": "admin@example.org"})
    assert answer.status_code == 422
    assert re.search(r'id="email-error".*?Somebody signs in with this e-mail address already', answer.text, re.DOTALL)


def test_a_manager_sees_who_works_in_her_service_and_nobody_else(sign_in: SignInAs) -> None:
    page = sign_in("manager").get("/people").text
    assert "clinician@example.org" in page
    assert "other.clinician@example.org" not in page


def test_a_manager_adds_a_colleague_of_another_service(sign_in: SignInAs, session: Session, world: World) -> None:
    other, service_id = world.staff["other_presenter"].id, world.service.id
    session.rollback()
    data = {"email": "other.presenter@example.org", "roles": ["presenter"]}
    assert sign_in("manager").post("/people/add", data=data).status_code == 303
    assert queries.roles(session, other, service_id) == {Role.PRESENTER}


def test_what_patients_read_of_somebody_can_be_changed(sign_in: SignInAs, session: Session, world: World) -> None:
    staff_id, form = world.staff["clinician"].id, person_form(world.staff["clinician"], introduction_cy="Nyrs ydw i.")
    session.rollback()
    assert sign_in("manager").post(f"/people/{staff_id}", data=form).status_code == 303
    assert session.get_one(Staff, staff_id).introduction("cy") == "Nyrs ydw i."


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    sign_in: SignInAs, session: Session, world: World
) -> None:
    staff_id, form = world.staff["clinician"].id, person_form(world.staff["clinician"], given_name="First")
    session.rollback()
    browser = sign_in("manager")
    assert browser.post(f"/people/{staff_id}", data=form).status_code == 303
    answer = browser.post(f"/people/{staff_id}", data=form | {"given_name": "Second"})
    assert answer.status_code == 422
    assert "Somebody else has changed this since you opened it." in answer.text
    assert 'value="Second"' in answer.text
    assert session.get_one(Staff, staff_id).given_name == "First"


def test_the_last_manager_is_told_why_she_stays(sign_in: SignInAs, session: Session, world: World) -> None:
    staff_id = world.staff["manager"].id
    session.rollback()
    answer = sign_in("manager").post(f"/people/{staff_id}/roles", data={"roles": ["admin"]})
    assert answer.status_code == 422
    assert "A service needs a manager." in answer.text


def test_somebody_who_left_is_gone_from_the_list(sign_in: SignInAs, session: Session, world: World) -> None:
    staff_id = world.staff["presenter"].id
    session.rollback()
    browser = sign_in("manager")
    assert browser.post(f"/people/{staff_id}/leave").status_code == 303
    assert "presenter@example.org" not in browser.get("/people").text
    assert browser.get(f"/people/{staff_id}").status_code == 404


def test_a_new_first_password_is_shown_once_and_opens(
    app: Flask, sign_in: SignInAs, session: Session, world: World
) -> None:
    staff_id = world.staff["presenter"].id
    session.rollback()
    answer = sign_in("manager").post(f"/people/{staff_id}/access")
    found = re.search(r'id="first-password" value="([a-z-]+)"', answer.text)
    assert found
    data = {"email": "presenter@example.org", "password": found[1]}
    assert app.test_client().post("/sign-in", data=data).status_code == 303


def test_the_telephone_number_of_the_service_can_be_changed(sign_in: SignInAs, session: Session, world: World) -> None:
    service_id = world.service.id
    session.rollback()
    data = {"name_en": "Older people", "name_cy": "Pobl hŷn", "contact_phone": "01632 960999",
            "contact_email": "older@example.org"}  # fmt: skip
    assert sign_in("manager").post(f"/services/{service_id}", data=data).status_code == 303
    assert session.get_one(Service, service_id).contact_phone == "01632 960999"


def test_another_services_details_are_not_there(sign_in: SignInAs, session: Session, world: World) -> None:
    foreign = world.other_service.id
    session.rollback()
    assert sign_in("manager").get(f"/services/{foreign}").status_code == 404
