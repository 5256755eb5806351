"""Why a referral ends, and why something leaves the waiting list: tables of codes with the words that staff choose."""

from dataclasses import dataclass
from enum import StrEnum

from cartref.i18n import N_
from cartref.referrals.models import ReferralStatus


class CloseReason(StrEnum):
    """Why a referral was closed; `CLOSE_REASONS` has the words."""

    TREATED = "treated"
    NOT_NEEDED = "not-needed"
    NOT_WANTED = "not-wanted"
    NOT_REACHED = "not-reached"
    ELSEWHERE = "elsewhere"
    IN_ERROR = "in-error"
    DECEASED = "deceased"


@dataclass(frozen=True)
class Closing:
    """What a reason means: its words for staff, and the FHIR status that the referral has from then on."""

    words: str
    status: ReferralStatus


CLOSE_REASONS = {
    CloseReason.TREATED: Closing(N_("The patient was treated"), ReferralStatus.COMPLETED),
    CloseReason.NOT_NEEDED: Closing(N_("No appointment is needed"), ReferralStatus.COMPLETED),
    CloseReason.NOT_WANTED: Closing(N_("The patient does not want to be seen"), ReferralStatus.REVOKED),
    CloseReason.NOT_REACHED: Closing(N_("The patient could not be reached"), ReferralStatus.REVOKED),
    CloseReason.ELSEWHERE: Closing(N_("The patient is seen elsewhere"), ReferralStatus.REVOKED),
    CloseReason.IN_ERROR: Closing(N_("It was added by mistake"), ReferralStatus.REVOKED),
    CloseReason.DECEASED: Closing(N_("The patient has died"), ReferralStatus.REVOKED),
}


class RemoveReason(StrEnum):
    """Why something left the waiting list; `REMOVE_REASONS` has the words that a person chooses from."""

    NOT_NEEDED = "not-needed"
    NOT_WANTED = "not-wanted"
    NOT_REACHED = "not-reached"
    ELSEWHERE = "elsewhere"
    IN_ERROR = "in-error"
    DECEASED = "deceased"
    REFERRAL_CLOSED = "referral-closed"
    OUTCOME_CORRECTED = "outcome-corrected"


REMOVE_REASONS = {
    RemoveReason.NOT_NEEDED: N_("No appointment is needed"),
    RemoveReason.NOT_WANTED: N_("The patient does not want to be seen"),
    RemoveReason.NOT_REACHED: N_("The patient could not be reached"),
    RemoveReason.ELSEWHERE: N_("The patient is seen elsewhere"),
    RemoveReason.IN_ERROR: N_("It was added by mistake"),
}
# These follow from something else that is written down; nobody chooses them on a form.
FOLLOWING_REASONS = {
    RemoveReason.DECEASED: N_("The patient has died"),
    RemoveReason.REFERRAL_CLOSED: N_("The referral is closed"),
    RemoveReason.OUTCOME_CORRECTED: N_("The outcome was corrected"),
}
