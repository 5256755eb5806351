"""Every kind of long work, gathered from the concepts that bring it."""

from collections.abc import Callable, Mapping

from cartref.config import Settings
from cartref.jobs.running import Work

# Each concept's works, given the settings: kind of job -> what does it.
BROUGHT: tuple[Callable[[Settings], Mapping[str, Work]], ...] = ()


def works(settings: Settings) -> Mapping[str, Work]:
    """Return what is done for each kind of job in this deployment."""
    return {kind: work for bring in BROUGHT for kind, work in bring(settings).items()}
