"""What was taken, brought and asked at a visit, in the reader's words: for the pages, and for the scripts on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts import queries as accounts
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.appointments.models import Appointment
from cartref.consultations import queries as encounters
from cartref.consultations.encounters.observing import queries
from cartref.consultations.encounters.observing.kinds import (
    MEASURES,
    POSTURE_WORDS,
    READY_ASKS,
    REASONS,
    TAKING,
    Kind,
    Measure,
    Posture,
)
from cartref.consultations.encounters.observing.postural import Fall, falls
from cartref.consultations.models import Ask, Encounter, Medicine, Observation
from cartref.consultations.speech import Speech
from cartref.web.locale import current_words, gettext

ORDER = {kind.value: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True)
class Names:
    """Members of staff by id, for the words of who took and signed."""

    known: dict[str, str]

    def of(self, staff_id: str | None) -> str:
        """Return a name, empty when nobody is meant."""
        return self.known.get(staff_id or "", "")


def examined(session: Session, actor: Actor, encounter: Encounter | None, say: Speech) -> dict[str, Any]:
    """Return {values, falls, medicines, asks, count, unsigned, open_asks, is_empty} of a visit, in words."""
    found = queries.examination(session, encounter)
    names = _names(session, actor, found)
    return {
        "values": [_value(value, found.replaced, names, say) for value in sorted(found.values, key=_place)],
        "withdrawn": [_withdrawn(value, say) for value in found.replaced if value.withdrawn_at],
        "falls": [_fall(fall) for fall in falls(found.values)],
        "medicines": [_medicine(medicine) for medicine in found.medicines],
        "asks": [_ask(ask, names, say) for ask in found.asks],
        "count": len(found.values),
        "unsigned": found.unsigned,
        "open_asks": sum(1 for ask in found.asks if ask.done_at is None),
        "is_empty": found.is_empty,
    }


def record_of(session: Session, actor: Actor, appointment: Appointment, language: str) -> dict[str, Any]:
    """Return what was examined at a visit for those who treat her, as `examined` does; an empty one for other staff."""
    say = Speech(language, ZoneInfo(appointment.session.zone), clock.now())
    mine = actor.may(Permission.CONSULT)
    return examined(session, actor, encounters.encounter_of(session, appointment.id) if mine else None, say)


def count_words(count: queries.Counts) -> str:
    """Return how far an examination is: "3 values, not all signed. 1 thing to do", empty where nothing was begun."""
    said, ngettext = [], current_words().ngettext
    if count.values:
        said.append(ngettext("%(n)s value", "%(n)s values", count.values))
        said.append(gettext("Not all signed") if count.unsigned else gettext("All signed"))
    if count.open_asks:
        said.append(ngettext("%(n)s thing asked", "%(n)s things asked", count.open_asks))
    return ". ".join(said)


def signed_words(found: dict[str, Any]) -> str:
    """Return whether there is anything left to sign, empty where nothing was taken."""
    if found["unsigned"]:
        return current_words().ngettext("%(n)s value not signed yet", "%(n)s values not signed yet", found["unsigned"])
    return gettext("All signed") if found["count"] else ""


def last_values(values: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Return what stands under each box of the form, by its slot: the last value, and when it was taken."""
    return {
        value["slot"]: gettext("%(value)s at %(time)s", value=value["text"], time=value["time"]) for value in values
    }


def ready_asks() -> dict[str, str]:
    """Return what clinicians ask for most, in the reader's words by code."""
    return {code: gettext(text) for code, text in READY_ASKS.items()}


def boxes() -> dict[str, list[dict[str, Any]]]:
    """Return the boxes of the presenter's form: `pressures` and `others`, each {slot, kind, name, unit, …}."""
    pressure = MEASURES[Kind.BLOOD_PRESSURE]
    return {
        "pressures": [
            _box(Kind.BLOOD_PRESSURE, pressure) | {"slot": slot("", posture, minutes), "name": gettext(words)}
            | {"posture": posture.value, "minutes": minutes or ""}
            for (posture, minutes), words in POSTURE_WORDS.items()
        ],
        "others": [_box(kind, measure) for kind, measure in MEASURES.items() if measure is not pressure],
    }  # fmt: skip


def weight_words(session: Session, appointment: Appointment, say: Speech) -> str:
    """Return her weight at the visit before, empty when there is none."""
    before = queries.weight_before(session, appointment)
    if before is None:
        return ""
    day = say.plain_date(before.taken_at.astimezone(say.zone).date())
    return gettext("%(weight)s kg on %(day)s", weight=figures(before.value, 1), day=day)


def figures(value: Decimal, decimals: int) -> str:
    """Return a number with as many decimals as its kind has."""
    return f"{value:.{decimals}f}"


def slot(kind: str, posture: str = "", minutes: int | None = None) -> str:
    """Return which box of the form a value was typed into: "pulse", "standing-3"."""
    return f"{posture}-{minutes}" if minutes else posture or kind


