"""How somebody might best be seen, and why: pure. It only suggests; a person decides."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cartref.appointments.finding.reasons import Reason
from cartref.appointments.models import Mode
from cartref.i18n import N_

NEAR, FAR = 15, 40  # kilometres as the crow flies: a quarter of an hour on a lane, and most of a morning there and back
VERY_FRAIL = 7  # Clinical Frailty Scale: from here on a journey is a burden
BROKEN_LINES = frozenset({"lost", "no-sound", "no-picture"})
H, S, T, P = Mode.VIDEO_HOME, Mode.VIDEO_SITE, Mode.TELEPHONE, Mode.IN_PERSON


@dataclass(frozen=True)
class Circumstances:
    """What is known of a patient that bears on how she is seen.

    `helped`: a carer may join her at home. `line`: what her line was like last time (`good`, `weak`, `lost`,
    `no-sound`, `no-picture`), `failed`: she could not be reached by video then; `check`: what her last ready check came
    to (`ready`, `slow`, `needs-help`) where it is newer than that visit. `kilometres`: to the nearest place
    where somebody presents patients, None when it is not known; `presented`: there is such a place at all.
    """

    wish: Mode | None = None
    hearing: bool = False
    sight: bool = False
    memory: bool = False
    hands: bool = False
    frailty: int | None = None
    helped: bool = False
    line: str = ""
    failed: bool = False
    check: str = ""
    kilometres: float | None = None
    presented: bool = True

    @property
    def far(self) -> bool:
        """Tell whether the nearest place is a long way off."""
        return self.kilometres is not None and self.kilometres > FAR

    @property
    def near(self) -> bool:
        """Tell whether a place is near."""
        return self.presented and self.kilometres is not None and self.kilometres <= NEAR


@dataclass(frozen=True)
class Weighing:
    """One circumstance: when it holds, what it gives to each mode, and its words."""

    holds: Callable[[Circumstances], bool]
    points: Mapping[Mode, int]
    words: str = ""


@dataclass(frozen=True)
class Suggestion:
    """How somebody might be seen, and why."""

    mode: Mode
    reasons: Sequence[Reason]


def _wished(mode: Mode) -> Weighing:
    return Weighing(lambda known: known.wish is mode, {mode: 10}, N_("The patient wishes for it"))


WEIGHINGS = (
    Weighing(lambda _known: True, {H: 3, S: 2, T: 1}),  # no journey, then a short one; a face tells more than a voice
    *(_wished(mode) for mode in Mode),
    Weighing(
        lambda known: known.failed or known.line in BROKEN_LINES, {H: -5, S: 3, T: 1},
        N_("The last video visit did not work at home"),
    ),
    Weighing(
        lambda known: not known.failed and known.line == "weak", {H: -2, S: 1}, N_("The line was weak last time")
    ),
    Weighing(lambda known: not known.failed and known.line == "good", {H: 2}, N_("The line was good last time")),
    Weighing(
        lambda known: known.check == "needs-help", {H: -4, S: 3, T: 1},
        N_("The last check of camera, sound and line at home did not go well"),
    ),
    Weighing(lambda known: known.check == "slow", {H: -1, S: 1}, N_("The line was slow at the last check")),
    Weighing(
        lambda known: known.check == "ready", {H: 2}, N_("Camera, sound and line at home were well at the last check")
    ),
    Weighing(lambda known: known.hearing, {T: -4, H: 1, S: 1}, N_("Hearing: video has captions, a call has none")),
    Weighing(lambda known: known.sight and not known.helped, {H: -1, S: 1}, N_("Sight: a screen is hard to use alone")),
    Weighing(
        lambda known: known.memory and not known.helped, {H: -3, S: 2, T: -1},
        N_("Memory: it helps to have somebody there"),
    ),
    Weighing(
        lambda known: known.hands and not known.helped, {H: -2, S: 1}, N_("Hands: buttons are hard to press alone")
    ),
    Weighing(lambda known: known.helped, {H: 2}, N_("A carer can join at home")),
    Weighing(
        lambda known: (known.frailty or 0) >= VERY_FRAIL, {H: 2, T: 1, S: -2, P: -3},
        N_("A journey is hard at this level of frailty"),
    ),
    Weighing(lambda known: known.near, {S: 1}, N_("A place with a nurse is near, about %(km)s km")),
    Weighing(
        lambda known: known.far, {H: 1, T: 1, S: -3, P: -3}, N_("The nearest place with a nurse is about %(km)s km off")
    ),
    Weighing(lambda known: not known.presented, {S: -20}),
)  # fmt: skip


def suggest(known: Circumstances) -> Suggestion:
    """Return the mode that most speaks for, and the reasons: what speaks for it, and what speaks against home video."""
    holding = [weighing for weighing in WEIGHINGS if weighing.holds(known)]
    best = max(Mode, key=lambda mode: sum(weighing.points.get(mode, 0) for weighing in holding))
    return Suggestion(best, list(_reasons(holding, best, known)))


def _reasons(holding: Sequence[Weighing], best: Mode, known: Circumstances) -> Iterator[Reason]:
    for weighing in holding:
        speaks = weighing.points.get(best, 0) > 0 or (best is not H and weighing.points.get(H, 0) < 0)
        if weighing.words and speaks:
            yield Reason(weighing.words, {"km": round(known.kilometres)} if known.kilometres is not None else {})
