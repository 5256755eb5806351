"""Re-planning: other times for everybody whom a closed session leaves without one, to be accepted or refused."""

from collections.abc import Mapping

from cartref.appointments.replanning.deciding import MoveDecided, accept, accept_all, discard, refuse
from cartref.appointments.replanning.keeping import said_again
from cartref.appointments.replanning.proposing import work
from cartref.appointments.replanning.starting import KIND, SessionOpen, start
from cartref.config import Settings
from cartref.i18n import N_
from cartref.jobs.running import Work

__all__ = [
    "ERROR_WORDS",
    "MoveDecided",
    "SessionOpen",
    "accept",
    "accept_all",
    "discard",
    "refuse",
    "said_again",
    "start",
    "works",
]

ERROR_WORDS = {
    MoveDecided.code: N_("This was decided already. Look at the plan again."),
    SessionOpen.code: N_("This session takes patients. Close it first, and then make a plan."),
}


def works(_settings: Settings) -> Mapping[str, Work]:
    """Return what the worker does for a plan."""
    return {KIND: work}
