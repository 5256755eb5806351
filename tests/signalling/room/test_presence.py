"""Going away, being gone, and coming back."""

from tests.signalling.visit import CARER, CLINICIAN, PATIENT, START, Visit, kinds


def test_a_lost_socket_is_away_for_a_minute_and_then_gone() -> None:
    visit = Visit()
    clinician = visit.enter(CLINICIAN, "clinician")
    patient = visit.enter(PATIENT, "patient")
    clinician.read()

    patient.lose()
    lost = clinician.read()
    visit.wait(59.9)
    within = clinician.read()
    visit.wait(0.1)

    assert [(m["type"], m["peer"]["status"]) for m in lost] == [("peer-updated", "away")]
    assert within == []
    assert kinds(clinician.read()) == ["peer-left"]
    assert visit.events[-1] == ("participant.left", PATIENT, {"reason": "lost"})


def test_a_peer_who_is_away_still_says_whether_he_was_let_in() -> None:
    visit = Visit()
    clinician = visit.enter(CLINICIAN, "clinician")
    patient = visit.enter(PATIENT, "patient")
    clinician.send("admit", participant=PATIENT)

    patient.lose()

    assert (clinician.inbox[-1]["peer"]["status"], clinician.inbox[-1]["peer"]["admitted"]) == ("away", True)


def test_a_leave_has_no_grace() -> None:
    visit = Visit()
    clinician = visit.enter(CLINICIAN, "clinician")
    patient = visit.enter(PATIENT, "patient")

    patient.send("leave")

    assert patient.closed == (1000, "left")
    assert clinician.inbox[-1]["type"] == "peer-left"
    assert visit.events[-1] == ("participant.left", PATIENT, {"reason": "left"})


def test_who_waits_is_not_told_of_others_going_or_coming() -> None:
    visit = Visit()
    visit.enter(CLINICIAN, "clinician")
    carer = visit.enter(CARER, "carer")
    carer.read()

    patient = visit.enter(PATIENT, "patient")
    patient.send("state", audio=True)
    patient.lose()
    visit.wait(60)

    assert carer.read() == []


def test_a_seat_closes_when_its_until_passes_and_a_longer_ticket_opens_it_again() -> None:
    visit = Visit()
    clinician = visit.enter(CLINICIAN, "clinician")
    patient = visit.enter(PATIENT, "patient", until=START + 100)

    visit.wait(100)
    again = visit.enter(PATIENT, "patient", until=START + 200)

    assert patient.closed == (4410, "until")
    assert "peer-left" in kinds(clinician.inbox)
    assert again.closed is None


def test_a_room_is_over_with_its_last_seat() -> None:
    visit = Visit()
    visit.enter(CLINICIAN, "clinician", until=START + 50)
    visit.enter(PATIENT, "patient", until=START + 100)

    visit.wait(99)
    before = visit.room.is_over(visit.now)
    visit.wait(1)

    assert not before
    assert visit.room.is_over(visit.now)
    assert visit.room.seats == {}


def test_coming_back_from_away_is_told_to_peers_and_application() -> None:
    visit = Visit()
    clinician = visit.enter(CLINICIAN, "clinician")
    patient = visit.enter(PATIENT, "patient")
    patient.lose()
    clinician.read()

    visit.resume(patient.token, received=1)

    assert [(m["type"], m["peer"]["status"]) for m in clinician.read()] == [("peer-updated", "waiting")]
    assert visit.events[-1] == (
        "participant.returned",
        PATIENT,
        {"role": "patient", "status": "waiting", "epoch": 1, "after": "away"},
    )


def test_waiting_since_survives_a_lost_line_but_not_a_leave() -> None:
    visit = Visit()
    patient = visit.enter(PATIENT, "patient")
    patient.lose()
    visit.wait(90)

    back = visit.enter(PATIENT, "patient")
    after_loss = visit.room.seats[PATIENT].since
    back.send("leave")
    visit.enter(PATIENT, "patient")

    assert after_loss == START
    assert visit.room.seats[PATIENT].since == visit.now
