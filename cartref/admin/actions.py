"""What the entries of the audit trail say, in words; the codes stay as they are in the trail itself."""

from collections.abc import Mapping

from cartref.i18n import N_

ACTION_WORDS: Mapping[str, str] = {
    "sign-in.begun": N_("Gave the right password"),
    "sign-in.made": N_("Signed in"),
    "sign-in.ended": N_("Signed out"),
    "sign-in.refused": N_("Was not let in"),
    "sign-in.locked": N_("Locked the screen"),
    "sign-in.unlocked": N_("Unlocked the screen"),
    "sign-in.service-chosen": N_("Went to another service"),
    "sign-in.device-shared": N_("Used a shared screen"),
    "staff.founded": N_("Was added when Cartref was set up"),
    "staff.created": N_("Added a member of staff"),
    "staff.changed": N_("Changed the details of a member of staff"),
    "staff.left": N_("Recorded that a member of staff left"),
    "staff.access-renewed": N_("Made a new first password"),
    "staff.password-changed": N_("Changed the password"),
    "staff.second-factor-enrolled": N_("Set up the security code"),
    "staff.second-factor-removed": N_("Removed the security code"),
    "membership.added": N_("Gave a role"),
    "membership.ended": N_("Took a role away"),
    "service.changed": N_("Changed the service"),
    "audit.read": N_("Read the audit trail"),
    "notice.tried-again": N_("Sent a message again"),
}
