"""Opening a link: what it gives away, what it uses up, and whom it lets in."""

import threading
from datetime import timedelta

import time_machine
from flask import Flask
from sqlalchemy import func, select

from cartref.audit.models import AuditEntry
from cartref.links import service as links
from cartref.links.addresses import Addresses
from cartref.links.models import Holder, Link, Opening
from cartref.patients.models import CareCircle
from tests.cartref.visits.conftest import BORN_ON, WRONG, Booked, Desk, Visitor, book_visit
from tests.factories import World


def test_opening_a_link_uses_nothing_up(patient: Visitor, desk: Desk) -> None:
    for _scan in range(10):
        assert patient.browser.head(patient.url).status_code == 303
        assert patient.browser.get(patient.url).status_code == 303

    with desk() as session:
        assert session.scalar(select(func.count()).select_from(Opening)) == 0
    assert patient.prove().status_code == 200


def test_the_secret_is_in_no_address_after_the_first(patient: Visitor) -> None:
    answer = patient.browser.get(patient.url)

    assert answer.headers["Location"] == f"/visit/{patient.visit_id}"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_cookies_go_to_that_visit_alone_and_to_no_script(patient: Visitor) -> None:
    opened = patient.browser.get(patient.url).headers["Set-Cookie"]
    proved = patient.browser.post(f"/visit/{patient.visit_id}/who", data=BORN_ON).headers["Set-Cookie"]

    for cookie in (opened, proved):
        assert f"Path=/visit/{patient.visit_id}" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


def test_before_the_birth_date_the_page_says_initials_day_and_hour(patient: Visitor) -> None:
    patient.browser.get("/contact?lang=en")
    page = patient.open_link().text

    assert "E. P." in page
    assert "at 9:20am" in page
    assert "By video" in page
    for secret in ("Eluned", "Parry", "Prydderch", "Glan Llyn clinic", "01632 960457"):
        assert secret not in page


def test_the_right_birth_date_opens_the_visit(patient: Visitor) -> None:
    page = patient.prove()

    assert page.status_code == 200
    assert "Eluned" in page.text
    assert "Clinician Prydderch" in page.text


def test_the_question_takes_the_browsers_own_birth_date(patient: Visitor) -> None:
    page = patient.open_link().text

    for part in ("bday-day", "bday-month", "bday-year"):
        assert f'autocomplete="{part}"' in page


def test_a_wrong_birth_date_keeps_what_was_typed_and_says_how_many_tries_are_left(patient: Visitor) -> None:
    patient.browser.get("/contact?lang=en")
    patient.open_link()

    page = patient.answer(WRONG)

    assert page.status_code == 422
    assert "That date is not the same as the one we have." in page.text
    assert "You have 4 more tries." in page.text
    assert 'value="15"' in page.text


def test_a_date_that_never_was_uses_up_no_try(patient: Visitor, desk: Desk, booked: Booked) -> None:
    patient.open_link()

    for impossible in (WRONG | {"born_on-day": "31", "born_on-month": "2"}, WRONG | {"born_on-year": "2090"}, {}):
        assert patient.answer(impossible).status_code == 422

    with desk() as session:
        assert session.get_one(Link, booked.links[Holder.PATIENT]).tries == 0


def test_five_wrong_birth_dates_lock_the_link_and_the_page_says_whom_to_ring(patient: Visitor) -> None:
    patient.browser.get("/contact?lang=en")
    patient.open_link()
    for _try in range(5):
        last = patient.answer(WRONG)

    assert last.status_code == 403
    assert "01632 960123" in last.text
    assert patient.answer().status_code == 403, "the right date does not open a locked link"
    assert "locked" in patient.open_link().text


def test_a_link_is_open_again_once_staff_unlock_it(patient: Visitor, desk: Desk, world: World, booked: Booked) -> None:
    patient.open_link()
    for _try in range(5):
        patient.answer(WRONG)

    with desk() as session:
        links.unlock(session, world.actor("admin"), booked.links[Holder.PATIENT])

    assert patient.answer().status_code == 200


