"""A soak of some seconds: people come and go, numbers wrap, and nothing is left behind."""

from tests.soak.forwarder import soak


async def test_people_who_come_and_go_leave_nothing_behind() -> None:
    report = await soak(20)

    assert report.faults == []
    assert report.rounds > 0
    assert report.packets > 0
