"""How somebody might best be seen."""

import pytest

from cartref.appointments.finding.modes import Circumstances, suggest
from cartref.appointments.finding.reasons import said
from cartref.appointments.models import Mode


def test_somebody_of_whom_nothing_is_known_is_seen_at_home() -> None:
    suggestion = suggest(Circumstances())
    assert (suggestion.mode, suggestion.reasons) == (Mode.VIDEO_HOME, [])


@pytest.mark.parametrize("mode", list(Mode))
def test_her_wish_weighs_most(mode: Mode) -> None:
    suggestion = suggest(Circumstances(wish=mode, helped=True, line="good"))
    assert suggestion.mode is mode
    assert "The patient wishes for it" in [said(reason, "en") for reason in suggestion.reasons]


@pytest.mark.parametrize(
    ("known", "mode", "why"),
    [
        (Circumstances(failed=True), Mode.VIDEO_SITE, "The last video visit did not work at home"),
        (Circumstances(line="lost"), Mode.VIDEO_SITE, "The last video visit did not work at home"),
        (Circumstances(line="weak"), Mode.VIDEO_SITE, "The line was weak last time"),
        (
            Circumstances(check="needs-help"),
            Mode.VIDEO_SITE,
            "The last check of camera, sound and line at home did not go well",
        ),
        (Circumstances(check="slow", kilometres=5), Mode.VIDEO_SITE, "The line was slow at the last check"),
        (
            Circumstances(check="ready"),
            Mode.VIDEO_HOME,
            "Camera, sound and line at home were well at the last check",
        ),
        (Circumstances(memory=True), Mode.VIDEO_SITE, "Memory: it helps to have somebody there"),
        (Circumstances(memory=True, helped=True), Mode.VIDEO_HOME, "A carer can join at home"),
        (Circumstances(failed=True, presented=False), Mode.TELEPHONE, "The last video visit did not work at home"),
        (Circumstances(frailty=8), Mode.VIDEO_HOME, "A journey is hard at this level of frailty"),
        (Circumstances(hands=True, kilometres=4.4), Mode.VIDEO_SITE, "A place with a nurse is near, about 4 km"),
        (Circumstances(kilometres=61), Mode.VIDEO_HOME, "The nearest place with a nurse is about 61 km off"),
    ],
)
def test_what_is_known_decides_and_is_said(known: Circumstances, mode: Mode, why: str) -> None:
    suggestion = suggest(known)
    assert suggestion.mode is mode
    assert why in [said(reason, "en") for reason in suggestion.reasons]


def test_who_hears_badly_is_not_told_to_use_the_telephone() -> None:
    assert suggest(Circumstances(hearing=True, failed=True, presented=False)).mode is not Mode.TELEPHONE


def test_reasons_are_said_in_welsh() -> None:
    assert all(said(reason, "cy") != said(reason, "en") for reason in suggest(Circumstances(failed=True)).reasons)
