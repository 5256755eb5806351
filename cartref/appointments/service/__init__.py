"""Writing appointments: booking, moving, cancelling, arriving, closing."""

from cartref.appointments.service.arriving import mark_arrived
from cartref.appointments.service.booking import (
    CarerCannotJoin,
    FormUsed,
    PatientCannotBeBooked,
    PresenterMissing,
    RoomMissing,
    book,
)
from cartref.appointments.service.cancelling import PatientNotDeceased, ReasonMissing, cancel, free_after_death
from cartref.appointments.service.clearing import Cleared, end_pattern, take_leave
from cartref.appointments.service.closing import close
from cartref.appointments.service.confirming import confirm
from cartref.appointments.service.expiring import is_offered, let_go, offers_among
from cartref.appointments.service.holding import (
    Clash,
    ClinicianBusy,
    MinutesWrong,
    NotEnoughTime,
    PatientBusy,
    PresenterBusy,
    RoomBusy,
    SlotPast,
    SlotTaken,
)
from cartref.appointments.service.lanes import LaneFull, OverbookReasonMissing, SessionClosed
from cartref.appointments.service.moving import reschedule
from cartref.appointments.service.restoring import can_restore, restore
from cartref.appointments.service.rewriting import rewrite_events
from cartref.appointments.service.turning import turn_to
from cartref.errors import IllegalTransition
from cartref.i18n import N_
from cartref.referrals.service import EntryTaken

__all__ = [
    "ERROR_WORDS",
    "CarerCannotJoin",
    "Clash",
    "Cleared",
    "ClinicianBusy",
    "FormUsed",
    "LaneFull",
    "MinutesWrong",
    "NotEnoughTime",
    "OverbookReasonMissing",
    "PatientBusy",
    "PatientCannotBeBooked",
    "PatientNotDeceased",
    "PresenterBusy",
    "PresenterMissing",
    "ReasonMissing",
    "RoomBusy",
    "RoomMissing",
    "SessionClosed",
    "SlotPast",
    "SlotTaken",
    "book",
    "can_restore",
    "cancel",
    "close",
    "confirm",
    "end_pattern",
    "free_after_death",
    "is_offered",
    "let_go",
    "mark_arrived",
    "offers_among",
    "reschedule",
    "restore",
    "rewrite_events",
    "take_leave",
    "turn_to",
]

ERROR_WORDS = {
    SlotTaken.code: N_("Somebody else has just taken that time. Choose another one."),
    SlotPast.code: N_("That time is over. Choose a later one."),
    NotEnoughTime.code: N_("There is not enough free time there. Choose another time, or fewer minutes."),
    MinutesWrong.code: N_("Enter from 5 to 240 minutes"),
    ClinicianBusy.code: N_("The clinician is busy at that time. Choose another one."),
    PatientBusy.code: N_("The patient has another appointment at that time. Choose another one."),
    RoomBusy.code: N_("The room is in use at that time. Choose another room or another time."),
    PresenterBusy.code: N_("The presenter is busy at that time. Choose another presenter or another time."),
    PatientCannotBeBooked.code: N_("This patient is recorded as deceased. Nothing can be booked."),
    PatientNotDeceased.code: N_("No death is recorded for this patient, so the appointments stay."),
    RoomMissing.code: N_("Choose a room"),
    PresenterMissing.code: N_("Choose a presenter who works at that place"),
    CarerCannotJoin.code: N_("Choose carers who may join the visit"),
    ReasonMissing.code: N_("Choose a reason"),
    EntryTaken.code: N_("This patient's place on the waiting list was booked meanwhile. Look at the list again."),
    LaneFull.code: N_("This lane is full for that session. Choose another lane or another time."),
    OverbookReasonMissing.code: N_("Say why, in 200 letters or fewer"),
    SessionClosed.code: N_("That session takes no patients then. Choose another time."),
    FormUsed.code: N_("This page has booked another appointment already. Start again."),
    IllegalTransition.code: N_("This cannot be done any more. Look at the appointment again."),
}
