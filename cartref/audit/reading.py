"""Recording that something was read: after the answer is made, in a short transaction of its own that may write."""

from functools import partial

from sqlalchemy.orm import Session

from cartref.audit import service
from cartref.web.session import after_reading


def was_read(
    actor: service.Acting, action: str, subject_kind: str, subject_id: str, *, patient_id: str | None = None
) -> None:
    """Let the trail say that `actor` saw this, once the page that shows it is ready; the page is not sent without."""
    after_reading(partial(_record, actor, action, subject_kind, subject_id, patient_id))


def _record(
    actor: service.Acting, action: str, subject_kind: str, subject_id: str, patient_id: str | None, session: Session
) -> None:
    service.record(session, actor, action, subject_kind, subject_id, patient_id=patient_id)
