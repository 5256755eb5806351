"""Wording: placeholders are filled once, empty ones take their paragraph along, and what can't be sent is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartref.notifications.text_messages import GSM, size
from cartref.notifications.wording import Fault, Needs, Wording, brief, faults, fill, paragraphs

NEEDS = Needs(
    frozenset({"name", "when", "link", "phone"}),
    (frozenset({"when"}), frozenset({"link"})),
    (frozenset({"when"}),),
    frozenset({"link"}),
)
SOUND = Wording("Your appointment", "Dear ((name))\n\nIt is ((when)).\n\nOpen ((link))", "It is ((when)).")


def test_every_placeholder_is_filled() -> None:
    assert fill("Dear ((name)), (( when )).", {"name": "Mrs Parry", "when": "at 9am"}) == "Dear Mrs Parry, at 9am."


@given(st.text())
def test_what_a_value_holds_is_never_looked_at_again(value: str) -> None:
    assert fill("((name))", {"name": f"(({value}))", value: "found"}) == f"(({value}))"


def test_a_paragraph_with_nothing_to_say_is_left_out_whole() -> None:
    assert paragraphs(SOUND.body, {"name": "Mrs Parry", "when": "at 9am", "link": ""}) == (
        "Dear Mrs Parry",
        "It is at 9am.",
    )


def test_line_ends_of_any_sort_divide_paragraphs() -> None:
    assert paragraphs("One\r\ntwo\r\n \r\nThree", {}) == ("One\ntwo", "Three")


def test_a_short_text_is_one_line_without_what_has_nothing_to_say() -> None:
    short = "It is ((when)).\nTo join: ((link))\nRing ((phone))"
    values = {"when": "at 9am", "link": "", "phone": "01632 960123"}

    assert brief(short, values) == "It is at 9am. Ring 01632 960123"
    assert brief(short, values, without=["phone"]) == "It is at 9am."


def test_a_sound_wording_has_no_fault() -> None:
    assert faults(SOUND, NEEDS) == []


@pytest.mark.parametrize(
    ("wording", "fault"),
    [
        (Wording(" ", SOUND.body, SOUND.short), Fault("subject", "empty")),
        (Wording("x" * 201, SOUND.body, SOUND.short), Fault("subject", "too-long")),
        (Wording("For ((nobody))", SOUND.body, SOUND.short), Fault("subject", "unknown", ("nobody",))),
        (Wording("For ((name)", SOUND.body, SOUND.short), Fault("subject", "brackets")),
        (Wording("For name))", SOUND.body, SOUND.short), Fault("subject", "brackets")),
        (Wording("A", "It is ((when)).", SOUND.short), Fault("body", "missing", ("link",))),
        (Wording("A", SOUND.body, "Come."), Fault("short", "missing", ("when",))),
        (Wording("A", "It is ((when)): ((link))", SOUND.short), Fault("body", "together", ("when",))),
    ],
)
def test_what_could_not_be_sent_to_everybody_is_named(wording: Wording, fault: Fault) -> None:
    assert faults(wording, NEEDS) == [fault]


@pytest.mark.parametrize(
    ("text", "units", "parts"),
    [
        ("a" * 160, 160, 1), ("a" * 161, 161, 2), ("a" * 306, 306, 2), ("a" * 307, 307, 3), ("€" * 80, 160, 1),
        ("ŵ" * 70, 70, 1), ("ŵ" * 71, 71, 2), ("ŷ" + "a" * 133, 134, 2), ("ŷ" + "a" * 134, 135, 3), ("😀", 2, 1),
    ],
)  # fmt: skip
def test_a_text_is_as_long_as_its_letters_make_it(text: str, units: int, parts: int) -> None:
    assert size(text) == (units, parts)


def test_no_welsh_circumflex_fits_the_short_alphabet() -> None:
    assert not set("âêîôûŵŷ") & GSM
