"""The words of administration: what roles, failures and entries of the audit trail are called."""

from collections.abc import Callable, Mapping

from wtforms.fields.choices import SelectChoice

from cartref.accounts.models import Role
from cartref.appointments.messages.kinds import KIND_WORDS
from cartref.i18n import N_
from cartref.web.locale import gettext

ROLE_WORDS: Mapping[str, str] = {
    Role.ADMIN: N_("Clinic admin: books patients"),
    Role.CLINICIAN: N_("Clinician: sees patients"),
    Role.PRESENTER: N_("Presenter: helps patients at a site"),
    Role.MANAGER: N_("Manager: people and services"),
    Role.PRIVACY: N_("Privacy officer: reads the audit trail"),
}
ROLE_NAMES: Mapping[str, str] = {
    Role.ADMIN: N_("Clinic admin"),
    Role.CLINICIAN: N_("Clinician"),
    Role.PRESENTER: N_("Presenter"),
    Role.MANAGER: N_("Manager"),
    Role.PRIVACY: N_("Privacy officer"),
}
LANGUAGE_WORDS: Mapping[str, str] = {"en": N_("English"), "cy": N_("Welsh")}
ACTOR_WORDS: Mapping[str, str] = {
    "staff": N_("Member of staff"),
    "patient": N_("Patient"),
    "carer": N_("Carer"),
    "system": N_("Cartref itself"),
}
NOTICE_WORDS: Mapping[str, str] = {
    "calendar.invitation": N_("A calendar invitation"),
    "visit.unseen": N_("A patient who waits, to the clinic"),
    **KIND_WORDS,
}


def worded(table: Mapping[str, str]) -> Callable[[], list[SelectChoice]]:
    """Return the choices of a table of codes and English words, in the reader's language at each request."""
    return lambda: [SelectChoice(str(code), gettext(words)) for code, words in table.items()]


def word(table: Mapping[str, str], code: str) -> str:
    """Return the words for a code in the reader's language; the code itself when the table lacks it."""
    return gettext(table[code]) if code in table else code
