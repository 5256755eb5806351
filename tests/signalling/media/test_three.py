"""Three and four robots in a call through the real service and a forwarder process of its own."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import aiohttp
import pytest

from signalling.robot import Robot
from tests.signalling.clients import CLINICIAN, PATIENT, PRESENTER, ticket

Join = Callable[..., Awaitable[Robot]]
CARER = "carer-5d2f00aa9981bb"
LOW, MIDDLE, HIGH, HIGHEST = 440, 660, 880, 1320


@pytest.fixture
async def join() -> AsyncIterator[Join]:
    """Bring robots in that are gone at the end."""
    async with AsyncExitStack() as stack:

        async def bring(url: str, participant: str, role: str, pitch: int, **claims: object) -> Robot:
            robot = Robot(url, ticket(participant, role, **claims), pitch=pitch, frames_per_second=8)
            stack.push_async_callback(robot.close)
            await asyncio.wait_for(robot.join(), 20)
            return robot

        yield bring


async def until(robot: Robot, condition: Callable[[], bool], seconds: float = 45) -> None:
    """Return once it holds."""
    await asyncio.wait_for(robot.until(condition), seconds)


async def heard_by_bridge(robot: Robot, peer: str, pitch: int, more: int = 30) -> None:
    """Return once the bridge brings that peer's tone, and enough of it."""
    before = robot.bridged[peer]

    def hears() -> bool:
        now = robot.tone_heard(peer)
        return now is not None and abs(now - pitch) < 5 and robot.bridged[peer] >= before + more

    await until(robot, hears)


async def seen(robot: Robot, peer: str, more: int = 8) -> list[int]:
    """The numbers of that many more pictures of a peer."""
    numbers = robot.seen.setdefault(peer, [])
    before = len(numbers)
    await until(robot, lambda: len(numbers) >= before + more)
    return numbers[before:]


async def test_three_are_carried_by_the_bridge_and_two_go_back_to_one_another(url: str, join: Join) -> None:
    clinician = await join(url, CLINICIAN, "clinician", LOW)
    patient = await join(url, PATIENT, "patient", HIGH)
    await clinician.admit(PATIENT)
    await seen(patient, CLINICIAN)
    assert clinician.topology == patient.topology == "mesh"

    presenter = await join(url, PRESENTER, "presenter", MIDDLE)
    pitches = {clinician: (CLINICIAN, LOW), patient: (PATIENT, HIGH), presenter: (PRESENTER, MIDDLE)}
    for robot in pitches:
        await until(robot, lambda r=robot: r.topology == "forward")  # type: ignore[misc]  # bound now
        for other, (name, pitch) in pitches.items():
            if other is not robot:
                await heard_by_bridge(robot, name, pitch)
                numbers = await seen(robot, name)
                assert numbers[-1] > numbers[0]

    await clinician.hold(PATIENT)
    await until(patient, lambda: patient.status == "waiting")
    await asyncio.sleep(0.5)
    got = (len(patient.frames), len(clinician.seen[PATIENT]))
    await seen(clinician, PRESENTER)
    assert (len(patient.frames), len(clinician.seen[PATIENT])) == got

    await clinician.admit(PATIENT)
    await heard_by_bridge(patient, CLINICIAN, LOW)
    await heard_by_bridge(clinician, PATIENT, HIGH)


async def test_a_forwarder_that_is_killed_costs_no_visit(url: str, join: Join) -> None:
    clinician = await join(url, CLINICIAN, "clinician", LOW)
    patient = await join(url, PATIENT, "patient", HIGH)
    await join(url, PRESENTER, "presenter", MIDDLE)
    await clinician.admit(PATIENT)
    await heard_by_bridge(patient, CLINICIAN, LOW)

    os.kill(await forwarder_of_this_process(), signal.SIGKILL)
    await until(patient, lambda: patient.topology == "mesh")
    await seen(patient, CLINICIAN)
    await until(patient, lambda: patient.topology == "forward")

    await heard_by_bridge(patient, CLINICIAN, LOW)
    async with aiohttp.ClientSession() as session:
        figures = await (await session.get(url.replace("ws:", "http:").replace("/v1/socket", "/metrics"))).text()
    assert "cartref_signalling_forwarder_deaths_total 1.0" in figures
    assert "cartref_signalling_forwarders 1.0" in figures


async def forwarder_of_this_process() -> int:
    """The id of the only child that forwards."""
    ps = await asyncio.create_subprocess_exec("ps", "-o", "pid=,ppid=,args=", stdout=asyncio.subprocess.PIPE)
    output, _ = await ps.communicate()
    rows = [line.split(None, 2) for line in output.decode().splitlines()]
    (found,) = [
        int(pid) for pid, parent, words in rows if int(parent) == os.getpid() and words.endswith("signalling.media")
    ]
    return found
