"""Taking over a sheet: all that its right rows bring in one transaction, so that a crash leaves nothing of it."""

from typing import Any

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from cartref import clock, sheets
from cartref.audit.service import record
from cartref.db import reading
from cartref.errors import ClinicError, Conflict, IllegalTransition
from cartref.jobs.models import Job
from cartref.jobs.running import MakeSession, Progress
from cartref.referrals.importing import queries
from cartref.referrals.importing.judging import Verdict
from cartref.referrals.importing.preparing import Prepared, actor_of, prepare
from cartref.referrals.importing.report import report
from cartref.referrals.importing.service import NotWhole
from cartref.referrals.importing.writing import write
from cartref.referrals.models import ImportSheet, SheetState

TRIES = 3  # another transaction may register one of the patients between judging and writing


class SheetClashed(Conflict):
    """Other people registered the same patients or referrals again and again meanwhile."""

    code = "import.clash"


class WriteFailed(ClinicError):
    """The database refused the rows; what it said may name patients, so that its kind alone is told."""

    code = "import.failed"


def apply(make_session: MakeSession, job: Job, progress: Progress) -> dict[str, Any]:
    """Take over every row of `sheet_id` that is right, all or none of them with `only_whole`; return the counts.

    A sheet that was taken over already, by this work before it died, stays as it is.
    """
    if counts := _done_before(make_session, job):
        return counts
    prepared = prepare(make_session, job, progress)
    for _try in range(TRIES):
        try:
            with make_session() as session, session.begin():
                return _take_over(session, prepared, only_whole=job.arguments["only_whole"])
        except IntegrityError:
            progress.check()
        except DBAPIError as fault:
            raise WriteFailed(fault=type(fault).__name__) from None
    raise SheetClashed(sheet=prepared.sheet_id)


def _done_before(make_session: MakeSession, job: Job) -> dict[str, Any]:
    with reading(), make_session() as session:
        sheet = queries.find(session, actor_of(session, job), job.arguments["sheet_id"])
        return dict(sheet.report["counts"]) if sheet.state is SheetState.APPLIED else {}


def _take_over(session: Session, prepared: Prepared, *, only_whole: bool) -> dict[str, Any]:
    sheet = queries.find_for_change(session, prepared.actor, prepared.sheet_id)
    if sheet.state is not SheetState.CHECKED:
        raise IllegalTransition(sheet=sheet.id, state=sheet.state)
    verdicts = prepared.judge(session)
    if only_whole and any(verdict.faults for verdict in verdicts):
        raise NotWhole(sheet=sheet.id)
    now = clock.now()
    write(session, prepared.actor, sheet.id, verdicts, now)
    _close(sheet, prepared, verdicts)
    sheet.applied_at = now
    counts = dict(sheet.report["counts"])
    record(session, prepared.actor, "import.applied", "import", sheet.id, **counts)
    return counts


def _close(sheet: ImportSheet, prepared: Prepared, verdicts: list[Verdict]) -> None:
    """Keep of the sheet its report and the rows that are wrong, until they are mended or forgotten."""
    wrong = {verdict.row.number for verdict in verdicts if verdict.faults}
    left = [cells for number, cells in prepared.cells if number in wrong]
    sheet.report, sheet.state = report(verdicts), SheetState.APPLIED
    sheet.content = sheets.csv_text([prepared.headings, *left]).encode() if left else None
    if not left:
        sheet.head = None
