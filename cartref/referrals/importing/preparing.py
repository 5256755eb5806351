"""What checking and taking over begin with: a sheet's rows read one after another, told as they are read."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cartref.accounts import queries as accounts
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.db import reading
from cartref.errors import IllegalTransition
from cartref.jobs.models import Job
from cartref.jobs.running import MakeSession, Progress
from cartref.patients.service import today
from cartref.referrals.importing import known, queries
from cartref.referrals.importing.columns import Columns
from cartref.referrals.importing.judging import Verdict, judge_all
from cartref.referrals.importing.reading import Numbered, read
from cartref.referrals.importing.rows import Reading, Row, read_row
from cartref.referrals.models import SheetState


@dataclass(frozen=True)
class Prepared:
    """A sheet whose rows were read: who works on it, what its columns mean, its headings, cells and rows."""

    actor: Actor
    sheet_id: str
    columns: Columns
    headings: Sequence[str]
    cells: Sequence[Numbered]
    rows: Sequence[Row]

    def judge(self, session: Session) -> list[Verdict]:
        """Return what each row comes to beside what the clinic knows now."""
        return judge_all(self.rows, known.find(session, self.actor, self.rows), self.columns)


def prepare(make_session: MakeSession, job: Job, progress: Progress) -> Prepared:
    """Return the job's sheet with its rows read, a step for each; raise Stopped, Forbidden or IllegalTransition."""
    with reading(), make_session() as session:
        actor = actor_of(session, job)
        sheet = queries.find(session, actor, job.arguments["sheet_id"])
        if sheet.content is None or sheet.state not in {SheetState.UPLOADED, SheetState.CHECKED}:
            raise IllegalTransition(sheet=sheet.id, state=sheet.state)
        content, columns = sheet.content, dict(sheet.columns)
        rules = Reading(columns, known.clinics_by_name(session, actor), today())
    headings, cells = read(content)
    progress.of(len(cells))
    rows = []
    for number, row in cells:
        rows.append(read_row(number, row, rules))
        progress.step()
    progress.check()
    return Prepared(actor, job.arguments["sheet_id"], columns, headings, cells, rows)


def actor_of(session: Session, job: Job) -> Actor:
    """Return whoever began the job, as she may act today; raise Forbidden when she may import no more."""
    actor = accounts.actor_of(session, job.owner_id, job.service_id)
    actor.require(Permission.PATIENTS_WRITE)
    actor.require(Permission.REFERRALS_WRITE)
    return actor
