"""How the confirmation of an appointment reaches each person, in words. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from cartref.appointments.messages import OBSTACLE_WORDS, Recipient, Route
from cartref.i18n import N_, words
from cartref.office.labels import WAYS

SOMEBODY_RINGS = N_("No message may go to this person. A colleague rings: it is on the call list.")
NOBODY_RINGS = N_("No message may go to this person.")


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
            said.gettext(sentence) if (sentence := _obstacle(person, route)) else "",
        )
        for person, route in routes
    ]


def _obstacle(person: Recipient, route: Route) -> str:
    if route.channels:
        return ""
    if person.silent and person.obstacle is not None:
        return OBSTACLE_WORDS[person.obstacle]
    return SOMEBODY_RINGS if route.call else NOBODY_RINGS
