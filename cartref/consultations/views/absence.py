"""What the outcome form says of "did not attend": closed with the reason, open, or open once a failed try was seen."""

from dataclasses import dataclass, field

from cartref.consultations import service
from cartref.consultations.models import Encounter
from cartref.consultations.speech import Speech
from cartref.db import db
from cartref.web.locale import gettext


@dataclass(frozen=True)
class Absence:
    """`came` is when she was here, in words, empty when never; `tries` are the failed tries in words, by their keys."""

    came: str = ""
    tries: dict[str, str] = field(default_factory=dict)


def absence(encounter: Encounter | None, say: Speech) -> Absence:
    """Return what stands against saying that she did not attend."""
    if encounter is None:
        return Absence()
    came = service.came_at(encounter)
    tries = {
        attempt.key: gettext(
            "%(time)s: %(what)s", time=say.time(attempt.at), what=gettext(service.TRIED_WORDS[attempt.tried])
        )
        for attempt in service.failed_attempts(db.session(), encounter)
    }
    return Absence(say.time(came) if came else "", tries)
