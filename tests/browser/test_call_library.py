"""The call library in real Chromium through the real signalling service: who hears and sees whom, and when."""

import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.call_stand import Stand, call_stand, new_id

pytestmark = pytest.mark.browser

SOON = 20_000
A_WHILE = 1_500  # ms in which media would have come, had any been sent


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with call_stand(tmp_path_factory.mktemp("signalling")) as running:
        yield running


class Seat:
    """One person's page."""

    def __init__(self, page: Page, participant: str) -> None:
        self.page = page
        self.participant = participant

    def counts(self) -> dict[str, float]:
        """What has gone over this page's connections: bytesSent, bytesReceived, framesDecoded, audioEnergy."""
        return dict(self.page.evaluate("seat.counts()"))

    def is_shown(self) -> bool:
        return bool(self.page.evaluate("seat.isShown()"))

    def state(self) -> str:
        return str(self.page.evaluate("seat.call.state"))

    def wait(self, condition: str) -> None:
        self.page.wait_for_function(condition, timeout=SOON)

    def wait_to_hear_and_see(self, since: dict[str, float] | None = None) -> None:
        before = since or self.counts()
        self.page.wait_for_function(
            """async (before) => {
                const now = await seat.counts();
                return now.framesDecoded > before.framesDecoded + 10 && now.audioEnergy > before.audioEnergy;
            }""",
            arg=before,
            timeout=SOON,
        )

    def says(self, call: str, *arguments: Any) -> None:
        self.page.evaluate(f"(values) => seat.call.{call}(...values)", list(arguments))


@pytest.fixture
def sit(browser: Browser, stand: Stand) -> Iterator[Callable[[str, str], Seat]]:
    """Return a function that opens a seat in this test's room: `sit("patient", room)`."""
    contexts = []

    def open_seat(role: str, room: str) -> Seat:
        context = browser.new_context(permissions=["camera", "microphone"])
        contexts.append(context)
        page = context.new_page()
        participant = new_id(role)
        page.goto(stand.address("index.html", room, participant, role))
        page.wait_for_function("window.seat !== undefined", timeout=SOON)
        return Seat(page, participant)

    yield open_seat
    for context in contexts:
        context.close()


@pytest.fixture
def waiting(sit: Callable[[str, str], Seat]) -> tuple[Seat, Seat]:
    """Return a clinician and a patient who waits, the transport between them connected."""
    room = new_id("room")
    clinician, patient = sit("clinician", room), sit("patient", room)
    for seat in (clinician, patient):
        seat.wait("seat.transports().includes('connected')")
    return clinician, patient


@pytest.fixture
def talking(waiting: tuple[Seat, Seat]) -> tuple[Seat, Seat]:
    """Return a clinician and a patient who hear and see each other."""
    clinician, patient = waiting
    clinician.says("admit", patient.participant)
    for seat in (clinician, patient):
        seat.wait("seat.call.state === 'talking'")
        seat.wait_to_hear_and_see()
    return clinician, patient


def test_the_transport_is_ready_while_the_patient_waits_and_carries_nothing(waiting: tuple[Seat, Seat]) -> None:
    clinician, patient = waiting

    clinician.page.wait_for_timeout(A_WHILE)

    for seat in (clinician, patient):
        assert seat.counts() == {"bytesSent": 0, "bytesReceived": 0, "framesDecoded": 0, "audioEnergy": 0}
        assert not seat.is_shown()
    assert patient.state() == "waiting"


def test_both_hear_and_see_each_other_once_the_patient_is_let_in(talking: tuple[Seat, Seat]) -> None:
    clinician, patient = talking

    assert clinician.is_shown()
    assert patient.is_shown()
    assert clinician.page.evaluate("seat.connections()") == 1


def test_a_tampered_patient_page_is_neither_seen_nor_sent_anything_before_it_is_let_in(
    waiting: tuple[Seat, Seat],
) -> None:
    clinician, patient = waiting

    patient.page.evaluate("seat.sendAnyway()")
    clinician.wait("seat.counts().then(({ bytesReceived }) => bytesReceived > 50000)")

    assert not clinician.is_shown()
    assert clinician.counts()["audioEnergy"] == 0
    assert clinician.counts()["bytesSent"] == 0
    assert patient.counts()["framesDecoded"] == 0


