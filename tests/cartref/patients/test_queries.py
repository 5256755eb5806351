"""A service finds its own patients and nobody else's, on both databases."""

import pytest
from sqlalchemy.orm import Session

from cartref.patients import queries
from cartref.patients.models import Patient
from cartref.patients.needs import needs_of
from tests.factories import World


@pytest.mark.parametrize("typed", ["eluned", "PARRY elun", "999 000 0018", "14/3/1939 Eluned", "9990000018"])
def test_a_patient_is_found(session: Session, world: World, typed: str) -> None:
    assert world.patients[0] in queries.search(session, world.actor("admin"), typed)


@pytest.mark.parametrize(
    "typed", ["Margaret", "999 000 0077", "Eluned Ellis", "15/3/1939", "%", "_", "E\\", "Eluned \0x"]
)
def test_nobody_else_is_found(session: Session, world: World, typed: str) -> None:
    assert list(queries.search(session, world.actor("admin"), typed)) == []


def test_those_found_come_by_name(session: Session, world: World) -> None:
    found = queries.search(session, world.actor("admin"), "parry")

    assert [patient.given_name for patient in found] == sorted(patient.given_name for patient in world.patients)


def test_a_letter_with_an_accent_is_found_as_it_is_written(session: Session, world: World) -> None:
    world.patients[2].preferred_name = "Siân"
    session.flush()

    assert list(queries.search(session, world.actor("admin"), "Siân")) == [world.patients[2]]


def test_namesakes_are_found_across_services(session: Session, world: World) -> None:
    theirs = world.other_patient

    found = queries.alike(
        session, world.actor("admin"), family_name="ELLIS", given_name=" margaret ", born_on=theirs.born_on
    )

    assert list(found) == [theirs]


def test_carers_who_have_ended_are_still_known_by_name(session: Session, world: World) -> None:
    eluned, hywel = world.patients[:2]

    known = queries.carers_by_id(session, eluned.id, {world.carer.id})

    assert list(known) == [world.carer]
    assert list(queries.carers_by_id(session, hywel.id, {world.carer.id})) == []


def test_needs_come_with_the_language_first_and_in_their_own_words() -> None:
    none = {"interpreter": "", "sight_need": "", "hands_need": ""}
    patient = Patient(language="cy", hearing_need="Two hearing aids", memory_need="Forgets", **none)

    assert needs_of(patient) == [("language", "Cymraeg"), ("hearing", "Two hearing aids"), ("memory", "Forgets")]
