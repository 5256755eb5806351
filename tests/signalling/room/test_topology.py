"""From the third person on a room's media goes through the bridge, and back when there are two again."""

import itertools

from signalling import room as rooms
from signalling.media.channel import Answer, Offer, OfferWanted, People, Thinned
from signalling.room.effects import Bridge
from signalling.wire.server import Topology
from tests.signalling.visit import CARER, CLINICIAN, PATIENT, PRESENTER, ROOM, Party, Visit


class BridgedVisit(Visit):
    """A visit whose room a forwarder can serve."""

    def __init__(self) -> None:
        super().__init__()
        self.room.has_bridge = True
        self.orders: list[object] = []

    def carry_out(self, effects: list[object]) -> None:  # type: ignore[override]  # more than it looks at
        self.orders += [effect.order for effect in effects if isinstance(effect, Bridge)]
        super().carry_out([effect for effect in effects if not isinstance(effect, Bridge)])  # type: ignore[arg-type]  # all others


def three() -> tuple[BridgedVisit, Party, Party, Party]:
    """A room of three who are admitted."""
    visit = BridgedVisit()
    clinician, presenter = visit.enter(CLINICIAN, "clinician"), visit.enter(PRESENTER, "presenter")
    patient = visit.enter(PATIENT, "patient")
    clinician.send("admit", participant=PATIENT)
    return visit, clinician, presenter, patient


def topologies(party: Party) -> list[str]:
    """What a party has been told."""
    return [message["topology"] for message in party.inbox if message["type"] == "topology"]


def test_two_are_mesh_and_the_third_to_be_admitted_makes_it_forward_for_all() -> None:
    visit, *parties = three()

    assert [topologies(party) for party in parties] == [["forward"]] * 3
    assert isinstance(visit.orders[-1], People)
    assert [name for name, _ in visit.orders[-1].people] == [CLINICIAN, PRESENTER, PATIENT]


def test_who_waits_does_not_count_and_is_told_when_let_in() -> None:
    visit, clinician, _, _ = three()

    carer = visit.enter(CARER, "carer")
    waiting = topologies(carer)
    clinician.send("admit", participant=CARER)

    assert carer.welcome["topology"] == "forward"
    assert waiting == []
    assert topologies(carer) == ["forward"]
    assert CARER in dict(visit.orders[-1].people)  # type: ignore[attr-defined]  # an order about people


def test_who_is_held_is_out_of_the_bridge_at_once_and_it_stays_for_thirty_seconds() -> None:
    visit, clinician, _, patient = three()

    clinician.send("hold", participant=PATIENT)
    held = dict(visit.orders[-1].people)  # type: ignore[attr-defined]  # an order about people
    visit.wait(29)
    before = visit.room.topology
    visit.wait(2)

    assert PATIENT not in held
    assert (before, visit.room.topology) == ("forward", "mesh")
    assert topologies(clinician) == ["forward", "mesh"]
    assert topologies(patient) == ["forward"]
    assert visit.orders[-1] == People(ROOM, ())


def test_who_comes_back_within_thirty_seconds_moves_nobody() -> None:
    visit, clinician, presenter, _ = three()

    clinician.send("hold", participant=PATIENT)
    visit.wait(20)
    clinician.send("admit", participant=PATIENT)
    visit.wait(60)

    assert visit.room.topology == "forward"
    assert topologies(presenter) == ["forward"]


def test_removal_and_the_end_empty_the_bridge() -> None:
    visit, clinician, _, _ = three()

    clinician.send("remove", participant=PATIENT)
    removed = visit.orders[-1]
    clinician.send("end", reason="completed")

    assert PATIENT not in dict(removed.people)  # type: ignore[attr-defined]  # an order about people
    assert visit.orders[-1] == People(ROOM, ())


def test_another_page_of_the_same_person_is_another_epoch_to_the_bridge() -> None:
    visit, *_ = three()

    again = visit.enter(PATIENT, "patient")

    assert dict(visit.orders[-1].people)[PATIENT] == 2  # type: ignore[attr-defined]  # an order about people
    assert again.welcome["topology"] == "forward"


