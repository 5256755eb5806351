"""Pages for managers and privacy officers: people, services, the audit trail, notices that did not go."""

from cartref.admin.views import notices, people, services, trail
from cartref.admin.views.blueprint import blueprint
from cartref.i18n import N_

ERROR_WORDS = {
    "staff.email-in-use": N_("Somebody signs in with this e-mail address already."),
    "staff.nobody-with-that-email": N_("Nobody in the health board signs in with this e-mail address."),
    "staff.roles-missing": N_("Choose at least one role."),
    "staff.last-manager": N_("A service needs a manager. Make somebody else a manager first."),
    "staff.works-elsewhere": N_("Another service counts on this person too. Ask its manager first."),
}
__all__ = ["ERROR_WORDS", "blueprint", "notices", "people", "services", "trail"]
