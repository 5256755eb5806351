"""The parts of a ready check: the codes that each may come to, how bad each is, and what staff read of it."""

from collections.abc import Iterable, Mapping

from cartref.consultations.models import Readiness
from cartref.i18n import N_

WORKS, YES, SKIPPED = "works", "yes", "skipped"
DEVICE_FAULTS = ("denied", "missing", "busy", "in-app", "old-browser", "insecure", SKIPPED)
CAMERA = (WORKS, *DEVICE_FAULTS, "no-picture", "dark", "frozen")
MICROPHONE = (WORKS, *DEVICE_FAULTS, "silent", "quiet")
SPEAKER = (YES, "no", SKIPPED)
PATHS = ("host", "srflx", "prflx", "relay")
LINE_FAULTS = ("no-ticket", "no-service", "busy", "stopped")

SLOW_WORDS = {
    "slow-up": N_("Slow line from the patient to us: sound first"),
    "slow-down": N_("Slow line from us to the patient: sound first"),
    "slow-far": N_("Long delay on the line: leave time to answer"),
    "slow-loss": N_("The line loses parts of the sound and picture"),
    "unmeasured": N_("The line works, but its speed could not be measured"),
}
BROKEN_LINE_WORDS = {
    "line-skipped": N_("The line was not tried"),
    "line-none": N_("No line to the clinic"),
    "no-path": N_("Nothing got through: the network blocks calls"),
    "line-no-voice": N_("The line is too weak even for sound"),
}
CAMERA_WORDS = {
    "denied": N_("The camera is not allowed in the browser"),
    "missing": N_("No camera was found"),
    "busy": N_("Another program uses the camera"),
    "in-app": N_("The link was opened inside another app"),
    "old-browser": N_("The browser is too old"),
    "insecure": N_("The link was opened in an unsafe way"),
    SKIPPED: N_("The camera was not tried"),
    "no-picture": N_("The camera gives no picture: perhaps another program uses it"),
    "dark": N_("The camera sees only darkness: perhaps it is covered"),
    "frozen": N_("The picture stands still"),
}
MICROPHONE_WORDS = {
    "denied": N_("The microphone is not allowed in the browser"),
    "missing": N_("No microphone was found"),
    "busy": N_("Another program uses the microphone"),
    "in-app": N_("The link was opened inside another app"),
    "old-browser": N_("The browser is too old"),
    "insecure": N_("The link was opened in an unsafe way"),
    SKIPPED: N_("The microphone was not tried"),
    "silent": N_("The microphone is silent: perhaps it is switched off"),
    "quiet": N_("Nobody was heard speaking"),
}
SPEAKER_WORDS = {"no": N_("The bell was not heard"), SKIPPED: N_("The bell was not tried")}
LINE_WORDS = SLOW_WORDS | BROKEN_LINE_WORDS
REASON_WORDS: Mapping[str, str] = (
    {f"camera-{code}": words for code, words in CAMERA_WORDS.items()}
    | {f"microphone-{code}": words for code, words in MICROPHONE_WORDS.items()}
    | {f"speaker-{code}": words for code, words in SPEAKER_WORDS.items()}
    | LINE_WORDS
)
# Facts for staff, which lower nothing.
NOTE_WORDS = {
    "no-udp": N_("Only the slower ways got through"),
    "no-relay": N_("The way round a closed network did not answer"),
    "relayed": N_("The line goes the way round"),
    "no-socket": N_("The line to the waiting room did not open"),
}
RESULT_WORDS = {
    Readiness.READY: N_("Ready"),
    Readiness.SLOW: N_("Ready, slow line"),
    Readiness.NEEDS_HELP: N_("Needs help"),
}


def verdict(reasons: Iterable[str]) -> Readiness:
    """Return what a check with these reasons comes to: the worst of them decides."""
    left = set(reasons)
    if left - SLOW_WORDS.keys():
        return Readiness.NEEDS_HELP
    return Readiness.SLOW if left else Readiness.READY