def test_a_bridge_that_is_lost_is_mesh_at_once_and_forward_when_it_is_found() -> None:
    visit, clinician, _, _ = three()

    visit.room.has_bridge = False
    visit.carry_out(rooms.settle(visit.room, visit.now))
    visit.room.has_bridge = True
    visit.carry_out(rooms.settle(visit.room, visit.now))

    assert topologies(clinician) == ["forward", "mesh", "forward"]


def test_descriptions_pass_to_the_bridge_and_from_it_with_a_number() -> None:
    visit, _, _, patient = three()

    patient.send("offer", to="bridge", session="up.1", sdp="v=0")
    patient.send("answer", to="bridge", session="down.1", sdp="v=0")
    patient.send("offer-wanted")
    nothing = patient.send("candidate", to="bridge", session="up.1", candidate={"candidate": "candidate:1"})
    seq = patient.inbox[-1]["seq"]
    visit.carry_out(rooms.from_bridge(visit.room, Answer(ROOM, PATIENT, "up.1", "v=1")))
    visit.carry_out(rooms.from_bridge(visit.room, Thinned(ROOM, PATIENT, CLINICIAN, video=False)))

    assert visit.orders[-3:] == [
        Offer(ROOM, PATIENT, "up.1", "v=0"),
        Answer(ROOM, PATIENT, "down.1", "v=0"),
        OfferWanted(ROOM, PATIENT),
    ]
    assert nothing == []
    assert patient.inbox[-2:] == [
        {"type": "answer", "seq": seq + 1, "from": "bridge", "session": "up.1", "sdp": "v=1"},
        {"type": "thinned", "seq": seq + 2, "participant": CLINICIAN, "video": False},
    ]


def test_what_the_bridge_says_to_one_who_is_held_is_not_delivered() -> None:
    visit, clinician, _, patient = three()
    clinician.send("hold", participant=PATIENT)
    before = len(patient.inbox)

    visit.carry_out(rooms.from_bridge(visit.room, Offer(ROOM, PATIENT, "down.1", "v=0")))

    assert len(patient.inbox) == before


def test_the_bridge_is_refused_in_a_mesh_to_who_waits_and_under_another_name() -> None:
    visit = BridgedVisit()
    clinician = visit.enter(CLINICIAN, "clinician")
    clinician.send("offer", to="bridge", session="up.1", sdp="v=0")
    in_mesh = clinician.refusal

    visit, _, presenter, _ = three()
    carer = visit.enter(CARER, "carer")
    carer.send("offer", to="bridge", session="up.1", sdp="v=0")
    presenter.send("offer", to="bridge", session="sideways", sdp="v=0")

    assert (in_mesh, carer.refusal, presenter.refusal) == ("no-such-peer", "not-permitted", "invalid")


def test_the_address_of_one_who_is_to_stay_behind_a_relay_does_not_reach_the_bridge() -> None:
    visit, clinician, _, _ = three()
    carer = visit.enter(CARER, "carer", relay=True)
    clinician.send("admit", participant=CARER)

    carer.send("offer", to="bridge", session="up.1", sdp="v=0\r\na=candidate:1 1 udp 1 192.0.2.7 9 typ host\r\n")

    assert "192.0.2.7" not in visit.orders[-1].sdp  # type: ignore[attr-defined]  # an offer


def test_without_a_forwarder_many_stay_a_mesh() -> None:
    visit = Visit()
    clinician = visit.enter(CLINICIAN, "clinician")
    for name, role in ((PRESENTER, "presenter"), (PATIENT, "patient"), (CARER, "carer")):
        visit.enter(name, role)
        clinician.send("admit", participant=name)

    assert visit.room.topology == "mesh"
    assert topologies(clinician) == []


def test_whatever_order_people_come_in_each_knows_the_topology() -> None:
    for order in itertools.permutations([(CLINICIAN, "clinician"), (PRESENTER, "presenter"), (PATIENT, "patient")]):
        visit = BridgedVisit()
        parties = {name: visit.enter(name, role) for name, role in order}
        parties[CLINICIAN].send("admit", participant=PATIENT)

        for party in parties.values():
            known = [party.welcome["topology"], *topologies(party)]
            assert known[-1] == Topology(topology="forward").topology
