"""What pages and other concepts ask of consultations, gathered from its four parts."""

from cartref.consultations.board.patience import is_unattended
from cartref.consultations.board.watching import MinutesWrong, late, watched
from cartref.consultations.encounters.attempts import TRIED_WORDS, Attempt, came_at, failed_attempts
from cartref.consultations.encounters.ladder import REASONS, RUNGS, Reason, steps, try_picture
from cartref.consultations.encounters.ladder import ring as ring_instead
from cartref.consultations.encounters.notes import (
    CompanyTooLong,
    NoteChanged,
    NoteTooLong,
    save_note,
    save_safe_start,
)
from cartref.consultations.encounters.opening import (
    VisitOver,
    ensure_encounter,
    ensure_open,
    mark_arrived,
    start,
)
from cartref.consultations.encounters.outcome import (
    RULES,
    CodesDisagree,
    FailedAttemptUnseen,
    OutcomeMissing,
    OutcomeSaved,
    ReviewWrong,
    SheCame,
    finish,
)
from cartref.consultations.encounters.state import VisitState, visit_state
from cartref.consultations.encounters.wishes import (
    Wish,
    ask,
    ask_ring,
    cannot_come,
    cannot_hear,
    take_back_not_coming,
)
from cartref.consultations.rooms.events import apply_events
from cartref.consultations.rooms.posts import NotEvents, NotSigned
from cartref.consultations.rooms.tickets import (
    board_ticket,
    check_ticket,
    clinic_board_ticket,
    issue_presenter_ticket,
    issue_ticket,
    until,
)
from cartref.i18n import N_

__all__ = [
    "ERROR_WORDS",
    "REASONS",
    "RULES",
    "RUNGS",
    "TRIED_WORDS",
    "Attempt",
    "CodesDisagree",
    "CompanyTooLong",
    "FailedAttemptUnseen",
    "MinutesWrong",
    "NotEvents",
    "NotSigned",
    "NoteChanged",
    "NoteTooLong",
    "OutcomeMissing",
    "OutcomeSaved",
    "Reason",
    "ReviewWrong",
    "SheCame",
    "VisitOver",
    "VisitState",
    "Wish",
    "apply_events",
    "ask",
    "ask_ring",
    "board_ticket",
    "came_at",
    "cannot_come",
    "cannot_hear",
    "check_ticket",
    "clinic_board_ticket",
    "ensure_encounter",
    "ensure_open",
    "failed_attempts",
    "finish",
    "is_unattended",
    "issue_presenter_ticket",
    "issue_ticket",
    "late",
    "mark_arrived",
    "ring_instead",
    "save_note",
    "save_safe_start",
    "start",
    "steps",
    "take_back_not_coming",
    "try_picture",
    "until",
    "visit_state",
    "watched",
]

ERROR_WORDS = {
    VisitOver.code: N_("This visit is over or cancelled."),
    NoteChanged.code: N_("Another version of this note was saved in the meantime. Both are kept here."),
    NoteTooLong.code: N_("The note is too long. Use 20,000 characters or fewer."),
    CompanyTooLong.code: N_("Use 400 characters or fewer"),
    CodesDisagree.code: N_("Choose an attendance that goes with how the visit ended"),
    OutcomeMissing.code: N_("Choose what happens to the waiting time"),
    OutcomeSaved.code: N_("An outcome was saved already. Look at it first, and correct it if it is wrong."),
    ReviewWrong.code: N_("Enter a number of weeks from 1 to 104"),
    SheCame.code: N_("The patient was here, so this is not an absence. Choose another ending."),
    FailedAttemptUnseen.code: N_("Somebody tried to come and could not. Say that you have seen each try."),
    MinutesWrong.code: N_("Enter from 0 to 240 minutes"),
    NotEvents.code: N_("This is not in the form that was agreed."),
    NotSigned.code: N_("This is not signed."),
}
