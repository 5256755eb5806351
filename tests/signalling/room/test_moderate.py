"""What staff do, and what nobody else may."""

from typing import Any

import pytest

from tests.signalling.visit import CARER, CLINICIAN, PATIENT, PRESENTER, Visit, kinds


@pytest.fixture
def visit() -> Visit:
    return Visit()


def test_who_is_admitted_is_told_and_then_sees_everybody(visit: Visit) -> None:
    clinician = visit.enter(CLINICIAN, "clinician")
    patient = visit.enter(PATIENT, "patient")
    visit.enter(CARER, "carer")
    patient.read()

    clinician.send("admit", participant=PATIENT)

    messages = patient.read()
    assert kinds(messages) == ["admitted", "peer-joined"]
    assert messages[1]["peer"]["participant"] == CARER
    assert clinician.inbox[-1]["peer"]["status"] == "admitted"
    assert visit.events[-1] == ("participant.admitted", PATIENT, {"by": CLINICIAN})


def test_who_is_held_loses_sight_of_all_but_staff(visit: Visit) -> None:
    clinician = visit.enter(CLINICIAN, "clinician")
    patient, carer = visit.enter(PATIENT, "patient"), visit.enter(CARER, "carer")
    for participant in (PATIENT, CARER):
        clinician.send("admit", participant=participant)
    patient.read(), carer.read()

    clinician.send("hold", participant=PATIENT)

    assert [(m["type"], m.get("participant")) for m in patient.read()] == [("held", None), ("peer-left", CARER)]
    assert [(m["type"], m["peer"]["status"]) for m in carer.read()] == [("peer-updated", "waiting")]
    assert visit.event_types()[-1] == "participant.held"


def test_who_is_removed_is_put_out_and_no_ticket_brings_him_back(visit: Visit) -> None:
    clinician = visit.enter(CLINICIAN, "clinician")
    patient = visit.enter(PATIENT, "patient")

    clinician.send("remove", participant=PATIENT)
    again = visit.enter(PATIENT, "patient", until=visit.now + 9000)

    assert patient.closed == (4403, "removed")
    assert again.closed == (4403, "removed")
    assert clinician.inbox[-1] == {"type": "peer-left", "seq": clinician.inbox[-1]["seq"], "participant": PATIENT}
    assert visit.events[-1] == ("participant.removed", PATIENT, {"by": CLINICIAN})


def test_a_removal_holds_until_the_greatest_until_of_any_ticket_even_a_refused_one(visit: Visit) -> None:
    clinician = visit.enter(CLINICIAN, "clinician")
    visit.enter(PATIENT, "patient")
    clinician.send("remove", participant=PATIENT)
    visit.enter(PATIENT, "patient", until=visit.now + 9000)

    visit.wait(8999)

    assert visit.enter(PATIENT, "patient", until=visit.now + 1).closed == (4403, "removed")


def test_one_who_has_gone_can_still_be_removed(visit: Visit) -> None:
    clinician = visit.enter(CLINICIAN, "clinician")
    visit.enter(PATIENT, "patient").send("leave")

    clinician.send("remove", participant=PATIENT)

    assert clinician.refusal == ""
    assert visit.enter(PATIENT, "patient").closed == (4403, "removed")


def test_the_end_is_told_to_all_and_holds_for_all(visit: Visit) -> None:
    clinician = visit.enter(CLINICIAN, "clinician")
    patient = visit.enter(PATIENT, "patient")

    clinician.send("end", reason="completed")

    assert patient.inbox[-1]["reason"] == "completed"
    assert patient.closed == clinician.closed == (4410, "ended")
    assert visit.enter(CLINICIAN, "clinician").closed == (4410, "ended")
    assert visit.events[-1] == ("room.ended", CLINICIAN, {"reason": "completed"})


def test_a_notice_reaches_all_who_wait_and_nobody_else(visit: Visit) -> None:
    clinician = visit.enter(CLINICIAN, "clinician")
    patient, carer = visit.enter(PATIENT, "patient"), visit.enter(CARER, "carer")
    clinician.send("admit", participant=PATIENT)
    patient.read()

    clinician.send("notice", code="running-late", minutes=20)

    assert {**carer.inbox[-1], "seq": 0} == {
        "type": "notice",
        "seq": 0,
        "from": CLINICIAN,
        "code": "running-late",
        "minutes": 20,
    }
    assert patient.read() == []


@pytest.mark.parametrize("role", ["patient", "carer", "interpreter", "observer"])
@pytest.mark.parametrize("admitted", [True, False])
@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("admit", {"participant": CARER}),
        ("hold", {"participant": CARER}),
        ("remove", {"participant": CLINICIAN}),
        ("notice", {"code": "please-stay"}),
        ("end", {"reason": "completed"}),
    ],
)
def test_only_staff_moderate(visit: Visit, role: str, admitted: bool, kind: str, fields: dict[str, Any]) -> None:
    clinician = visit.enter(CLINICIAN, "clinician")
    carer = visit.enter(CARER, "carer")
    person = visit.enter(PATIENT, role)
    if admitted:
        clinician.send("admit", participant=PATIENT)

    person.send(kind, **fields)

    assert person.refusal == "not-permitted"
    assert (clinician.closed, carer.closed, visit.room.seats[CARER].admitted) == (None, None, False)


@pytest.mark.parametrize("kind", ["hold", "remove"])
@pytest.mark.parametrize("target", [PRESENTER, CLINICIAN])
def test_staff_neither_hold_nor_remove_staff(visit: Visit, kind: str, target: str) -> None:
    clinician = visit.enter(CLINICIAN, "clinician")
    visit.enter(PRESENTER, "presenter")

    clinician.send(kind, participant=target)

    assert clinician.refusal in ("not-permitted", "no-such-peer")
    assert visit.room.seats[target].status == "admitted"
    if target == PRESENTER:
        assert clinician.refusal == "not-permitted"


@pytest.mark.parametrize("kind", ["admit", "hold", "remove"])
def test_nobody_who_was_never_here_is_moderated(visit: Visit, kind: str) -> None:
    clinician = visit.enter(CLINICIAN, "clinician")

    clinician.send(kind, participant=PATIENT)

    assert clinician.refusal == "no-such-peer"


@pytest.mark.parametrize("kind", ["admit", "hold"])
def test_moderating_twice_is_told_once(visit: Visit, kind: str) -> None:
    clinician = visit.enter(CLINICIAN, "clinician")
    patient = visit.enter(PATIENT, "patient")
    clinician.send("admit", participant=PATIENT)
    clinician.send(kind, participant=PATIENT)
    patient.read()

    clinician.send(kind, participant=PATIENT)

    assert patient.read() == []


def test_a_notice_into_another_room_is_for_boards(visit: Visit) -> None:
    clinician = visit.enter(CLINICIAN, "clinician")

    clinician.send("notice", code="please-stay", room="room-of-somebody-else")

    assert clinician.refusal == "not-permitted"
