"""Coming back by a resume token: what is replayed, what dies, and who may come."""

import pytest

from signalling.room.state import restore_seat, seat_record
from tests.signalling.visit import CLINICIAN, PATIENT, Party, Visit, kinds


def seated() -> tuple[Visit, Party, Party]:
    visit = Visit()
    clinician = visit.enter(CLINICIAN, "clinician")
    patient = visit.enter(PATIENT, "patient")
    return visit, clinician, patient


def test_what_was_missed_follows_a_resume_each_with_its_own_number() -> None:
    visit, clinician, patient = seated()
    patient.lose()
    clinician.send("notice", code="running-late", minutes=10)
    clinician.send("notice", code="please-stay")

    back = visit.resume(patient.token, received=1)

    assert kinds(back.inbox) == ["welcome", "notice", "notice"]
    assert [message["seq"] for message in back.inbox] == [1, 2, 3]
    assert back.welcome["resumed"] is True


def test_a_resume_says_which_number_was_handled_last_and_ignores_it_when_sent_again() -> None:
    visit, clinician, patient = seated()
    patient.send("state", audio=True, n=1)
    patient.send("state", audio=False, n=2)
    patient.lose()
    back = visit.resume(patient.token, received=1)
    clinician.read()

    back.send("state", audio=True, n=2)
    back.send("state", video=True, n=3)

    assert back.welcome["handled"] == 2
    assert [message["peer"]["state"] for message in clinician.read()] == [{"audio": False, "video": True}]


def test_more_than_256_messages_can_not_be_replayed() -> None:
    visit, clinician, patient = seated()
    patient.lose()
    for number in range(257):
        visit.now += 1
        clinician.send("chat", to=PATIENT, text=str(number))

    back = visit.resume(patient.token, received=1)

    assert kinds(back.inbox) == ["welcome"]
    assert (back.welcome["resumed"], back.welcome["seq"]) == (False, 259)


def test_exactly_256_messages_are_replayed() -> None:
    visit, clinician, patient = seated()
    patient.lose()
    for number in range(256):
        visit.now += 0.1
        clinician.send("chat", to=PATIENT, text=str(number))

    back = visit.resume(patient.token, received=1)

    assert [message["text"] for message in back.inbox[1:]] == [str(number) for number in range(256)]


def test_numbers_go_on_from_a_fresh_welcome_even_if_the_client_claims_more() -> None:
    visit, clinician, patient = seated()
    patient.lose()

    back = visit.resume(patient.token, received=40)
    clinician.send("notice", code="please-stay")

    assert (back.welcome["resumed"], back.welcome["seq"]) == (False, 41)
    assert back.inbox[-1]["seq"] == 42


def test_a_fresh_welcome_that_was_lost_is_not_replayed_over() -> None:
    visit, clinician, patient = seated()
    patient.lose()
    lost = visit.resume(patient.token, received=40)
    clinician.send("notice", code="please-stay")
    lost.lose()

    back = visit.resume(patient.token, received=40)

    assert back.welcome["resumed"] is False


def test_a_live_connection_is_replaced_by_a_resume_without_news_to_peers() -> None:
    visit, clinician, patient = seated()
    clinician.read()

    visit.resume(patient.token, received=1)

    assert patient.closed == (4409, "replaced")
    assert clinician.read() == []


def test_a_late_loss_of_the_replaced_socket_changes_nothing() -> None:
    visit, _, patient = seated()
    back = visit.resume(patient.token, received=1)

    patient.lose()

    assert visit.room.seats[PATIENT].link == back.link
    assert visit.room.seats[PATIENT].status == "waiting"


def test_the_token_rotates_and_the_old_one_is_good_until_a_minute_after_the_new_one_was_used() -> None:
    visit, _, patient = seated()
    second = visit.resume(patient.token, received=1)
    visit.wait(3000)
    third = visit.resume(second.token, received=1)
    visit.now += 60

    within_grace = visit.resume(patient.token, received=1)
    visit.now += 1
    after_grace = visit.resume(patient.token, received=1)

    assert len({patient.token, second.token, third.token}) == 3
    assert within_grace.closed is None
    assert after_grace.closed == (4401, "resume-unknown")
    assert visit.resume(third.token, received=1).closed is None


def test_a_token_that_was_never_used_lets_the_earlier_one_live() -> None:
    visit, _, patient = seated()
    visit.resume(patient.token, received=1)
    visit.now += 600

    assert visit.resume(patient.token, received=1).closed is None


def test_a_token_dies_with_leave() -> None:
    visit, _, patient = seated()
    patient.send("leave")

    assert visit.resume(patient.token, received=1).closed == (4401, "resume-unknown")


@pytest.mark.parametrize(
    ("message", "closed"),
    [
        ({"kind": "remove", "participant": PATIENT}, (4403, "removed")),
        ({"kind": "end", "reason": "completed"}, (4410, "ended")),
    ],
)
def test_a_token_dies_with_removal_and_with_the_end(message: dict[str, str], closed: tuple[int, str]) -> None:
    visit, clinician, patient = seated()
    clinician.send(**message)

    assert visit.resume(patient.token, received=1).closed == closed


def test_a_token_dies_with_until() -> None:
    visit, _, patient = seated()
    visit.wait(3600)

    assert visit.resume(patient.token, received=1).closed == (4410, "until")


def test_a_seat_that_was_gone_comes_back_by_its_token_and_starts_afresh() -> None:
    visit, clinician, patient = seated()
    patient.lose()
    visit.wait(60)
    clinician.read()

    back = visit.resume(patient.token, received=1)

    assert back.welcome["resumed"] is False
    assert kinds(clinician.read()) == ["peer-joined"]
    assert visit.event_types()[-2:] == ["participant.left", "participant.returned"]


def test_an_older_page_that_comes_back_is_another_epoch_to_its_peers() -> None:
    visit, clinician, patient = seated()
    newer = visit.enter(PATIENT, "patient")

    back = visit.resume(patient.token, received=1)

    assert newer.closed == (4409, "replaced")
    assert (back.welcome["resumed"], back.welcome["handled"], back.welcome["epoch"]) == (False, None, 3)
    assert clinician.inbox[-1]["peer"]["epoch"] == 3


def test_a_seat_from_the_journal_is_away_keeps_its_standing_and_does_not_know_the_numbers() -> None:
    visit, clinician, patient = seated()
    clinician.send("admit", participant=PATIENT)
    patient.send("state", audio=True, n=1)
    record = seat_record(visit.room, visit.room.seats[PATIENT])

    visit.room.seats[PATIENT] = restore_seat(record, visit.now)
    status = visit.room.seats[PATIENT].status
    back = visit.resume(patient.token, received=9)

    assert status == "away"
    assert (back.welcome["resumed"], back.welcome["handled"], back.welcome["status"]) == (False, None, "admitted")
    assert (back.welcome["epoch"], back.welcome["seq"]) == (1, 10)


def test_after_a_restart_numbers_may_have_gaps_because_only_some_messages_are_sent_again() -> None:
    visit, clinician, patient = seated()
    visit.room.seats[PATIENT] = restore_seat(seat_record(visit.room, visit.room.seats[PATIENT]), visit.now)
    back = visit.resume(patient.token, received=1)

    answers = [back.send("offer", to=CLINICIAN, session="s", sdp="v=0", n=n) for n in (5, 8, 8)]

    assert answers == [[], [], []]
    assert kinds(clinician.inbox).count("offer") == 2
