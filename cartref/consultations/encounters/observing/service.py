"""What pages ask of the examination beside the patient, and the words for what it refuses."""

from cartref.consultations.encounters.observing.asks import answer_ask, ask_presenter
from cartref.consultations.encounters.observing.beside import KeyWrong, TextTooLong
from cartref.consultations.encounters.observing.medicines import Box, TakingUnknown, note_medicine, strike_out
from cartref.consultations.encounters.observing.reading import (
    Implausible,
    NumbersSwapped,
    NumberWanted,
    ReadingUnknown,
    Typed,
    Unusual,
)
from cartref.consultations.encounters.observing.values import Sent, ValueReplaced, correct, sign, take, withdraw
from cartref.i18n import N_

__all__ = [
    "ERROR_WORDS",
    "Box",
    "Implausible",
    "KeyWrong",
    "NumberWanted",
    "NumbersSwapped",
    "ReadingUnknown",
    "Sent",
    "TakingUnknown",
    "TextTooLong",
    "Typed",
    "Unusual",
    "ValueReplaced",
    "answer_ask",
    "ask_presenter",
    "correct",
    "note_medicine",
    "sign",
    "strike_out",
    "take",
    "withdraw",
]

ERROR_WORDS = {
    ReadingUnknown.code: N_("Nothing of this kind is measured here."),
    NumberWanted.code: N_("Enter a number"),
    Implausible.code: N_("This number cannot be right. Look at it again."),
    NumbersSwapped.code: N_("The upper number comes first, and is the larger one."),
    Unusual.code: N_("This is unusual. Is it right? Measure again, or say why it is right."),
    ValueReplaced.code: N_("This value was corrected in the meantime. Look at it again."),
    KeyWrong.code: N_("This form is too old. Open the page again; what you typed stays."),
    TextTooLong.code: N_("Fill this in, in fewer words."),
    TakingUnknown.code: N_("Say whether the patient takes it"),
}
