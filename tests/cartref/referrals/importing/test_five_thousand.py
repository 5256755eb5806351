"""5,000 rows with 40 wrong ones: told by row and column, taken over once, nothing lost, nothing half-imported."""

import csv
import io
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cartref import sheets
from cartref.audit.models import AuditEntry
from cartref.db import Base, reading
from cartref.jobs.models import JobState
from cartref.jobs.running import MakeSession
from cartref.patients.models import CareRelationship, Patient
from cartref.referrals.importing.faulty import faulty_rows
from cartref.referrals.models import ClockTick, Referral, SheetState, WaitingEntry
from tests.cartref.referrals.importing.conftest import Clerk
from tests.cartref.referrals.importing.sheet_of_many import (
    COLUMN,
    FAULTS,
    HEADINGS,
    ROWS,
    as_csv,
    as_xlsx,
    right_rows,
    rows_with_forty_wrong,
)

CLINIC = "Tuesday clinic"
TABLES: tuple[type[Base], ...] = (Patient, CareRelationship, Referral, ClockTick, WaitingEntry)
SAVED: dict[str, Callable[[list[list[str]]], bytes]] = {
    "UTF-8 with a byte order mark": lambda rows: as_csv(rows, "utf-8-sig"),
    "Windows-1252 with semicolons": lambda rows: as_csv(rows, "cp1252", ";"),
    "XLSX": as_xlsx,
}


def counted(make_session: MakeSession) -> list[int]:
    with reading(), make_session() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


def loaded(make_session: MakeSession, number: str) -> Patient:
    with reading(), make_session() as session:
        return session.scalars(select(Patient).where(Patient.nhs_number == number)).one()


def test_the_sheet_has_forty_faults_of_many_kinds() -> None:
    assert len(FAULTS) == 40
    assert len({code for *_cell, code in FAULTS}) > 15


@pytest.mark.parametrize("saved", SAVED)
def test_exactly_the_wrong_cells_are_told_however_the_sheet_was_saved(saved: str, clerk: Clerk) -> None:
    sheet = clerk.check(SAVED[saved](rows_with_forty_wrong(CLINIC)))

    assert sheet.state is SheetState.CHECKED
    assert sheet.columns == COLUMN  # every heading was understood
    assert sheet.report["faults"] == FAULTS
    assert sheet.report["kept"] == []
    assert sheet.report["counts"] == {
        "rows": ROWS, "right": 4960, "wrong": 40, "bringing": 4960, "joining_patients": 0,
        "new_patients": 4868, "known_patients": 0, "new_referrals": 4960, "known_referrals": 0,
    }  # fmt: skip


def test_what_is_right_is_taken_over_once_and_the_rest_when_it_is_mended(
    clerk: Clerk, make_session: MakeSession
) -> None:
    before = counted(make_session)
    content = as_csv(rows_with_forty_wrong(CLINIC), "utf-8-sig")

    first = clerk.take_over(clerk.check(content).id)
    after_first = counted(make_session)
    second = clerk.check(content)
    after_second = counted(make_session)

    assert first.state is SheetState.APPLIED
    assert clerk.job(first.id).state is JobState.DONE
    assert [b - a for a, b in zip(before, after_first, strict=True)] == [4868, 4868, 4960, 4960, 4960]
    assert second.report["faults"] == FAULTS
    counts = second.report["counts"]
    assert (counts["bringing"], counts["new_patients"], counts["known_referrals"]) == (0, 0, 4960)
    assert clerk.take_over(second.id).state is SheetState.APPLIED
    assert counted(make_session) == after_second == after_first

    mended = mend(faulty_rows(first, str), right_rows(CLINIC))
    last = clerk.take_over(clerk.check(mended).id)

    assert last.report["counts"]["wrong"] == 0
    assert last.content is None
    assert [b - a for a, b in zip(before, counted(make_session), strict=True)] == [4900, 4900, 5000, 5000, 5000]


def mend(faulty: list[list[str]], right: list[list[str]]) -> bytes:
    """Return the sheet of wrong rows as it is downloaded, each mended from the right ones and sent again."""
    assert faulty[0] == [*HEADINGS.values(), "What is wrong"]
    downloaded = list(csv.reader(io.StringIO(sheets.csv_text(faulty).removeprefix("\ufeff"))))
    for (row, *_cell), cells in zip(FAULTS, downloaded[1:], strict=True):
        cells[: len(HEADINGS)] = right[row - 1]
    return sheets.csv_text(downloaded).encode()


def test_every_cell_arrives_as_it_was_written(clerk: Clerk, make_session: MakeSession) -> None:
    rows = right_rows(CLINIC)[:9]
    clerk.take_over(clerk.check(as_xlsx(rows)).id)

    llyr = loaded(make_session, rows[3][0])

    assert (llyr.given_name, llyr.family_name, llyr.born_on.isoformat()) == ("Llŷr", "Llywelyn", "1925-01-03")
    assert (llyr.postcode, llyr.address, llyr.language) == ("LL99 1AA", "12 Stryd Fawr\nLlanfair Isaf", "cy")


def test_each_patient_and_referral_is_in_the_audit_trail_without_names(
    clerk: Clerk, make_session: MakeSession, session: Session
) -> None:
    sheet = clerk.take_over(clerk.check(as_csv(right_rows(CLINIC)[:9], "utf-8")).id)

    told = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    actions = [entry.action for entry in told if entry.details.get("sheet") == sheet.id]

    assert actions == ["patient.registered"] * 8 + ["referral.recorded"] * 8
    assert [entry.action for entry in told if entry.subject_id == sheet.id] == [
        "import.uploaded", "import.matched", "import.checked", "import.begun", "import.applied",
    ]  # fmt: skip
    assert "Siân" not in str([(entry.details, entry.subject_id) for entry in told])
