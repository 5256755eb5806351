"""The words that a board's script puts together: finished in the reader's language but for {n} and {time}."""

from gettext import NullTranslations
from typing import Any

from cartref.consultations.board.rows import Row
from cartref.consultations.board.status import Status
from cartref.consultations.labels import LINES, TROUBLES
from cartref.consultations.speech import Speech
from cartref.i18n import words
from cartref.web.locale import gettext


def waiting(catalogue: NullTranslations, n: int) -> str:
    return catalogue.ngettext("Waiting %(n)s min", "Waiting %(n)s min", n)


def in_visit(catalogue: NullTranslations, n: int) -> str:
    return catalogue.ngettext("In visit, %(n)s min", "In visit, %(n)s min", n)


def count_waiting(catalogue: NullTranslations, n: int) -> str:
    return catalogue.ngettext("%(n)s waiting", "%(n)s waiting", n)


def count_early(catalogue: NullTranslations, n: int) -> str:
    return catalogue.ngettext("%(n)s early", "%(n)s early", n)


def count_to_ring(catalogue: NullTranslations, n: int) -> str:
    return catalogue.ngettext("%(n)s to ring", "%(n)s to ring", n)


def count_others(catalogue: NullTranslations, n: int) -> str:
    return catalogue.ngettext("%(n)s more waiting", "%(n)s more waiting", n)


def standing_words(row: Row, say: Speech) -> str | None:
    """Return what a row's status says now; None where the status has a word of its own."""
    since = row.standing.since
    if row.standing.status is Status.FAILED and row.trouble:
        return gettext(TROUBLES[row.trouble])
    if since is None:
        return None
    if row.standing.status is Status.EARLY:
        return gettext("Early, here since %(time)s", time=say.time(since))
    n = say.minutes_since(since)
    sentence = waiting if row.standing.status is Status.WAITING else in_visit
    return sentence(words(say.language).catalogue, n) % {"n": n}


def live_words(say: Speech) -> dict[str, Any]:
    """Return the words by what they are for."""
    return {
        "zone": say.zone.key,
        "waiting": say.forms(waiting),
        "inVisit": say.forms(in_visit),
        "early": gettext("Early, here since %(time)s", time="{time}"),
        "expected": gettext("Expected"),
        "telephone": gettext("By telephone"),
        "over": gettext("Over: save the outcome"),
        "letIn": gettext("Let in"),
        "open": gettext("Open"),
        "counts": {
            "waiting": say.forms(count_waiting),
            "early": say.forms(count_early),
            "failed": say.forms(count_to_ring),
        },
        "nobody": gettext("Nobody is waiting"),
        "lines": {line.value: gettext(text) for line, text in LINES.items()},
        "troubles": {trouble.value: gettext(text) for trouble, text in TROUBLES.items()},
    }
