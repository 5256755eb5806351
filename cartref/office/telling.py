"""How the confirmation of an appointment reaches each person, in words. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from cartref.appointments.messages import OBSTACLE_WORDS, Recipient, Route
from cartref.formatting import telephone
from cartref.i18n import N_, words
from cartref.links.models import Holder
from cartref.office.labels import WAYS

TELEPHONE = N_(
    "No e-mail address or mobile with consent: telephone %(number)s. The confirmation puts this on the call list."
)
NO_NUMBER = N_(
    "No e-mail address or mobile with consent, and no telephone number. Ask the GP surgery or the family for one."
)
NOT_BY_TELEPHONE = N_(
    "No e-mail address or mobile with consent, and no consent to telephone. Ask the patient how to make contact."
)
PATIENT_IS_TOLD = N_("No e-mail address or mobile is written down. The patient is told, this person is not.")


@dataclass(frozen=True)
class Told:
    """One person: `ways` in words, empty when none reaches her; `obstacle` then says what happens in place of it."""

    person: Recipient
    route: Route
    ways: str
    obstacle: str

    @property
    def addresses(self) -> list[str]:
        """Return where the messages go, without the address that stands on her record."""
        return [self.person.at(channel) for channel in self.route.channels if channel in ("email", "text")]

    @property
    def will_know(self) -> bool:
        """Tell whether she is told, by a message or a colleague."""
        return bool(self.route.channels) or self.route.call


def told(routes: Iterable[tuple[Recipient, Route]], language: str) -> list[Told]:
    """Return each person with how she is told."""
    said = words(language)
    return [
        Told(
            person,
            route,
            ", ".join(said.gettext(WAYS[channel]) for channel in route.channels),
            said.gettext(sentence, number=telephone(person.ring_on)) if (sentence := _obstacle(person, route)) else "",
        )
        for person, route in routes
    ]


def _obstacle(person: Recipient, route: Route) -> str:
    if route.channels:
        return ""
    if person.silent and person.obstacle is not None:
        return OBSTACLE_WORDS[person.obstacle]
    if route.call:
        return TELEPHONE if person.ring_on else NO_NUMBER
    return NOT_BY_TELEPHONE if person.kind is Holder.PATIENT else PATIENT_IS_TOLD
