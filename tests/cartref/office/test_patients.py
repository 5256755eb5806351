"""The clerk looks for patients, registers them, and writes down who helps them."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments.models import Mode
from cartref.audit.models import AuditEntry
from cartref.patients.models import CareCircle, CareRelationship, Patient
from tests.cartref.office.booking import book, look, now
from tests.factories import World

SignIn = Callable[..., FlaskClient]
MEGAN = {
    "nhs_number": "999 000 0093", "trace_status": "01", "title": "Mrs", "given_name": "Megan", "family_name": "Hughes",
    "born_on-day": "2", "born_on-month": "Mai", "born_on-year": "1938", "address": "2 Stryd y Capel",
    "postcode": "ll99 1aa",
    "telephone": "01632 960111", "language": "cy", "hearing_need": "Two hearing aids", "letter_consent": "y",
}  # fmt: skip


def only(page: Any, *texts: str) -> bool:
    """Tell whether the page says all of these."""
    return all(text in page.text for text in texts)


def test_a_clerk_registers_a_patient(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")

    answer = clerk.post("/patients/new", data=MEGAN)

    megan = look(session, select(Patient).where(Patient.given_name == "Megan"))[0]
    assert answer.status_code == 303
    assert answer.location == f"/patients/{megan.id}"
    assert (megan.nhs_number, megan.postcode, megan.language) == ("9990000093", "LL99 1AA", "cy")
    page = clerk.get(answer.location)
    assert only(page, "Mrs Megan Hughes is registered.", "2 May 1938", "999 000 0093", "Two hearing aids", "Cymraeg")


def test_a_wrong_nhs_number_is_told_beside_the_field_and_what_was_typed_is_kept(sign_in: SignIn) -> None:
    clerk = sign_in("admin")

    wrong = clerk.post("/patients/new", data=MEGAN | {"nhs_number": "999 000 0094"})
    repeated = clerk.post("/patients/new", data=MEGAN | {"nhs_number": "777 777 7777"})

    assert wrong.status_code == repeated.status_code == 422
    assert only(
        wrong, "This is not a valid NHS number. Check each digit.", 'href="#nhs_number"', 'value="999 000 0094"'
    )
    assert only(wrong, 'value="Megan"', 'value="1938"', 'value="ll99 1aa"', 'value="Two hearing aids"')
    assert "This NHS number has the same digit 10 times. Nobody has that number." in repeated.text


def test_an_empty_form_names_every_answer_that_is_missing(sign_in: SignIn) -> None:
    page = sign_in("admin").post("/patients/new", data={})

    assert page.status_code == 422
    assert only(page, "Enter the first name", "Enter the last name", "Choose a language", "There is a problem")
    assert "Enter the day, the month and the year" in page.text


def test_a_known_nhs_number_asks_for_the_birth_date_and_never_makes_a_second_record(
    sign_in: SignIn, session: Session, world: World
) -> None:
    clerk = sign_in("admin")
    theirs = world.other_patient

    asked = clerk.post("/patients/new", data=MEGAN | {"nhs_number": theirs.nhs_number})
    wrong = clerk.post("/patients/known", data=_known(theirs, year="1940"))
    right = clerk.post("/patients/known", data=_known(theirs))

    assert asked.status_code == 422
    assert only(asked, "This person is known already", 'name="known-born_on-day"', 'value="Megan"')
    assert "Ellis" not in asked.text  # the number alone tells nothing about her
    assert wrong.status_code == 422
    assert "That is not the date of birth of the person with this NHS number" in wrong.text
    assert right.location == f"/patients/{theirs.id}"
    assert clerk.get(right.location).status_code == 200
    assert len(look(session, select(Patient).where(Patient.nhs_number == theirs.nhs_number))) == 1
    services = look(session, select(CareRelationship.service_id).where(CareRelationship.patient_id == theirs.id))
    assert set(services) == {world.service.id, world.other_service.id}


def test_every_page_that_refuses_can_be_read_in_the_other_language(sign_in: SignIn, world: World) -> None:
    clerk = sign_in("admin")
    refused = [
        clerk.post("/patients/new", data={}), clerk.post("/patients/known", data={}),
        clerk.post(f"/patients/{world.patients[0].id}/edit", data={}), clerk.post("/clinics/new", data={}),
        clerk.post(f"/places/{world.spoke.id}/rooms", data={}),
        clerk.post(f"/places/{world.spoke.id}/presenters", data={}),
    ]  # fmt: skip

    for page in refused:
        assert page.status_code == 422
        (address,) = set(re.findall(r'data-language-switch[^>]*href="([^"]*)"', page.text))
        assert clerk.get(address, follow_redirects=True).status_code == 200


def test_a_namesake_with_the_same_birth_date_is_asked_about(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")
    eluned = world.patients[0]
    typed = MEGAN | {"given_name": "eluned", "family_name": "PARRY"}
    typed |= {"born_on-day": "14", "born_on-month": "3", "born_on-year": "1939"}

    asked = clerk.post("/patients/new", data=typed)
    sure = clerk.post("/patients/new", data=typed | {"alike_seen": "y"})

    assert asked.status_code == 422
    assert only(asked, "This is somebody else: make a new record", f'href="/patients/{eluned.id}"')
    assert sure.status_code == 303


def test_patients_are_found_by_name_number_and_birth_date(sign_in: SignIn, world: World) -> None:
    clerk = sign_in("admin")

    for words in (
        "Elun Parr",
        "999 000 0018",
        "9990000018",
        "14 March 1939 Eluned",
        "14/3/1939",
        "14 Mawrth 1939 parry",
    ):
        page = clerk.get("/patients", query_string={"q": words})
        assert f'href="/patients/{world.patients[0].id}"' in page.text, words
    assert "Nobody was found." in clerk.get("/patients?q=Angharad").text


def test_a_patient_of_another_service_is_not_found(sign_in: SignIn, world: World) -> None:
    clerk = sign_in("admin")
    theirs = world.other_patient.id

    assert "Margaret" not in clerk.get("/patients?q=Ellis").text
    for path in ("", "/edit", "/carers/new", "/death"):
        assert clerk.get(f"/patients/{theirs}{path}").status_code == 404
        assert clerk.post(f"/patients/{theirs}{path}", data={}).status_code in {404, 405}


def test_reading_a_record_is_written_down(sign_in: SignIn, session: Session, world: World) -> None:
    patient = world.patients[1]

    sign_in("clinician").get(f"/patients/{patient.id}")

    (entry,) = look(session, select(AuditEntry).where(AuditEntry.action == "patient.read"))
    assert (entry.actor_id, entry.patient_id) == (world.staff["clinician"].id, patient.id)


def test_two_clerks_change_one_patient_and_the_second_sees_both(
    sign_in: SignIn, session: Session, world: World
) -> None:
    eluned = world.patients[0]
    typed = _typed(eluned)
    first, second = sign_in("admin"), sign_in("admin")

    saved = first.post(f"/patients/{eluned.id}/edit", data=typed | {"telephone": "01632 960001"})
    late = second.post(f"/patients/{eluned.id}/edit", data=typed | {"telephone": "01632 960002"})

    assert saved.status_code == 303
    assert late.status_code == 422
    assert only(late, "What you typed, and what is saved by now", "01632 960002</span>", "01632 960001</span>")
    assert now(session, eluned).telephone == "01632 960001"
    again = second.post(
        f"/patients/{eluned.id}/edit", data=typed | {"telephone": "01632 960002", "version": str(eluned.version)}
    )
    assert (again.status_code, now(session, eluned).telephone) == (303, "01632 960002")


def test_a_new_frailty_level_keeps_who_judged_it_and_when(sign_in: SignIn, session: Session, world: World) -> None:
    eluned = world.patients[0]
    clerk = sign_in("admin")

    clerk.post(f"/patients/{eluned.id}/edit", data=_typed(eluned) | {"frailty_level": "6"})

    now(session, eluned)
    assert (eluned.frailty_level, eluned.frailty_by_id) == (6, world.staff["admin"].id)
    assert only(clerk.get(f"/patients/{eluned.id}"), "6: Living with moderate frailty", "Admin Prydderch")


def test_a_carer_is_added_with_what_she_may_do_and_who_agreed(sign_in: SignIn, session: Session, world: World) -> None:
    hywel = world.patients[1]
    clerk = sign_in("admin")
    typed = {
        "given_name": "Rhian", "family_name": "Tudor", "relationship_kind": "daughter", "telephone": "01632 960222",
        "language": "cy", "may_join": "y", "consented_by": "patient", "consented_on-day": "1",
        "consented_on-month": "2", "consented_on-year": "2026",
    }  # fmt: skip

    unreachable = clerk.post(f"/patients/{hywel.id}/carers/new", data=typed | {"telephone": ""})
    added = clerk.post(f"/patients/{hywel.id}/carers/new", data=typed)

    assert unreachable.status_code == 422
    assert only(unreachable, "Enter a telephone number or an e-mail address", 'value="Rhian"')
    assert added.status_code == 303
    page = clerk.get(f"/patients/{hywel.id}")
    assert only(page, "Rhian Tudor", "Daughter", "Join the visit")
    (circle,) = look(session, select(CareCircle).where(CareCircle.patient_id == hywel.id))
    assert circle.consented_on == date(2026, 2, 1)


def test_a_death_stops_messages_and_a_person_then_frees_the_times(
    sign_in: SignIn, session: Session, world: World
) -> None:
    clerk = sign_in("admin")
    eluned = world.patients[0]
    booked = book(session, world, mode=Mode.VIDEO_HOME)

    clerk.post(f"/patients/{eluned.id}/death", data=_day("deceased_on", "20", "11", "2026"))
    page = clerk.get(f"/patients/{eluned.id}")
    kept = booked.live
    freed = clerk.post(f"/patients/{eluned.id}/death/free")

    assert only(page, "Died: 20 November 2026", "1 appointment is still booked.")
    assert kept
    assert freed.status_code == 303
    assert not now(session, booked).live
    assert "1 appointment is cancelled." in clerk.get(freed.location).text


def test_a_death_in_the_future_is_refused(sign_in: SignIn, world: World) -> None:
    answer = sign_in("admin").post(
        f"/patients/{world.patients[0].id}/death", data=_day("deceased_on", "20", "11", "2126")
    )

    assert answer.status_code == 422
    assert only(answer, "The date of death can&#39;t be before the birth, or after today", 'value="2126"')


def test_a_clinician_reads_patients_and_changes_nothing(sign_in: SignIn, world: World) -> None:
    clinician = sign_in("clinician")
    eluned = world.patients[0].id

    assert clinician.get(f"/patients/{eluned}").status_code == 200
    assert "Change details" not in clinician.get(f"/patients/{eluned}").text
    assert clinician.get("/patients/new").status_code == 403
    assert clinician.post(f"/patients/{eluned}/edit", data={}).status_code == 403


def test_the_pages_about_patients_speak_welsh(sign_in: SignIn, world: World) -> None:
    clerk = sign_in("admin")
    clerk.set_cookie("cartref_language", "cy")

    page = clerk.get(f"/patients/{world.patients[0].id}")
    refused = clerk.post("/patients/new", data={"nhs_number": "123"})

    assert only(page, '<html lang="cy">', "Pwy yw'r claf", "14 Mawrth 1939", "Gofalwyr", "Merch")
    assert only(refused, "Mae problem", "Rhowch y cyfenw", "Dewiswch iaith", 'value="123"')


def _known(patient: Patient, year: str | None = None) -> dict[str, str]:
    day = patient.born_on
    typed = _day("known-born_on", str(day.day), str(day.month), year or str(day.year))
    return typed | {"known-nhs_number": str(patient.nhs_number)}


def _day(field: str, day: str, month: str, year: str) -> dict[str, str]:
    return {f"{field}-day": day, f"{field}-month": month, f"{field}-year": year}


def _typed(patient: Patient) -> dict[str, str]:
    """Return what the form of a patient's details holds when nothing is changed."""
    names = (
        "nhs_number",
        "title",
        "given_name",
        "family_name",
        "address",
        "postcode",
        "telephone",
        "email",
        "language",
    )
    typed = {name: str(getattr(patient, name)) for name in names} | {
        "version": str(patient.version),
        "email_consent": "y",
    }
    day = patient.born_on
    return typed | {"trace_status": "01"} | _day("born_on", str(day.day), str(day.month), str(day.year))
