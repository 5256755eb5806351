"""Writing referrals, their clocks and the waiting list."""

from cartref.i18n import N_
from cartref.referrals.service import waiting
from cartref.referrals.service.clocking import (
    ClockDayWrong,
    ClockReasonMissing,
    apply_outcome,
    change_clock,
    retractable,
    take_back,
)
from cartref.referrals.service.referring import (
    CloseReasonMissing,
    PatientDeceased,
    ReceivedWrong,
    ReferralDetails,
    ReferralKnown,
    change,
    close,
    end_after_death,
    refer,
    reopen,
    resume_after_mistake,
)
from cartref.referrals.service.standing import EntryTaken, confirm, put_back, take_up, use_up
from cartref.referrals.service.waiting import (
    EntryDetails,
    add_review,
    change_entry,
    remove,
    restore,
    set_review,
)

__all__ = [
    "ERROR_WORDS",
    "ClockDayWrong",
    "ClockReasonMissing",
    "CloseReasonMissing",
    "EntryDetails",
    "EntryTaken",
    "PatientDeceased",
    "ReceivedWrong",
    "ReferralDetails",
    "ReferralKnown",
    "add_review",
    "apply_outcome",
    "change",
    "change_clock",
    "change_entry",
    "close",
    "confirm",
    "end_after_death",
    "put_back",
    "refer",
    "remove",
    "reopen",
    "restore",
    "resume_after_mistake",
    "retractable",
    "set_review",
    "take_back",
    "take_up",
    "use_up",
]

ERROR_WORDS = {
    ReferralKnown.code: N_("A referral with this number is recorded already"),
    PatientDeceased.code: N_("This patient has died. Nothing can be added."),
    ReceivedWrong.code: N_("Enter a day on which the referral can have come, not after today"),
    CloseReasonMissing.code: N_("Choose a reason"),
    ClockReasonMissing.code: N_("Say why"),
    ClockDayWrong.code: N_("Enter a day that is not after today, and not before what happened last"),
    waiting.DueWrong.code: N_("Enter the day on which the patient should be seen, at most 5 years away"),
    waiting.LengthWrong.code: N_("Enter a number of minutes from 1 to 240"),
    waiting.RemoveReasonMissing.code: N_("Choose a reason"),
    waiting.NobodyToSee.code: N_("The patient has died, or the referral is closed. Nothing can be added."),
}
