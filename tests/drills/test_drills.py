"""Some rounds of each drill in every run of the tests; `make drills` runs them at length."""

from pathlib import Path

import pytest

from tests.drills import kills
from tests.drills.kills import LEGS
from tests.drills.kills.leg import Leg
from tests.drills.kills.table import BEGIN, END, markdown, write

ROUNDS = 20
PAGE = Path(__file__).parents[2] / "docs" / "drills.md"


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("leg", LEGS, ids=str)
def test_nothing_acknowledged_is_lost_and_nothing_sent_twice_when_processes_are_killed(leg: Leg) -> None:
    (found,) = kills.run(ROUNDS // len(LEGS), [leg])

    assert not found.faults, "\n".join([*map(str, found.faults), markdown([found])])
    assert found.ledger.booked
    assert found.ledger.confirmed
    assert found.arrivals
    assert min(found.ledger.killed[what] for what in ("web", "worker", "both")) > 0


def test_a_new_table_takes_the_place_of_the_old_one_and_leaves_the_rest_of_the_page(tmp_path: Path) -> None:
    page = tmp_path / "drills.md"
    page.write_text(PAGE.read_text("utf-8"), "utf-8")
    before, _begin, rest = page.read_text("utf-8").partition(BEGIN)

    write(page, "| an old table |")
    write(page, "| Rounds | 500 |")

    assert page.read_text("utf-8") == f"{before}{BEGIN}\n| Rounds | 500 |\n{END}{rest.partition(END)[2]}"


def test_a_page_without_a_place_for_the_table_is_left_as_it_was(tmp_path: Path) -> None:
    page = tmp_path / "elsewhere.md"
    page.write_text("# Elsewhere\n")

    with pytest.raises(ValueError, match="no place for the table"):
        write(page, "| Rounds | 500 |")

    assert page.read_text() == "# Elsewhere\n"
