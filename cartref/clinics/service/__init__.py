"""Writing clinics: setting them up, and making their sessions and slots."""

from cartref.clinics.service.arranging import (
    ClinicDetails,
    NameMissing,
    NameTaken,
    SlotLengthWrong,
    add_presenter,
    add_room,
    add_site,
    change_clinic,
    create_clinic,
    use_site,
)
from cartref.clinics.service.patterning import PatternWrong, add_pattern, end_pattern
from cartref.clinics.service.scheduling import (
    HORIZON,
    ClocksGoBack,
    ClocksGoForward,
    DayPast,
    EndsTooSoon,
    Generated,
    Skipped,
    SkipReason,
    generate_sessions,
    open_session,
    today,
)
from cartref.i18n import N_

__all__ = [
    "ERROR_WORDS",
    "HORIZON",
    "SKIP_WORDS",
    "ClinicDetails",
    "ClocksGoBack",
    "ClocksGoForward",
    "DayPast",
    "EndsTooSoon",
    "Generated",
    "NameMissing",
    "NameTaken",
    "PatternWrong",
    "SkipReason",
    "Skipped",
    "SlotLengthWrong",
    "add_pattern",
    "add_presenter",
    "add_room",
    "add_site",
    "change_clinic",
    "create_clinic",
    "end_pattern",
    "generate_sessions",
    "open_session",
    "today",
    "use_site",
]

ERROR_WORDS = {
    NameMissing.code: N_("Enter a name"),
    NameTaken.code: N_("That name is in use already. Choose another one."),
    SlotLengthWrong.code: N_("Enter from 5 to 120 minutes"),
    ClocksGoForward.code: N_("The clocks go forward then, so this time does not exist. Choose another time."),
    ClocksGoBack.code: N_("The clocks go back then, so this time comes twice. Choose another time."),
    EndsTooSoon.code: N_("The end must leave time for one appointment or more"),
    DayPast.code: N_("That day is over. Choose a later one."),
    PatternWrong.code: N_("Check this answer"),
}
SKIP_WORDS = {
    SkipReason.CLOCKS_FORWARD: N_("The clocks go forward then, so there is no clinic on that day."),
    SkipReason.CLOCKS_BACK: N_("The clocks go back then, so there is no clinic on that day."),
    SkipReason.CLINICIAN_HAS_CLINIC: N_("The clinician has another clinic then, so there is no clinic on that day."),
}
