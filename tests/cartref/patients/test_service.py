"""One record a person: registering, correcting, and a death, on both databases."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.audit.models import AuditEntry
from cartref.errors import Forbidden, NotFound, StaleVersion
from cartref.patients import queries, service
from cartref.patients.details import PatientDetails
from tests.factories import World

MEGAN = PatientDetails("Megan", "Hughes", date(1938, 5, 2), nhs_number="999 000 0093")


def actions(session: Session) -> list[str]:
    """Return what the audit trail says was done, in order."""
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_patient_is_registered_and_looked_after(session: Session, world: World) -> None:
    megan = service.register(session, world.actor("admin"), MEGAN)

    assert queries.find(session, world.actor("clinician"), megan.id) is megan
    with pytest.raises(NotFound):
        queries.find(session, world.actor("other_admin"), megan.id)
    assert actions(session) == ["patient.registered"]


def test_a_known_number_makes_no_second_record(session: Session, world: World) -> None:
    theirs = world.other_patient

    with pytest.raises(service.NhsNumberKnown):
        service.register(session, world.actor("admin"), replace(MEGAN, nhs_number=theirs.nhs_number))

    found = service.add_care(session, world.actor("admin"), number=theirs.nhs_number, born_on=theirs.born_on)
    again = service.add_care(session, world.actor("admin"), number=theirs.nhs_number, born_on=theirs.born_on)
    assert found.id == again.id == theirs.id
    assert actions(session) == ["patient.care-added"]


def test_the_number_alone_opens_no_record(session: Session, world: World) -> None:
    for born_on in (date(1940, 1, 1), None):
        with pytest.raises(service.BirthDateDiffers):
            service.add_care(session, world.actor("admin"), number=world.other_patient.nhs_number, born_on=born_on)

    with pytest.raises(NotFound):
        queries.find(session, world.actor("admin"), world.other_patient.id)


def test_a_namesake_of_the_same_day_is_asked_about_whichever_service_sees_her(session: Session, world: World) -> None:
    theirs = world.other_patient
    alike = replace(MEGAN, given_name="MARGARET", family_name="ellis ", born_on=theirs.born_on)

    with pytest.raises(service.AlikeKnown):
        service.register(session, world.actor("admin"), alike)

    assert service.register(session, world.actor("admin"), alike, alike_seen=True).id != theirs.id


def test_a_change_is_kept_and_names_its_fields(session: Session, world: World) -> None:
    eluned = world.patients[0]
    changed = replace(service.details_of(eluned), telephone="01632 960999")

    service.change(session, world.actor("admin"), eluned.id, version=eluned.version, details=changed)

    assert eluned.telephone == "01632 960999"
    (entry,) = session.scalars(select(AuditEntry))
    assert (entry.action, entry.details["fields"]) == ("patient.changed", ["telephone"])


def test_nothing_changed_is_not_written_down(session: Session, world: World) -> None:
    eluned = world.patients[0]

    service.change(
        session, world.actor("admin"), eluned.id, version=eluned.version, details=service.details_of(eluned)
    )  # fmt: skip

    assert actions(session) == []


def test_a_change_to_an_older_state_is_refused(session: Session, world: World) -> None:
    eluned = world.patients[0]
    details, seen = service.details_of(eluned), eluned.version
    service.change(
        session, world.actor("admin"), eluned.id, version=seen, details=replace(details, mobile="07700 900001")
    )  # fmt: skip

    with pytest.raises(StaleVersion):
        service.change(
            session, world.actor("admin"), eluned.id, version=seen, details=replace(details, mobile="07700 900002")
        )  # fmt: skip


def test_a_number_that_somebody_else_has_is_refused(session: Session, world: World) -> None:
    eluned, hywel = world.patients[:2]
    details = replace(service.details_of(eluned), nhs_number=hywel.nhs_number)

    with pytest.raises(service.NhsNumberKnown):
        service.change(session, world.actor("admin"), eluned.id, version=eluned.version, details=details)


def test_a_frailty_level_keeps_who_judged_it_until_it_changes(session: Session, world: World) -> None:
    eluned = world.patients[0]
    service.change(
        session, world.actor("admin"), eluned.id, version=eluned.version,
        details=replace(service.details_of(eluned), frailty_level=6),
    )  # fmt: skip
    eluned.frailty_on = date(2026, 1, 1)
    session.flush()

    service.change(
        session, world.actor("admin"), eluned.id, version=eluned.version,
        details=replace(service.details_of(eluned), mobile="07700 900001"),
    )  # fmt: skip

    assert (eluned.frailty_level, eluned.frailty_by_id) == (6, world.staff["admin"].id)
    assert eluned.frailty_on == date(2026, 1, 1)


def test_a_death_stops_messages_and_can_be_taken_back(session: Session, world: World) -> None:
    eluned = world.patients[0]

    service.record_death(session, world.actor("admin"), eluned.id, service.today())
    silent = eluned.may_be_told
    service.withdraw_death(session, world.actor("admin"), eluned.id)

    assert not silent
    assert eluned.may_be_told
    assert actions(session) == ["patient.death-recorded", "patient.death-withdrawn"]


@pytest.mark.parametrize("deceased_on", [date(1939, 3, 13), date(2999, 1, 1)])
def test_a_death_before_birth_or_to_come_is_refused(session: Session, world: World, deceased_on: date) -> None:
    with pytest.raises(service.DeathWrong):
        service.record_death(session, world.actor("admin"), world.patients[0].id, deceased_on)


def test_another_service_changes_nothing(session: Session, world: World) -> None:
    eluned, stranger = world.patients[0], world.actor("other_admin")

    with pytest.raises(NotFound):
        service.change(session, stranger, eluned.id, version=1, details=service.details_of(eluned))
    with pytest.raises(NotFound):
        service.record_death(session, stranger, eluned.id, service.today())
    with pytest.raises(NotFound):
        service.withdraw_death(session, stranger, eluned.id)


def test_a_clinician_writes_no_patient(session: Session, world: World) -> None:
    with pytest.raises(Forbidden):
        service.register(session, world.actor("clinician"), MEGAN)
