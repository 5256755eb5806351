"""When nothing suits, the rule that stands in the way most is named, with what giving way would bring."""

from datetime import time, timedelta

from cartref.appointments.finding import judge, why_none
from cartref.appointments.finding.need import Helper, Need
from cartref.appointments.finding.reasons import said
from cartref.appointments.finding.rules import HARD_RULES
from cartref.appointments.finding.why_none import RELAXATIONS, Gain
from cartref.appointments.models import Mode
from cartref.patients.hours import FreeHours
from tests.cartref.appointments.finding.clinic import BRYN_HELI, TUESDAY, gathered, need, session, suitable

CATRIN_ON_FRIDAYS = Helper("catrin", "Catrin Parry", [FreeHours(time(9), time(17), weekday=4)])


def gains(wanted: Need, *there: object, **values: object) -> list[Gain]:
    around = gathered(*there, **values)  # type: ignore[arg-type] # handed on
    return list(why_none.gains(wanted, judge(wanted, around)))


def test_the_tightest_rule_comes_first_with_its_number_and_its_soonest_time() -> None:
    (gain,) = gains(need(helper=CATRIN_ON_FRIDAYS))
    assert (gain.code, gain.count, gain.soonest.span.starts_at) == ("alone", 6, TUESDAY)
    assert said(gain.reason, "en") == "If the patient can come without this person: Catrin Parry"


def test_a_rule_that_is_not_alone_in_the_way_brings_nothing() -> None:
    assert gains(need(helper=CATRIN_ON_FRIDAYS, welsh=True), session(welsh=False)) == []


def test_several_rules_are_ordered_by_what_each_would_bring() -> None:
    welsh_but_long = session(slots=[0, 2, 4])
    english = session(TUESDAY + timedelta(days=1), welsh=False)
    found = gains(need(welsh=True, minutes=40), welsh_but_long, english)
    assert [(gain.code, gain.count) for gain in found] == [("english", 5), ("shorter", 3)]
    assert found[1].minutes == timedelta(minutes=20)


def test_home_is_named_when_no_place_can_take_her() -> None:
    (gain,) = gains(need(mode=Mode.VIDEO_SITE), places=[BRYN_HELI], taken={})[:1] or gains(
        need(mode=Mode.VIDEO_SITE), places=[]
    )
    assert (gain.code, gain.count) == ("home", 6)


def test_what_is_given_way_to_is_found() -> None:
    wanted = need(not_before=time(12))
    (gain,) = gains(wanted)
    assert gain.code == "earlier"
    given_way = need(not_before=time(12), waived=frozenset({"earlier"}))
    assert len(suitable(given_way, gathered())) == gain.count
    assert gains(given_way) == []


def test_an_unknown_relaxation_changes_nothing() -> None:
    assert suitable(need(not_before=time(12), waived=frozenset({"everything"})), gathered()) == []


def test_nobody_can_give_way_where_it_would_double_book() -> None:
    relaxable = {rule for relaxation in RELAXATIONS for rule in relaxation.rules}
    never = {"window", "clinic", "clinician-free", "clinician-there", "patient-free"}
    assert {rule.code for rule in HARD_RULES} - relaxable == never
