"""The table at the end of a drill, in Markdown, and its place in a page."""

import platform
import subprocess
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from cartref import clock
from tests.drills.kills.checking import BARE, DOUBLED, LOST, UNSOUND, UNTRUE
from tests.drills.kills.leg import Found
from tests.drills.kills.receivers import CONSOLE, NOTIFY, SMTP

BEGIN, END = "<!-- the table begins -->", "<!-- the table ends -->"
Count = Callable[[Found], int]


def _killed(what: str) -> Count:
    return lambda found: found.ledger.killed[what]


def _came(way: str, sort: str = "") -> Count:
    return lambda found: sum(one.way == way and sort in {"", one.sort} for one in found.arrivals)


def _wrong(*sorts: str) -> Count:
    return lambda found: sum(fault.sort in sorts for fault in found.faults)


def _repeated(found: Found) -> int:
    by_mail = Counter(one.message_id for one in found.arrivals if one.way == SMTP)
    return by_mail.total() - len(by_mail)


ROWS: dict[str, Count] = {
    "Rounds": lambda found: found.rounds,
    "Kills of the web process": _killed("web"),
    "Kills of the worker": _killed("worker"),
    "Kills of both": _killed("both"),
    "Requests acknowledged": lambda found: found.ledger.acknowledged.total(),
    "Requests cut off": lambda found: found.ledger.cut_off.total(),
    "Bookings acknowledged": lambda found: len(found.ledger.booked),
    "Moves acknowledged": lambda found: found.ledger.moved.total(),
    "Cancellations acknowledged": lambda found: len(found.ledger.cancelled),
    "Offers made": lambda found: found.offers,
    "Offers answered": lambda found: len(found.ledger.answered),
    "Appointments in the end": lambda found: found.appointments,
    "E-mails by SMTP": _came(SMTP),
    "of them repeats, with the same Message-ID": _repeated,
    "E-mails by Notify": _came(NOTIFY, "email"),
    "Texts by Notify": _came(NOTIFY, "sms"),
    "Letters by Notify": _came(NOTIFY, "letter"),
    "Texts on the console": _came(CONSOLE),
    "Print runs posted": lambda found: found.ledger.acknowledged["letters posted"],
    "In doubt, handed to a person": lambda found: found.in_doubt,
    "**Lost**": _wrong(LOST),
    "**Doubled**": _wrong(DOUBLED),
    "**Without audit row**": _wrong(BARE),
    "**Untrue or unsound**": _wrong(UNTRUE, UNSOUND),
    "Seconds": lambda found: round(found.seconds),
}


def markdown(found: Sequence[Found]) -> str:
    """Return when and on what the drill ran, and its table: a column for each leg, and one for all."""
    head = ["", *(str(one.leg) for one in found), "together"]
    lines = [_row(head), _row(["---", *("---:" for _column in head[1:])])]
    for name, count in ROWS.items():
        counts = [count(one) for one in found]
        lines.append(_row([name, *(f"{each:,}" for each in (*counts, sum(counts)))]))
    return "\n".join((_when_and_where(), "", *lines))


def write(page: Path, told: str) -> None:
    """Put the table between the two marks of a page; raise ValueError for a page without them."""
    before, begins, rest = page.read_text("utf-8").partition(BEGIN)
    _old, ends, after = rest.partition(END)
    if not begins or not ends:
        raise ValueError(f"{page} has no place for the table")
    page.write_text(f"{before}{BEGIN}\n{told}\n{END}{after}", "utf-8")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _when_and_where() -> str:
    described = subprocess.run(
        ("git", "describe", "--always", "--dirty", "--exclude=*"), capture_output=True, text=True, check=False
    )
    commit = described.stdout.strip() or "unknown"
    return f"{clock.now().date().isoformat()}, commit `{commit}`, Python {platform.python_version()}."