def test_twenty_guesses_at_once_are_judged_as_five(app: Flask, patient: Visitor, desk: Desk, booked: Booked) -> None:
    guessers = [Visitor(app.test_client(), booked.id, booked.url) for _guesser in range(20)]
    for guesser in guessers:
        guesser.open_link()
    started = threading.Barrier(len(guessers))

    def guess(guesser: Visitor) -> None:
        started.wait()
        guesser.answer(WRONG)

    threads = [threading.Thread(target=guess, args=(guesser,)) for guesser in guessers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with desk() as session:
        link = session.get_one(Link, booked.links[Holder.PATIENT])
        assert (link.tries, link.locked_at is None) == (5, False)
        assert session.scalar(select(func.count()).select_from(Opening)) == 0
    assert patient.prove().status_code == 403


def test_who_opens_the_link_again_is_not_asked_again(patient: Visitor) -> None:
    patient.prove()

    assert "What is your date of birth?" not in patient.open_link().text


def test_another_visits_cookie_does_not_open_this_one(
    app: Flask, desk: Desk, world: World, clock: time_machine.Traveller, patient: Visitor
) -> None:
    patient.prove()
    other = book_visit(app, desk, world, clock, patient=1, slot=3)
    for name in ("cartref_link", "cartref_visit"):
        stolen = patient.browser.get_cookie(name, path=f"/visit/{patient.visit_id}")
        assert stolen is not None
        patient.browser.set_cookie(name, stolen.value, path=f"/visit/{other.id}")

    answer = patient.browser.get(f"/visit/{other.id}", follow_redirects=True)

    assert answer.status_code == 404
    assert "Hywel" not in answer.text


def test_a_cookie_that_we_did_not_sign_opens_nothing(app: Flask, booked: Booked) -> None:
    browser = app.test_client()
    browser.set_cookie("cartref_link", f'["{booked.links[Holder.PATIENT]}",1].forged', path=f"/visit/{booked.id}")

    assert browser.get(f"/visit/{booked.id}").status_code == 404


def test_an_opening_that_is_not_ours_is_asked_for_the_birth_date(patient: Visitor) -> None:
    patient.browser.get("/contact?lang=en")
    patient.open_link()
    patient.browser.set_cookie("cartref_visit", "made-up", path=f"/visit/{patient.visit_id}")

    assert "What is your date of birth?" in patient.get().text
    assert patient.post("ticket").status_code == 403


def test_a_carer_has_a_link_of_her_own_and_gives_the_patients_birth_date(carer: Visitor) -> None:
    assert "date of birth" in carer.open_link().text

    page = carer.answer()

    assert "Catrin" in page.text
    assert "Eluned" in page.text


def test_a_carers_link_can_be_ended_and_the_patients_stays(
    patient: Visitor, carer: Visitor, desk: Desk, world: World, booked: Booked
) -> None:
    patient.prove()
    carer.prove()

    with desk() as session:
        links.revoke(session, world.actor("admin"), booked.links[Holder.CARER])

    assert carer.get().status_code == 410
    assert "This link has come to an end" in carer.get().text
    assert carer.post("ticket").status_code == 403
    assert patient.get().status_code == 200


def test_a_carer_who_may_no_longer_take_part_is_shut_out(
    carer: Visitor, desk: Desk, clock: time_machine.Traveller
) -> None:
    carer.prove()
    with desk() as session:
        session.scalars(select(CareCircle)).one().may_join = False

    assert carer.get().status_code == 410
    assert carer.post("ticket").status_code == 403


def test_the_patients_opening_in_the_same_browser_does_not_count_for_the_carer(
    patient: Visitor, booked: Booked
) -> None:
    patient.prove()

    page = patient.browser.get(booked.urls[Holder.CARER], follow_redirects=True)

    assert "date of birth" in page.text
    assert "Eluned" not in page.text


def test_a_link_given_out_anew_ends_the_old_one_and_its_browsers(
    app: Flask, patient: Visitor, desk: Desk, world: World, booked: Booked
) -> None:
    patient.prove()
    addresses = Addresses.from_settings(app.config["CARTREF"])

    with desk() as session:
        renewed = links.reissue(session, world.actor("admin"), addresses, booked.links[Holder.PATIENT])
        token = addresses.token(renewed)

    assert patient.get().status_code == 410
    assert patient.post("ticket").status_code == 403
    assert patient.browser.get(patient.url).status_code == 404
    fresh = Visitor(app.test_client(), booked.id, f"/v/{token}")
    assert fresh.prove().status_code == 200


def test_a_link_that_does_not_exist_says_so_and_gives_the_number(app: Flask) -> None:
    answer = app.test_client().get("/v/notalinkatall")

    assert answer.status_code == 404
    assert "This link does not work" in answer.text
    assert "01632 960123" in answer.text


def test_sixty_links_that_do_not_exist_in_a_minute_are_enough(
    app: Flask, clock: time_machine.Traveller, booked: Booked
) -> None:
    guesser = app.test_client()
    for number in range(60):
        assert guesser.get(f"/v/guess-{number}").status_code == 404

    refused = guesser.get("/v/guess-61")

    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "60"
    assert guesser.get("/v/guess-62", environ_overrides={"REMOTE_ADDR": "192.0.2.7"}).status_code == 404
    clock.shift(timedelta(seconds=61))
    assert guesser.get(booked.url).status_code == 303


def test_opening_and_reading_are_in_the_audit_trail(patient: Visitor, desk: Desk, booked: Booked) -> None:
    patient.prove()

    with desk() as session:
        told = session.scalars(select(AuditEntry).where(AuditEntry.actor_id == booked.patient_id)).all()
        assert [entry.action for entry in told] == ["link.opened", "visit.read"]
        assert {entry.patient_id for entry in told} == {booked.patient_id}


def test_a_link_that_came_to_the_wrong_person_says_what_to_do(patient: Visitor) -> None:
    patient.browser.get("/contact?lang=en")
    patient.open_link()

    page = patient.get("/not-mine").text

    assert "by mistake" in page
    assert "Eluned" not in page
