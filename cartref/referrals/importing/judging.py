"""Rows judged one after another, beside each other and beside what the clinic knows: what each would bring. Pure.

A patient is known by her NHS number. Without one she is known by names, birth date and postcode together, when this
service looks after her. A referral is known by its sender's number, else by patient, day, clinic and source.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from cartref.db import new_id
from cartref.referrals.importing.columns import Columns, column_of, squeezed
from cartref.referrals.importing.known import KEPT, Known, Likeness, Person, likeness
from cartref.referrals.importing.rows import NUMBERS, Fault, Row
from cartref.referrals.models import OWN_NUMBER
from cartref.referrals.service.referring import PatientDeceased


@dataclass(frozen=True)
class Verdict:
    """What one row comes to: `person` is None where it has faults.

    `brings_person`, `brings_care` and `brings_referral` (the number it gets) say what is new by it; `kept` are the
    cells that say something else than the record, which stays as it is. `second` says that the referral which it brings
    comes beside one that is open: taken over all the same, for a person to look at.
    """

    row: Row
    person: Person | None = None
    brings_person: bool = False
    brings_care: bool = False
    brings_referral: str | None = None
    faults: tuple[Fault, ...] = ()
    kept: tuple[Fault, ...] = ()
    second: tuple[Fault, ...] = ()

    @property
    def brings_nothing(self) -> bool:
        """Tell whether everything in the row is there already."""
        return not (self.brings_person or self.brings_care or self.brings_referral)


@dataclass
class Judge:
    """Judges rows in their order; it remembers whom and what earlier rows without fault told of."""

    known: Known
    columns: Columns
    make_id: Callable[[], str] = new_id
    _by_number: dict[str, Person] = field(default_factory=dict)
    _by_birth: dict[date, list[Person]] = field(default_factory=lambda: defaultdict(list))
    _told: set[str] = field(default_factory=set)  # of whom rows have told
    _numbers: dict[str, str] = field(default_factory=dict)  # senders' numbers that rows brought -> the patient's id
    _alike: set[tuple[str, Likeness]] = field(default_factory=set)
    _referred: set[str] = field(default_factory=set)  # to whom earlier rows brought a referral

    def __post_init__(self) -> None:
        """Begin with the people who are known."""
        for person in self.known.people:
            self._remember(person)

    def judge(self, row: Row) -> Verdict:
        """Return what the row comes to, and remember it for the rows after it."""
        if row.faults:
            return Verdict(row, faults=row.faults)
        person, fault = self._person(row)
        if person is None:
            return Verdict(row, faults=self._at("nhs_number", fault))
        if faults := tuple(self._faults(row, person)):
            return Verdict(row, faults=faults)
        return self._accept(row, person)

    def _person(self, row: Row) -> tuple[Person | None, str]:
        """Return whom the row is about, known or fresh; or none, and the code for why that can't be said."""
        number = str(row.patient["nhs_number"] or "")
        namesakes = [person for person in self._by_birth[_born(row)] if is_same(person, row)]
        found = self._by_number.get(number)
        if found is not None:
            return (found, "") if found in namesakes else (None, "import.other-patient")
        if not namesakes:
            return self._fresh(row), ""
        if number:
            return None, "import.alike"
        (person, *others) = namesakes
        return (person, "") if not others and person.ours and _same_place(person, row) else (None, "import.nameless")

    def _fresh(self, row: Row) -> Person:
        values = row.patient
        return Person(
            self.make_id(), str(values["nhs_number"]) if values["nhs_number"] else None, str(values["family_name"]),
            str(values["given_name"]), "", _born(row), ours=True, details={name: values[name] for name in KEPT},
            fresh=True,
        )  # fmt: skip

    def _faults(self, row: Row, person: Person) -> Iterator[Fault]:
        if row.referral is None:
            if person.id in self._told:
                yield from self._at("nhs_number", "import.twice")
        elif row.external_id and self._owner(row.external_id, person) != person.id:
            yield from self._at("external_id", "import.referral-of-another")
        elif row.external_id in self._numbers:
            yield from self._at("external_id", "import.twice")
        elif not row.external_id and (person.id, likeness(row)) in self._alike:
            yield from self._at("received_on", "import.twice")
        elif person.deceased and not self._is_there(row, person):
            yield from self._at("nhs_number", PatientDeceased.code)

    def _owner(self, external_id: str, person: Person) -> str:
        return self._numbers.get(external_id) or self.known.referred.get(external_id, person.id)

    def _is_there(self, row: Row, person: Person) -> bool:
        if row.external_id:
            return row.external_id in self.known.referred
        own = own_number(person.id, likeness(row))
        return own in self.known.referred or (person.id, likeness(row)) in self.known.alike

    def _accept(self, row: Row, person: Person) -> Verdict:
        first, number = person.id not in self._told, self._number(row, person)
        verdict = Verdict(
            row, person, brings_person=person.fresh and first, brings_care=first and not person.ours,
            brings_referral=number, kept=() if person.fresh else tuple(self._kept(row, person)),
            second=self._second(person) if number else (),
        )  # fmt: skip
        if number:
            self._referred.add(person.id)
        self._told.add(person.id)
        if verdict.brings_person:
            self._remember(person)
        if row.external_id:
            self._numbers[row.external_id] = person.id
        elif row.referral is not None:
            self._alike.add((person.id, likeness(row)))
        return verdict

    def _number(self, row: Row, person: Person) -> str | None:
        if row.referral is None or self._is_there(row, person):
            return None
        return row.external_id or own_number(person.id, likeness(row))

    def _second(self, person: Person) -> tuple[Fault, ...]:
        if person.id in self.known.waiting:
            return self._at("received_on", "import.open-referral")
        return self._at("received_on", "import.second-referral") if person.id in self._referred else ()

    def _kept(self, row: Row, person: Person) -> Iterator[Fault]:
        for name in KEPT:
            if name in row.filled and not _alike(name, person.details[name], row.patient[name]):
                yield Fault(self.columns[name], name, "import.kept")

    def _at(self, name: str, code: str) -> tuple[Fault, ...]:
        """Return the fault in the column of that meaning, or where the last name is when the sheet has none."""
        place = name if name in self.columns else column_of("family_name", self.columns) or name
        return (Fault(self.columns[place], place, code),)

    def _remember(self, person: Person) -> None:
        if person.nhs_number:
            self._by_number[person.nhs_number] = person
        self._by_birth[person.born_on].append(person)


