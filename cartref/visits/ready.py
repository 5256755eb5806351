"""What a patient or carer reads of a ready check: plain words without figures, in a named language; pure."""

from typing import Any

from cartref.consultations.models import Readiness, ReadyCheck
from cartref.consultations.readiness.parts import SLOW_WORDS
from cartref.i18n import N_, words

TITLES = {
    Readiness.READY: N_("Everything works. You are ready."),
    Readiness.SLOW: N_("You are ready"),
    Readiness.NEEDS_HELP: N_("Not everything works yet"),
}
CAMERA = {True: N_("Your camera works."), False: N_("Your camera does not work yet.")}
MICROPHONE = {True: N_("We can hear you."), False: N_("We cannot hear you yet.")}
SPEAKER = {True: N_("You can hear us."), False: N_("You cannot hear us yet.")}
GOOD_LINE = N_("Your line is good.")
SLOW_LINE = N_("Your line is slow: we will use sound first.")
NO_LINE = N_("Your line does not reach us well enough yet.")
YES, NO = "yes", "no"


def told(check: ReadyCheck, language: str) -> dict[str, Any]:
    """Return the result in finished words: a title, and for each part whether it is well and what is said of it."""
    said = words(language)
    return {
        "result": check.result.value,
        "title": said.gettext(TITLES[check.result]),
        "asked": check.asked_help_at is not None,
        "parts": [{"state": YES if well else NO, "text": said.gettext(text)} for well, text in _parts(check)],
    }


def _parts(check: ReadyCheck) -> list[tuple[bool, str]]:
    told, camera = check.parts, check.parts["camera"] == "works"
    microphone, speaker = told["microphone"] == "works", told["speaker"] == "yes"
    return [
        (camera, CAMERA[camera]),
        (microphone, MICROPHONE[microphone]),
        (speaker, SPEAKER[speaker]),
        _line(told["reasons"]),
    ]


def _line(reasons: list[str]) -> tuple[bool, str]:
    of_line = {code for code in reasons if not code.startswith(("camera-", "microphone-", "speaker-"))}
    if of_line - SLOW_WORDS.keys():
        return False, NO_LINE
    return True, SLOW_LINE if of_line else GOOD_LINE
