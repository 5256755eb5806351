"""Checking every row of a sheet: long work that changes nothing but the sheet's own report."""

from typing import Any

from cartref.audit.service import record
from cartref.db import reading
from cartref.errors import IllegalTransition
from cartref.jobs.models import Job
from cartref.jobs.running import MakeSession, Progress
from cartref.referrals.importing import queries
from cartref.referrals.importing.preparing import prepare
from cartref.referrals.importing.report import report
from cartref.referrals.models import SheetState


def check(make_session: MakeSession, job: Job, progress: Progress) -> dict[str, Any]:
    """Write down what was found in the rows of `sheet_id`, and return the counts."""
    prepared = prepare(make_session, job, progress)
    with reading(), make_session() as session:
        found = report(prepared.judge(session))
    progress.check()
    with make_session() as session, session.begin():
        sheet = queries.find_for_change(session, prepared.actor, prepared.sheet_id)
        if sheet.state not in {SheetState.UPLOADED, SheetState.CHECKED}:
            raise IllegalTransition(sheet=sheet.id, state=sheet.state)
        sheet.report, sheet.state = found, SheetState.CHECKED
        record(session, prepared.actor, "import.checked", "import", sheet.id, **found["counts"])
    return dict(found["counts"])
