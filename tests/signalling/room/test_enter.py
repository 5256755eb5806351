"""Coming in by a ticket: who is let in, who waits, who sees whom, and who is turned away."""

import pytest

from tests.signalling.visit import CARER, CLINICIAN, PATIENT, PRESENTER, START, Visit, kinds


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("clinician", "admitted"),
        ("presenter", "admitted"),
        ("patient", "waiting"),
        ("carer", "waiting"),
        ("interpreter", "waiting"),
        ("observer", "waiting"),
    ],
)
def test_staff_are_admitted_as_they_arrive_and_all_others_wait(role: str, status: str) -> None:
    visit = Visit()

    party = visit.enter(PATIENT, role)

    assert party.welcome["status"] == status
    assert visit.event_types() == [f"participant.{status}"]


def test_a_first_welcome_starts_every_number_at_its_beginning() -> None:
    party = Visit().enter(PATIENT, "patient")

    welcome = party.welcome

    assert (welcome["seq"], welcome["resumed"], welcome["handled"], welcome["epoch"]) == (1, False, 0, 1)
    assert (welcome["version"], welcome["topology"], welcome["icePolicy"], welcome["heartbeat"]) == (
        1,
        "mesh",
        "all",
        10,
    )


def test_who_waits_is_told_of_staff_only() -> None:
    visit = Visit()
    visit.enter(CLINICIAN, "clinician")
    visit.enter(CARER, "carer")

    patient = visit.enter(PATIENT, "patient")

    assert [peer["participant"] for peer in patient.welcome["peers"]] == [CLINICIAN]


def test_staff_are_told_of_all_who_come() -> None:
    visit = Visit()
    clinician = visit.enter(CLINICIAN, "clinician")

    visit.enter(PATIENT, "patient")
    visit.enter(CARER, "carer")

    joined = [message["peer"]["participant"] for message in clinician.inbox if message["type"] == "peer-joined"]
    assert joined == [PATIENT, CARER]


@pytest.mark.parametrize(
    ("reader", "reader_role", "peer", "peer_role", "polite"),
    [
        (PATIENT, "patient", CLINICIAN, "clinician", True),
        (CLINICIAN, "clinician", PATIENT, "patient", False),
        (PRESENTER, "presenter", CLINICIAN, "clinician", True),
        (CLINICIAN, "clinician", PRESENTER, "presenter", False),
    ],
)
@pytest.mark.parametrize("reader_first", [True, False])
def test_politeness_never_depends_on_who_came_first(
    reader: str, reader_role: str, peer: str, peer_role: str, polite: bool, reader_first: bool
) -> None:
    visit = Visit()
    people = [(reader, reader_role), (peer, peer_role)]
    for participant, role in people if reader_first else reversed(people):
        visit.enter(participant, role)

    party = visit.enter(reader, reader_role)

    assert [(entry["participant"], entry["polite"]) for entry in party.welcome["peers"]] == [(peer, polite)]


def test_a_reload_raises_the_epoch_and_replaces_the_socket() -> None:
    visit = Visit()
    clinician = visit.enter(CLINICIAN, "clinician")
    first = visit.enter(PATIENT, "patient")

    second = visit.enter(PATIENT, "patient")

    assert first.closed == (4409, "replaced")
    assert second.welcome["epoch"] == 2
    assert clinician.inbox[-1]["type"] == "peer-updated"
    assert clinician.inbox[-1]["peer"]["epoch"] == 2


def test_a_page_that_lost_only_its_token_keeps_its_epoch_and_its_numbers() -> None:
    visit = Visit()
    clinician = visit.enter(CLINICIAN, "clinician")
    first = visit.enter(PATIENT, "patient")
    first.send("state", audio=True, video=True, hand=False, n=1)
    clinician.read()

    second = visit.enter(PATIENT, "patient", epoch=1)

    assert (second.welcome["epoch"], second.welcome["handled"], second.welcome["resumed"]) == (1, 1, False)
    assert clinician.read() == []


def test_a_ticket_with_another_epoch_is_another_page() -> None:
    visit = Visit()
    visit.enter(PATIENT, "patient")
    visit.enter(PATIENT, "patient")

    third = visit.enter(PATIENT, "patient", epoch=1)

    assert (third.welcome["epoch"], third.welcome["handled"]) == (3, 0)


def test_who_comes_back_keeps_the_standing_he_had() -> None:
    visit = Visit()
    clinician = visit.enter(CLINICIAN, "clinician")
    visit.enter(PATIENT, "patient")
    clinician.send("admit", participant=PATIENT)

    back = visit.enter(PATIENT, "patient")

    assert back.welcome["status"] == "admitted"


def test_a_ninth_seat_is_refused_and_a_gone_seat_makes_room() -> None:
    visit = Visit()
    parties = [visit.enter(f"participant-{number:04d}", "patient") for number in range(8)]

    refused = visit.enter("participant-0008", "patient")
    parties[0].send("leave")
    seated = visit.enter("participant-0008", "patient")
    returned = visit.enter("participant-0000", "patient")

    assert refused.closed == (4413, "room-full")
    assert seated.closed is None
    assert returned.closed == (4413, "room-full")


def test_a_ticket_whose_seat_is_over_is_refused() -> None:
    visit = Visit()

    late = visit.enter(PATIENT, "patient", until=START)

    assert late.closed == (4410, "until")


def test_people_who_share_a_device_are_told_to_peers() -> None:
    visit = Visit()
    visit.enter(PRESENTER, "presenter", with_=(PATIENT,))

    clinician = visit.enter(CLINICIAN, "clinician")

    assert clinician.welcome["peers"][0]["with"] == [PATIENT]


def test_a_seat_behind_a_relay_is_told_so() -> None:
    party = Visit().enter(PATIENT, "patient", relay=True)

    assert party.welcome["icePolicy"] == "relay"
    assert party.welcome["iceServers"] == []


def test_a_person_who_waits_is_told_again_how_many_are_before_her() -> None:
    visit = Visit()
    visit.room.ahead[PATIENT] = 3

    party = visit.enter(PATIENT, "patient")

    assert kinds(party.inbox) == ["welcome", "waiting"]
    assert party.inbox[1] == {"type": "waiting", "seq": 2, "ahead": 3}


def test_what_is_kept_comes_before_what_is_announced() -> None:
    visit = Visit()

    visit.enter(PATIENT, "patient", topics=("session-0123456789",))

    kept = [record for record in visit.records if getattr(record, "participant", None) == PATIENT]
    assert (kept[0].epoch, kept[0].admitted, kept[0].topics) == (1, False, ("session-0123456789",))
    assert frozenset({"session-0123456789"}) in visit.listed