def _box(kind: Kind, measure: Measure) -> dict[str, Any]:
    second = measure.second
    return {
        "slot": kind.value, "kind": kind.value, "name": gettext(measure.name), "unit": gettext(measure.unit_words),
        "first": gettext(measure.first.name), "second": gettext(second.name) if second else "",
        "optional": bool(second and not second.needed), "decimals": measure.decimals,
    }  # fmt: skip


def _place(value: Observation) -> tuple[int, Any, str]:
    return ORDER[value.kind], value.taken_at, value.id


def _value(value: Observation, replaced: Sequence[Observation], names: Names, say: Speech) -> dict[str, Any]:
    measure = MEASURES[Kind(value.kind)]
    return {
        "id": value.id,
        "slot": slot(value.kind, value.posture, value.minutes_standing),
        "kind": value.kind,
        "name": gettext(measure.name),
        "how": _how(value),
        "more": value.kind == Kind.OXYGEN,
        "text": _text(value),
        "unit": gettext(measure.unit_words),
        "first": figures(value.value, measure.decimals),
        "second": _second(value),
        "time": say.time(value.taken_at),
        "by": names.of(value.taken_by_id),
        "unusual": _chosen(REASONS, value.unusual_because),
        "signed": _signed(value, names, say),
        "before": _corrected(value, replaced),
    }


def _text(value: Observation) -> str:
    first = figures(value.value, MEASURES[Kind(value.kind)].decimals)
    return f"{first}/{_second(value)}" if value.kind == Kind.BLOOD_PRESSURE else first


def _second(value: Observation) -> str:
    if value.second is None:
        return ""
    return f"{value.second:f}".rstrip("0").rstrip(".") if value.second % 1 else figures(value.second, 0)


def _how(value: Observation) -> str:
    if value.kind == Kind.OXYGEN:
        if value.second is None:
            return gettext("Breathing air")
        return gettext("With oxygen, litres a minute: %(litres)s", litres=_second(value))
    if not value.posture:
        return ""
    return gettext(POSTURE_WORDS[Posture(value.posture), value.minutes_standing])


def _signed(value: Observation, names: Names, say: Speech) -> str:
    if value.signed_at is None:
        return ""
    return gettext("Signed: %(name)s, %(time)s", name=names.of(value.signed_by_id), time=say.time(value.signed_at))


def _corrected(value: Observation, replaced: Sequence[Observation]) -> list[str]:
    """Return what the value was before, latest first: "186/82, corrected: Typed wrongly"."""
    said, now = [], value.id
    while found := next((old for old in replaced if old.replaced_by_id == now), None):
        said.append(gettext("Before: %(value)s. Corrected: %(why)s", value=_text(found), why=found.replaced_because))
        now = found.id
    return said


def _withdrawn(value: Observation, say: Speech) -> str:
    measure = MEASURES[Kind(value.kind)]
    return gettext(
        "%(name)s %(value)s at %(time)s: %(why)s", name=gettext(measure.name), value=_text(value),
        time=say.time(value.taken_at), why=value.replaced_because,
    )  # fmt: skip


def _fall(fall: Fall) -> dict[str, Any]:
    when = gettext(POSTURE_WORDS[Posture.STANDING, fall.minutes])
    change = f"{_signed_number(-fall.upper)}/{_signed_number(-fall.lower)}"
    if fall.is_drop:
        text = gettext("%(when)s: %(change)s mmHg from lying. This is a postural drop.", when=when, change=change)
    else:
        text = gettext("%(when)s: %(change)s mmHg from lying. No postural drop.", when=when, change=change)
    return {"drop": fall.is_drop, "text": text}


def _signed_number(number: int) -> str:
    return f"+{number}" if number > 0 else f"−{-number}" if number < 0 else "0"


def _medicine(medicine: Medicine) -> dict[str, str]:
    return {
        "id": medicine.id, "name": medicine.name, "dose": medicine.dose, "taking": gettext(TAKING[medicine.taking]),
        "careful": "" if medicine.taking == "yes" else "true", "remark": medicine.remark,
    }  # fmt: skip


def _ask(ask: Ask, names: Names, say: Speech) -> dict[str, str]:
    done = gettext("Done at %(time)s", time=say.time(ask.done_at)) if ask.done_at else ""
    return {
        "id": ask.id, "text": _chosen(READY_ASKS, ask.text), "asked": say.time(ask.asked_at), "done": done,
        "answer": ask.answer, "by": names.of(ask.done_by_id),
    }  # fmt: skip


def _chosen(table: dict[str, str], text: str) -> str:
    return gettext(table[text]) if text in table else text


def _names(session: Session, actor: Actor, found: queries.Examination) -> Names:
    ids = {value.taken_by_id for value in found.values} | {value.signed_by_id for value in found.values}
    ids |= {ask.done_by_id for ask in found.asks}
    return Names(accounts.names_of(session, actor, {staff_id for staff_id in ids if staff_id}))
