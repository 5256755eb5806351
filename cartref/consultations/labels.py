"""The words for codes that the pages of a visit show, to be translated where they are shown."""

from cartref.appointments.models import Mode
from cartref.consultations.board.rows import Trouble
from cartref.consultations.board.status import Line
from cartref.consultations.codes import SafeStart
from cartref.consultations.models import SeatRole
from cartref.consultations.readiness.rules import Standing
from cartref.i18n import N_
from cartref.patients.models import Relationship

PLACES = {
    Mode.VIDEO_HOME: N_("At home"),
    Mode.TELEPHONE: N_("By telephone"),
    Mode.IN_PERSON: N_("In person"),
    Mode.VIDEO_SITE: N_("With a nurse"),
}
LINES = {
    Line.GOOD: N_("Good line"),
    Line.WEAK: N_("Weak line"),
    Line.LOST: N_("Line lost"),
    Line.NO_SOUND: N_("No sound: ring"),
    Line.NO_PICTURE: N_("Sound only"),
    Line.UNKNOWN: N_("Line not checked"),
}
TROUBLES = {
    Trouble.CANNOT_COME: N_("Cannot come: ring"),
    Trouble.RING: N_("Asks to be rung"),
    Trouble.CANNOT_HEAR: N_("Cannot hear: ring"),
    Trouble.LOCKED: N_("Link locked: ring"),
    Trouble.NOT_READY: N_("Ready check failed: ring"),
}
READY_WORDS = {
    Standing.NEEDS_HELP: N_("Needs help"),
    Standing.NOT_DONE: N_("Not checked"),
    Standing.SLOW: N_("Ready, slow line"),
    Standing.READY: N_("Ready"),
    Standing.TELEPHONE: N_("Phone instead"),
}
KIN = {
    Relationship.DAUGHTER: N_("Daughter"),
    Relationship.SON: N_("Son"),
    Relationship.PARTNER: N_("Husband, wife or partner"),
    Relationship.RELATIVE: N_("Another relative"),
    Relationship.FRIEND: N_("Friend or neighbour"),
    Relationship.CARE_WORKER: N_("Care worker"),
    Relationship.ATTORNEY: N_("Attorney (lasting power of attorney)"),
}
HELPS = {
    Relationship.DAUGHTER: N_("Daughter helps"),
    Relationship.SON: N_("Son helps"),
    Relationship.PARTNER: N_("Partner helps"),
    Relationship.RELATIVE: N_("Relative helps"),
    Relationship.FRIEND: N_("Friend helps"),
    Relationship.CARE_WORKER: N_("Care worker helps"),
    Relationship.ATTORNEY: N_("Attorney helps"),
}
ROLES = {
    SeatRole.CLINICIAN: N_("Clinician"),
    SeatRole.PRESENTER: N_("Nurse"),
    SeatRole.PATIENT: N_("Patient"),
    SeatRole.CARER: N_("Carer"),
}
NEEDS = {
    "hearing": N_("Hearing"),
    "sight": N_("Sight"),
    "memory": N_("Memory"),
    "hands": N_("Hands"),
}
SAFE_START = {
    SafeStart.IDENTITY: N_("The name and the date of birth were said aloud"),
    SafeStart.PLACE: N_("The patient is at this address"),
    SafeStart.CALL_BACK: N_("If we are cut off, we ring this number"),
    SafeStart.COMPANY: N_("Who is there was asked"),
    SafeStart.IF_ILL: N_("If the patient feels ill: stay in the chair, we see it and ring for help"),
}
