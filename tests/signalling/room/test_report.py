"""What clients say of themselves."""

from tests.signalling.visit import CARER, CLINICIAN, PATIENT, Visit

TOPIC = "session-0123456789ab"
QUALITY = {"level": "good", "rtt": 40.0, "loss": 0.0, "up": 9e5, "down": 9e5, "path": "host"}


def test_a_state_is_told_to_peers_and_keeps_what_is_left_out() -> None:
    visit = Visit()
    clinician = visit.enter(CLINICIAN, "clinician")
    patient = visit.enter(PATIENT, "patient")

    patient.send("state", audio=True, video=True, hand=False)
    patient.send("state", hand=True)

    assert clinician.inbox[-1]["peer"]["state"] == {"audio": True, "video": True, "hand": True}


def test_ready_is_shown_on_boards_and_told_to_the_application_but_not_to_peers() -> None:
    visit = Visit()
    clinician = visit.enter(CLINICIAN, "clinician")
    patient = visit.enter(PATIENT, "patient", topics=(TOPIC,))
    clinician.read()
    facts = {"camera": True, "microphone": True, "rtt": 48.0, "relay": None}

    patient.send("ready", **facts)

    assert visit.events[-1] == ("participant.ready", PATIENT, facts)
    assert visit.listed[-1] == {TOPIC}
    assert clinician.read() == []


def test_only_who_waits_says_that_he_is_ready() -> None:
    clinician = Visit().enter(CLINICIAN, "clinician")

    clinician.send("ready", camera=True, microphone=True)

    assert clinician.refusal == "not-permitted"


def test_quality_is_told_to_peers_each_time_and_to_the_application_when_the_level_changes() -> None:
    visit = Visit()
    clinician = visit.enter(CLINICIAN, "clinician")
    patient = visit.enter(PATIENT, "patient")
    clinician.read()

    for level in ("good", "good", "poor"):
        patient.send("quality", **{**QUALITY, "level": level})

    assert [message["peer"]["quality"]["level"] for message in clinician.read()] == ["good", "good", "poor"]
    assert [data["level"] for kind, _, data in visit.events if kind == "quality.changed"] == ["good", "poor"]


def test_a_rung_is_told_once() -> None:
    visit = Visit()
    clinician = visit.enter(CLINICIAN, "clinician")
    patient = visit.enter(PATIENT, "patient")
    clinician.read()

    for _ in range(2):
        patient.send("rung", rung="voice", reason="thin-line")

    assert [message["peer"]["rung"] for message in clinician.read()] == [{"rung": "voice", "reason": "thin-line"}]
    assert visit.event_types().count("rung.changed") == 1


def test_what_became_of_media_is_told_to_the_application_also_of_a_peer_who_has_just_gone() -> None:
    visit = Visit()
    clinician = visit.enter(CLINICIAN, "clinician")
    patient = visit.enter(PATIENT, "patient")
    patient.send("media", event="connected", peer=CLINICIAN, ms=812)
    clinician.send("leave")
    patient.send("media", event="lost", peer=CLINICIAN, ms=0)

    assert [(kind, data) for kind, who, data in visit.events if kind.startswith("media.")] == [
        ("media.connected", {"peer": CLINICIAN, "ms": 812.0}),
        ("media.lost", {"peer": CLINICIAN, "ms": 0.0}),
    ]
    assert patient.refusal == ""


def test_media_with_somebody_out_of_sight_is_nobody() -> None:
    visit = Visit()
    visit.enter(CARER, "carer")
    patient = visit.enter(PATIENT, "patient")

    patient.send("media", event="connected", peer=CARER, ms=1)

    assert patient.refusal == "no-such-peer"
