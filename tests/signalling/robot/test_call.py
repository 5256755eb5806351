"""Robots in a real call through the real service: pictures and sound both ways, and none before both are admitted."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from signalling.robot import Robot
from tests.signalling.clients import CLINICIAN, PATIENT, PRESENTER, ticket
from tests.signalling.processes import Process

Join = Callable[..., Awaitable[Robot]]
LOW, HIGH = 440, 880


@pytest.fixture
async def join() -> AsyncIterator[Join]:
    """Bring robots in that are gone at the end."""
    async with AsyncExitStack() as stack:

        async def bring(url: str, participant: str, role: str, pitch: int, **claims: object) -> Robot:
            robot = Robot(url, ticket(participant, role, **claims), pitch=pitch)
            stack.push_async_callback(robot.close)
            await asyncio.wait_for(robot.join(), 20)
            return robot

        yield bring


async def heard(robot: Robot, pitch: int, peer: str | None = None) -> None:
    """Return once the robot hears that pitch."""

    def hears() -> bool:
        now = robot.tone_heard(peer)
        return now is not None and abs(now - pitch) < 5

    await asyncio.wait_for(robot.until(hears), 20)


async def test_two_see_and_hear_each_other_and_nothing_before_both_are_admitted(url: str, join: Join) -> None:
    clinician = await join(url, CLINICIAN, "clinician", LOW)
    patient = await join(url, PATIENT, "patient", HIGH)
    for robot, peer in ((clinician, PATIENT), (patient, CLINICIAN)):
        await asyncio.wait_for(robot.connected(peer), 20)
    await asyncio.sleep(1)
    before = [(robot.early, len(robot.frames), robot.tone_heard()) for robot in (clinician, patient)]

    await clinician.admit(PATIENT)
    seen = [await asyncio.wait_for(robot.frames_seen(30), 30) for robot in (clinician, patient)]
    await heard(clinician, HIGH)
    await heard(patient, LOW)

    assert before == [(0, 0, None)] * 2
    for numbers in seen:
        assert numbers == sorted(set(numbers))
        assert numbers[-1] - numbers[0] < 60
    assert clinician.unread + patient.unread == 0


async def test_hold_stops_both_ways_and_admit_starts_again(url: str, join: Join) -> None:
    clinician = await join(url, CLINICIAN, "clinician", LOW)
    patient = await join(url, PATIENT, "patient", HIGH)
    await clinician.admit(PATIENT)
    for robot in (clinician, patient):
        await asyncio.wait_for(robot.frames_seen(5), 30)

    await clinician.hold(PATIENT)
    await patient.until(lambda: patient.status == "waiting")
    await asyncio.sleep(1)
    held = [len(robot.frames) for robot in (clinician, patient)]
    early = [robot.early for robot in (clinician, patient)]
    await asyncio.sleep(1)
    still = [len(robot.frames) for robot in (clinician, patient)]
    early_still = [robot.early for robot in (clinician, patient)]
    await clinician.admit(PATIENT)
    for robot, count in zip((clinician, patient), held, strict=True):
        await asyncio.wait_for(robot.frames_seen(count + 10), 30)

    assert (held, early) == (still, early_still)


async def test_media_goes_on_through_a_kill_of_the_service_and_both_come_back(process: Process, join: Join) -> None:
    clinician = await join(process.url, CLINICIAN, "clinician", LOW)
    patient = await join(process.url, PATIENT, "patient", HIGH)
    await clinician.admit(PATIENT)
    for robot in (clinician, patient):
        await asyncio.wait_for(robot.frames_seen(5), 30)

    await process.kill()
    at_kill = [len(robot.frames) for robot in (clinician, patient)]
    for robot, count in zip((clinician, patient), at_kill, strict=True):
        await asyncio.wait_for(robot.frames_seen(count + 15), 30)
    await process.start()
    for robot, peer in ((clinician, PATIENT), (patient, CLINICIAN)):
        await asyncio.wait_for(robot.until(lambda r=robot, p=peer: r.peers[p]["status"] == "admitted"), 20)  # type: ignore[misc]  # bound now
    at_return = [len(robot.frames) for robot in (clinician, patient)]
    for robot, count in zip((clinician, patient), at_return, strict=True):
        await asyncio.wait_for(robot.frames_seen(count + 15), 30)

    for robot in (clinician, patient):
        steps = [later - earlier for earlier, later in zip(robot.frames, robot.frames[1:], strict=False)]
        assert robot.status == "admitted"
        assert max(steps) < 8


async def test_a_robot_that_lost_its_line_comes_back_to_its_seat(url: str, join: Join) -> None:
    clinician = await join(url, CLINICIAN, "clinician", LOW)
    patient = await join(url, PATIENT, "patient", HIGH)
    await clinician.admit(PATIENT)
    await asyncio.wait_for(patient.frames_seen(1), 30)

    patient.lose_line()
    await asyncio.wait_for(patient.until(lambda: patient.welcomes == 2), 10)
    seen = len(patient.frames)
    await asyncio.wait_for(patient.frames_seen(seen + 15), 30)

    assert clinician.peers[PATIENT]["epoch"] == 1
    assert patient.status == "admitted"


async def test_three_in_a_mesh_hear_one_another(serve: Callable[..., Awaitable[str]], join: Join) -> None:
    url = await serve(CARTREF_FORWARDERS="0")
    clinician = await join(url, CLINICIAN, "clinician", LOW)
    presenter = await join(url, PRESENTER, "presenter", 660, beside=(PATIENT,))
    patient = await join(url, PATIENT, "patient", HIGH)

    await clinician.admit(PATIENT)

    await heard(patient, LOW, CLINICIAN)
    await heard(patient, 660, PRESENTER)
    await heard(presenter, HIGH, PATIENT)
    await heard(clinician, 660, PRESENTER)


async def test_a_robot_that_was_put_out_stays_out(url: str, join: Join) -> None:
    clinician = await join(url, CLINICIAN, "clinician", LOW)
    patient = await join(url, PATIENT, "patient", HIGH)

    await clinician.end("completed")

    await asyncio.wait_for(patient.until(lambda: patient.close_code == 4410), 10)
