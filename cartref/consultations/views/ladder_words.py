"""What is said of the steps that a visit took on the ladder."""

from cartref.consultations import service
from cartref.consultations.labels import ROLES
from cartref.consultations.models import Encounter, LadderStep
from cartref.consultations.speech import Speech
from cartref.db import db
from cartref.web.locale import gettext


def ladder_words(encounter: Encounter | None, say: Speech) -> list[str]:
    """Return the steps of a visit, oldest first, each as a sentence with its time, its reason and whose it is."""
    if encounter is None:
        return []
    roles = {seat.id: gettext(ROLES[seat.role]) for seat in encounter.seats if seat.role in ROLES}
    return [_sentence(step, roles.get(step.seat_id or "", ""), say) for step in service.steps(db.session(), encounter)]


def _sentence(step: LadderStep, whose: str, say: Speech) -> str:
    told = {
        "time": say.time(step.at),
        "rung": gettext(service.RUNGS[step.rung]),
        "why": gettext(service.REASONS[service.Reason(step.reason)]),
    }
    if whose:
        return gettext("%(time)s: %(rung)s, %(why)s (%(whose)s)", whose=whose, **told)
    return gettext("%(time)s: %(rung)s, %(why)s", **told)
