"""What was found in a sheet's rows, as it is kept: counts, and cells by row and column with codes. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cartref.referrals.importing.judging import Verdict
from cartref.referrals.importing.rows import Fault


@dataclass(frozen=True)
class Told:
    """One cell of a report: its row's number, and what is to be said of it."""

    row: int
    fault: Fault


def report(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Return the report: `counts`, and `faults`, `kept` and `second` as lists of [row, column, field, code]."""
    return {
        "counts": counts(verdicts),
        "faults": [_cell(verdict, fault) for verdict in verdicts for fault in verdict.faults],
        "kept": [_cell(verdict, fault) for verdict in verdicts for fault in verdict.kept],
        "second": [_cell(verdict, fault) for verdict in verdicts for fault in verdict.second],
    }


def counts(verdicts: Sequence[Verdict]) -> dict[str, int]:
    """Return how many rows there are, how many are right, and what those bring; patients are counted once each."""
    right = [verdict for verdict in verdicts if verdict.person]
    people = {verdict.person.id: verdict.person for verdict in right if verdict.person}
    told = [verdict for verdict in right if verdict.row.referral]
    return {
        "rows": len(verdicts),
        "right": len(right),
        "wrong": len(verdicts) - len(right),
        "new_patients": sum(person.fresh for person in people.values()),
        "known_patients": sum(not person.fresh for person in people.values()),
        "joining_patients": sum(verdict.brings_care for verdict in right),
        "new_referrals": sum(verdict.brings_referral is not None for verdict in told),
        "known_referrals": sum(verdict.brings_referral is None for verdict in told),
        "bringing": sum(not verdict.brings_nothing for verdict in right),
    }


def cells(report: dict[str, Any], kind: str) -> Iterator[Told]:
    """Yield the cells of a report, of the `kind` "faults", "kept" or "second", in their order."""
    for row, column, field, code in report.get(kind, ()):
        yield Told(row, Fault(column, field, code))


def _cell(verdict: Verdict, fault: Fault) -> list[object]:
    return [verdict.row.number, fault.column, fault.field, fault.code]
