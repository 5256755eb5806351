"""The words for codes that the office's pages show and offer, to be translated where they are shown."""

from cartref.appointments.models import AppointmentStatus, Mode
from cartref.clinics.models import LeaveKind, SiteKind
from cartref.clinics.service import CLOSE_REASONS
from cartref.i18n import N_
from cartref.notifications.models import Channel
from cartref.patients.models import Consenting, Relationship, TimeOfDay

MODES = {
    Mode.VIDEO_HOME: N_("Video at home"),
    Mode.VIDEO_SITE: N_("Video at a hospital or care home, with somebody beside the patient"),
    Mode.TELEPHONE: N_("By telephone"),
    Mode.IN_PERSON: N_("In person"),
}
MODES_SHORT = MODES | {Mode.VIDEO_SITE: N_("Video with a nurse")}
STATUSES = {
    AppointmentStatus.PENDING: "held",
    AppointmentStatus.BOOKED: "expected",
    AppointmentStatus.ARRIVED: "ready",
    AppointmentStatus.FULFILLED: "done",
    AppointmentStatus.CANCELLED: "cancelled",
    AppointmentStatus.NOSHOW: "missed",
}
STATUS_WORDS = {
    AppointmentStatus.PENDING: N_("Held for an answer"),
    AppointmentStatus.BOOKED: N_("Booked"),
    AppointmentStatus.ARRIVED: N_("Arrived"),
}
SITE_KINDS = {
    SiteKind.HUB_HOSPITAL: N_("Hospital"),
    SiteKind.COMMUNITY_HOSPITAL: N_("Community hospital"),
    SiteKind.CARE_HOME: N_("Care home"),
}
WAYS = {
    Channel.EMAIL: N_("by e-mail"),
    Channel.TEXT: N_("by text message"),
    Channel.LETTER: N_("by letter"),
    Channel.CONSOLE: N_("on the console"),
}
ASKED_WAYS = {"email": WAYS[Channel.EMAIL], "text": WAYS[Channel.TEXT], "telephone": N_("by telephone")}
LANGUAGES = {"cy": N_("Welsh"), "en": N_("English")}
TIMES_OF_DAY = {
    TimeOfDay.ANY: N_("Any time"),
    TimeOfDay.MORNING: N_("In the morning"),
    TimeOfDay.AFTERNOON: N_("In the afternoon"),
}
RELATIONSHIPS = {
    Relationship.DAUGHTER: N_("Daughter"),
    Relationship.SON: N_("Son"),
    Relationship.PARTNER: N_("Husband, wife or partner"),
    Relationship.RELATIVE: N_("Another relative"),
    Relationship.FRIEND: N_("Friend or neighbour"),
    Relationship.CARE_WORKER: N_("Care worker"),
    Relationship.ATTORNEY: N_("Attorney (lasting power of attorney)"),
}
CONSENTING = {
    Consenting.PATIENT: N_("The patient"),
    Consenting.ATTORNEY: N_("The patient's attorney"),
    Consenting.BEST_INTERESTS: N_("Nobody: it was decided in the patient's best interests"),
}
CARER_MAY = {
    "may_join": N_("Join the visit"),
    "may_be_told": N_("Be sent messages about the visit"),
    "may_arrange": N_("Change and cancel appointments"),
}
# The Clinical Frailty Scale, version 2.0: numbers and names alone.
FRAILTY = {
    1: N_("Very fit"),
    2: N_("Fit"),
    3: N_("Managing well"),
    4: N_("Living with very mild frailty"),
    5: N_("Living with mild frailty"),
    6: N_("Living with moderate frailty"),
    7: N_("Living with severe frailty"),
    8: N_("Living with very severe frailty"),
    9: N_("Terminally ill"),
}
LEAVE_KINDS = {
    LeaveKind.ANNUAL: N_("Annual leave"),
    LeaveKind.STUDY: N_("Study leave"),
    LeaveKind.SICK: N_("Sick leave"),
    LeaveKind.OTHER: N_("Other leave"),
}
CLOSED_WORDS = {reason.value: meaning.words for reason, meaning in CLOSE_REASONS.items()}
WEEKDAYS = {
    "0": N_("Monday"),
    "1": N_("Tuesday"),
    "2": N_("Wednesday"),
    "3": N_("Thursday"),
    "4": N_("Friday"),
    "5": N_("Saturday"),
    "6": N_("Sunday"),
}
