"""Every kind of long work, gathered from the concepts that bring it."""

from collections.abc import Callable, Mapping

from cartref.appointments import replanning
from cartref.appointments.posting import posting
from cartref.config import Settings
from cartref.jobs.running import Work
from cartref.notifications.press import Press
from cartref.operations.post import renderers
from cartref.referrals import importing


def printing(settings: Settings) -> Mapping[str, Work]:
    """Return the making of print runs, with every concept's words."""
    return Press(renderers(settings), posting).works()


# Each concept's works, given the settings: kind of job -> what does it.
BROUGHT: tuple[Callable[[Settings], Mapping[str, Work]], ...] = (replanning.works, printing, importing.works)


def works(settings: Settings) -> Mapping[str, Work]:
    """Return what is done for each kind of job in this deployment."""
    return {kind: work for bring in BROUGHT for kind, work in bring(settings).items()}