def judge_all(rows: Iterable[Row], known: Known, columns: Columns) -> list[Verdict]:
    """Return what each row comes to, in their order."""
    judge = Judge(known, columns)
    return [judge.judge(row) for row in rows]


def own_number(patient_id: str, told: Likeness) -> str:
    """Return the number of a referral that its sender gave none: one for each patient, day, clinic and source."""
    clinic_id, received_on, source = told
    said = "\n".join((patient_id, received_on.isoformat(), clinic_id or "", source.value))
    return OWN_NUMBER + sha256(said.encode()).hexdigest()[:40]


def is_same(person: Person, row: Row) -> bool:
    """Tell whether names and birth date are hers: accents and signs aside, and of first names the first."""
    given = _first(str(row.patient["given_name"]))
    return (
        person.born_on == row.patient["born_on"]
        and squeezed(person.family_name) == squeezed(str(row.patient["family_name"]))
        and given != ""
        and given in {_first(person.given_name), _first(person.preferred_name)}
    )


def _first(names: str) -> str:
    words = names.replace("-", " ").split()
    return squeezed(words[0]) if words else ""


def _born(row: Row) -> date:
    born_on = row.patient["born_on"]
    assert isinstance(born_on, date)
    return born_on


def _same_place(person: Person, row: Row) -> bool:
    return squeezed(str(person.details["postcode"])) == squeezed(str(row.patient["postcode"]))


def _alike(name: str, kept: object, told: object) -> bool:
    if name in NUMBERS:
        return re.sub(r"\D", "", str(kept)) == re.sub(r"\D", "", str(told))
    return squeezed(str(kept)) == squeezed(str(told))
