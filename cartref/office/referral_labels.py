"""The words for codes of referrals and of the waiting list, to be translated where they are shown."""

from cartref.i18n import N_
from cartref.referrals.models import EntryKind, EntryStatus, Priority, Source, TickKind
from cartref.referrals.reasons import CLOSE_REASONS, FOLLOWING_REASONS, REMOVE_REASONS

SOURCES = {
    Source.GP: N_("GP"),
    Source.CONSULTANT: N_("Consultant"),
    Source.EMERGENCY: N_("Emergency department"),
    Source.COMMUNITY: N_("Community team"),
    Source.CARE_HOME: N_("Care home"),
    Source.SELF: N_("The patient or the family"),
    Source.OTHER: N_("Somebody else"),
}
PRIORITIES = {
    Priority.ROUTINE: N_("Routine"),
    Priority.URGENT: N_("Urgent"),
    Priority.SUSPECTED_CANCER: N_("Urgent: suspected cancer"),
}
ENTRY_KINDS = {
    EntryKind.NEW: N_("First appointment"),
    EntryKind.REVIEW: N_("Review"),
}
ENTRY_STATUSES = {
    EntryStatus.WAITING: N_("To be booked"),
    EntryStatus.OFFERED: N_("A time is offered"),
    EntryStatus.BOOKED: N_("Booked"),
    EntryStatus.REMOVED: N_("Off the waiting list"),
}
TICKS = {
    TickKind.START: N_("Waiting time starts"),
    TickKind.PAUSE: N_("Waiting time is paused"),
    TickKind.RESUME: N_("Waiting time goes on"),
    TickKind.STOP: N_("Waiting time stops"),
    TickKind.NOT_COUNTED: N_("No waiting time applies"),
}
CLOSINGS = {reason: meaning.words for reason, meaning in CLOSE_REASONS.items()}
REMOVALS = REMOVE_REASONS | FOLLOWING_REASONS
