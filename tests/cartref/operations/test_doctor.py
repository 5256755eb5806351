"""What the doctor says of notices that could not be sent: only those that still wait for a person are a fault."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from cartref import clock
from cartref.config import read_settings
from cartref.notifications import calls
from cartref.notifications.models import CallState, Channel, Notice, NoticeState
from cartref.operations import doctor

SETTINGS = read_settings({"CARTREF_ENVIRONMENT": "test"})
ABOUT: dict[str, Any] = {
    "service_id": "s", "kind": "appointment.confirmation", "subject_id": "a", "recipient_kind": "patient",
    "recipient_id": "p",
}  # fmt: skip


def failed(session: Session) -> Notice:
    """Return a text that could not be sent."""
    now = clock.now()
    notice = Notice(
        key="one", channel=Channel.TEXT, language="cy", state=NoticeState.FAILED, due_at=now, created_at=now, **ABOUT
    )  # fmt: skip
    session.add(notice)
    session.flush()
    return notice


def said_of_notices(session: Session) -> list[str]:
    """Return what the doctor finds against "Notices go out"."""
    return list(doctor.LOOKS["Notices go out"](session, SETTINGS))


def test_a_failed_notice_of_which_nobody_knows_is_a_fault(session: Session) -> None:
    failed(session)

    assert said_of_notices(session) == ["1 notices could not be sent and wait for a person"]


@pytest.mark.parametrize(
    ("state", "faults"), [(CallState.OPEN, 1), (CallState.DONE, 0), (CallState.WITHDRAWN, 0)], ids=str
)
def test_a_failed_notice_is_a_fault_until_its_line_has_left_the_call_list(
    session: Session, state: CallState, faults: int
) -> None:
    line = calls.add(session, key="one", reason="text-failed", notice_id=failed(session).id, **ABOUT)
    line.state = state
    session.flush()

    assert len(said_of_notices(session)) == faults