def test_a_patient_who_is_held_is_neither_heard_nor_seen_until_she_is_let_in_again(talking: tuple[Seat, Seat]) -> None:
    clinician, patient = talking

    clinician.says("hold", patient.participant)
    patient.wait("seat.call.state === 'held'")
    patient.page.wait_for_timeout(A_WHILE)
    held = [seat.counts() for seat in talking]
    patient.page.wait_for_timeout(A_WHILE)

    for seat, before in zip(talking, held, strict=True):
        assert seat.counts()["framesDecoded"] == before["framesDecoded"]
        assert seat.counts()["bytesSent"] == before["bytesSent"]
        assert not seat.is_shown()

    clinician.says("admit", patient.participant)
    for seat in talking:
        seat.wait_to_hear_and_see()


def test_a_patient_who_reloads_is_back_in_the_call_by_herself(talking: tuple[Seat, Seat]) -> None:
    patient = talking[1]

    patient.page.reload()

    patient.wait("window.seat !== undefined && seat.call.state === 'talking'")
    for seat in talking:
        seat.wait_to_hear_and_see()


def test_a_clinician_who_reloads_is_back_in_the_call_by_herself(talking: tuple[Seat, Seat]) -> None:
    clinician = talking[0]

    clinician.page.reload()

    clinician.wait("window.seat !== undefined && seat.call.state === 'talking'")
    for seat in talking:
        seat.wait_to_hear_and_see()


def test_a_second_tab_takes_the_visit_over_and_the_first_stays_out(
    talking: tuple[Seat, Seat], browser: Browser
) -> None:
    clinician, patient = talking

    second = patient.page.context.new_page()
    second.goto(patient.page.url)

    patient.wait("seat.call.state === 'moved'")
    second.wait_for_function("window.seat !== undefined && seat.call.state === 'talking'", timeout=SOON)
    clinician.wait_to_hear_and_see()
    assert patient.state() == "moved"


def test_the_end_of_the_visit_is_the_end_for_both(talking: tuple[Seat, Seat]) -> None:
    talking[0].says("end", "completed")

    for seat in talking:
        seat.wait("seat.call.state === 'ended'")
        assert not seat.is_shown()


def test_both_looking_for_a_new_path_at_once_find_one_under_the_old_picture(talking: tuple[Seat, Seat]) -> None:
    before = [seat.page.evaluate("seat.iceUser()") for seat in talking]

    for seat in talking:
        seat.says("wake", {"network": True})

    for seat, user in zip(talking, before, strict=True):
        seat.wait(f"seat.iceUser() !== '{user}'")
        seat.wait_to_hear_and_see()
        assert seat.page.evaluate("seat.connections()") == 1
        assert seat.state() == "talking"


def test_three_people_hear_and_see_each_other_and_nobody_sees_who_waits(
    talking: tuple[Seat, Seat], sit: Callable[[str, str], Seat]
) -> None:
    clinician, patient = talking
    room = str(clinician.page.evaluate("seat.call.me.room"))

    carer = sit("carer", room)
    carer.wait("seat.call.state === 'waiting' && seat.transports().includes('connected')")
    assert patient.page.evaluate("seat.connections()") == 1, "two who both wait for staff are not connected"
    clinician.says("admit", carer.participant)

    for seat in (clinician, patient, carer):
        seat.wait("seat.call.peers.filter(({ phase }) => phase === 'flowing').length === 2")
    clinician.says("remove", carer.participant)
    carer.wait("seat.call.state === 'removed'")
    assert not carer.is_shown()
    patient.wait("seat.call.peers.length === 1")
    patient.wait_to_hear_and_see()


def test_pictures_go_on_while_the_service_is_killed_and_both_come_back_admitted(
    talking: tuple[Seat, Seat], stand: Stand
) -> None:
    clinician, patient = talking

    stand.kill()
    seen = [frames_over(3, seat) for seat in talking]
    for seat in talking:
        seat.wait("!seat.isReached()")
    stand.start()
    for seat in talking:
        seat.wait("seat.isReached()")
        seat.wait_to_hear_and_see()
    clinician.says("chat", "Bore da", patient.participant)

    patient.wait("seat.chats.includes('Bore da')")
    assert all(later > earlier for frames in seen for earlier, later in pairwise(frames)), seen
    for seat in talking:
        assert seat.page.evaluate("seat.connections()") == 1, "the connection of before is the one of after"
        assert seat.page.evaluate("seat.states")[-1] == "talking"
        assert "recovering" not in seat.page.evaluate("seat.states")


def frames_over(seconds: int, seat: Seat) -> list[float]:
    """Return the frames decoded at the beginning of each half second."""
    counts = []
    for _ in range(seconds * 2):
        counts.append(seat.counts()["framesDecoded"])
        time.sleep(0.5)
    return counts
