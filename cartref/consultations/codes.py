"""Codes of the NHS Data Dictionary and of NHS Wales, with the words that staff choose from."""

from enum import StrEnum

from cartref.i18n import N_


class Attendance(StrEnum):
    """Attended or did not attend (NHS Data Dictionary; the same codes in Wales)."""

    FUTURE = "0"
    CANCELLED_BY_PATIENT = "2"
    DID_NOT_ATTEND = "3"
    CANCELLED_BY_PROVIDER = "4"
    ON_TIME = "5"
    LATE_SEEN = "6"
    LATE_NOT_SEEN = "7"


class Outcome(StrEnum):
    """Outcome of attendance in NHS Wales: what the visit does to the referral-to-treatment clock."""

    CLOCK_STARTS = "4"
    CLOCK_STOPS = "5"
    CLOCK_GOES_ON = "6"
    NO_CLOCK = "9"


class Medium(StrEnum):
    """Consultation medium used (NHS Data Dictionary)."""

    FACE_TO_FACE = "01"
    TELEPHONE = "02"
    TELEMEDICINE = "03"


class Ending(StrEnum):
    """How the visit ended. A line that failed is an end of its own, never an absence."""

    SEEN = "seen"
    COULD_NOT_CONNECT = "could-not-connect"
    DID_NOT_ATTEND = "did-not-attend"
    LATE_NOT_SEEN = "late-not-seen"
    CANCELLED_BY_PATIENT = "cancelled-by-patient"


class Presence(StrEnum):
    """Where somebody stands in a video room, as signalling last reported it."""

    WAITING = "waiting"
    ADMITTED = "admitted"
    GONE = "gone"
    REMOVED = "removed"


class SafeStart(StrEnum):
    """What is gone through with the patient before anything else."""

    IDENTITY = "identity"
    PLACE = "place"
    CALL_BACK = "call-back"
    COMPANY = "company"
    IF_ILL = "if-ill"


ATTENDANCE_WORDS = {
    Attendance.ON_TIME: N_("Attended, on time"),
    Attendance.LATE_SEEN: N_("Attended late, and was seen"),
    Attendance.LATE_NOT_SEEN: N_("Attended too late to be seen"),
    Attendance.CANCELLED_BY_PATIENT: N_("Cancelled by the patient"),
    Attendance.CANCELLED_BY_PROVIDER: N_("Cancelled or postponed by the clinic"),
    Attendance.DID_NOT_ATTEND: N_("Did not attend, without warning"),
}
OUTCOME_WORDS = {
    Outcome.CLOCK_STARTS: N_("Waiting time starts"),
    Outcome.CLOCK_STOPS: N_("Waiting time stops"),
    Outcome.CLOCK_GOES_ON: N_("Waiting time goes on as before"),
    Outcome.NO_CLOCK: N_("No waiting time applies"),
}
# When she is to be seen again, by weeks; the keys are what the form sends.
REVIEW_WORDS = {
    "0": N_("Not again"),
    "2": N_("2 weeks"),
    "6": N_("6 weeks"),
    "13": N_("3 months"),
    "26": N_("6 months"),
    "52": N_("12 months"),
}
OTHER_REVIEW = "other"
ENDING_WORDS = {
    Ending.SEEN: N_("Seen"),
    Ending.COULD_NOT_CONNECT: N_("Could not connect"),
    Ending.DID_NOT_ATTEND: N_("Did not attend"),
    Ending.LATE_NOT_SEEN: N_("Came too late to be seen"),
    Ending.CANCELLED_BY_PATIENT: N_("The patient cancelled"),
}
