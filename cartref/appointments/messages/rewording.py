"""A service's own words for its notices: read, tried out, kept, and given up again for CARTREF's."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.appointments.messages import samples
from cartref.appointments.messages.words import needs, own, split, templates
from cartref.appointments.models import Mode
from cartref.audit.service import record
from cartref.errors import Invalid, NotFound
from cartref.i18n import Language
from cartref.notifications import wording
from cartref.notifications.text_messages import MOST_PARTS, size
from cartref.notifications.wording import Fault, Wording


class WordingUnfit(Invalid):
    """The words could not be sent to everybody: `unfit` says why."""

    code = "wording.unfit"


@dataclass(frozen=True)
class Current:
    """The words in use: `version` is 0 for CARTREF's, `changed_at` when a service's own were last changed, by whom."""

    template: str
    language: str
    wording: Wording
    version: int = 0
    changed_at: datetime | None = None
    changed_by_id: str | None = None

    @property
    def own(self) -> bool:
        """Tell whether they are the service's own."""
        return self.version > 0


def current(session: Session, actor: Actor, template: str, language: str) -> Current:
    """Return the words in use for one notice in one language; raise NotFound for no such notice or language."""
    actor.require(Permission.TEMPLATES_WRITE)
    _check(template, language)
    found = wording.find(session, actor.service, template, language)
    if found is None:
        return Current(template, language, own(template, language))
    words = Wording(found.subject, found.body, found.short)
    return Current(template, language, words, found.version, found.changed_at, found.changed_by_id)


def overview(session: Session, actor: Actor) -> list[tuple[str, list[tuple[str, bool]]]]:
    """Return every notice with its languages, Welsh first, each with whether the service has words of its own."""
    actor.require(Permission.TEMPLATES_WRITE)
    owned = wording.all_own(session, actor.service)
    languages = (Language.WELSH.value, Language.ENGLISH.value)
    return [(name, [(language, (name, language) in owned) for language in languages]) for name in templates()]


def unfit(template: str, language: str, words: Wording) -> list[Fault]:
    """Return why these words can't be used, nothing when they can: whatever the appointment, and however it is seen."""
    found = wording.faults(words, needs(template))
    if found:
        return found
    texts = [samples.preview(words, template, language, mode)[1] for mode in Mode]
    return [Fault("short", "too-many-parts")] if any(size(text).parts > MOST_PARTS for text in texts) else []


def change(session: Session, actor: Actor, template: str, language: str, words: Wording, *, version: int) -> Current:
    """Return the words in use, which are these from now on.

    Raises WordingUnfit naming the first field at fault, StaleVersion when a colleague changed them since `version`.
    """
    actor.require(Permission.TEMPLATES_WRITE)
    _check(template, language)
    if found := unfit(template, language, words):
        raise WordingUnfit(found[0].field)
    row = wording.keep(
        session, actor.service, template, language, words, version=version, by_id=actor.id
    )  # fmt: skip
    record(session, actor, "wording.changed", "notice-template", row.id, kind=template, language=language)
    session.flush()
    return current(session, actor, template, language)


def reset(session: Session, actor: Actor, template: str, language: str) -> Current:
    """Return the words in use, which are CARTREF's again."""
    actor.require(Permission.TEMPLATES_WRITE)
    _check(template, language)
    found = wording.find(session, actor.service, template, language)
    if found is not None:
        wording.forget(session, found)
        record(session, actor, "wording.reset", "notice-template", found.id, kind=template, language=language)
    session.flush()
    return current(session, actor, template, language)


def _check(template: str, language: str) -> None:
    try:
        split(template)
        Language(language)
    except (KeyError, ValueError):
        raise NotFound(template=template, language=language) from None
