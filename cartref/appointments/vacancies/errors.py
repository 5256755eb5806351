"""What can't be done with a vacancy or an offer any more, and the words for it."""

from cartref.errors import Conflict
from cartref.i18n import N_


class VacancyOver(Conflict):
    """The time is taken, or is no longer offered to anybody."""

    code = "vacancy.over"


class NotInLine(Conflict):
    """This time does not suit her any more, she was asked already, or somebody else has booked for her."""

    code = "vacancy.not-in-line"


class TooLate(Conflict):
    """She would have too little time to answer."""

    code = "vacancy.too-late"


class OfferOver(Conflict):
    """The offer was answered otherwise, ran out, or was withdrawn."""

    code = "offer.over"


ERROR_WORDS = {
    VacancyOver.code: N_("This time is not offered any more."),
    NotInLine.code: N_("This time cannot be offered to that person any more. Choose somebody else."),
    TooLate.code: N_("There is too little time left for an answer. Ring the patient, and book the time yourself."),
    OfferOver.code: N_("This offer is over. Look at the list again."),
}
