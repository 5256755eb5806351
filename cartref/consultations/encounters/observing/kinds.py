"""What a presenter measures: units, codes and limits of each kind, as a table.

**Plausible** limits are for slips of the hand (368 for 36.8, pounds for kilograms): beyond them a value is refused.
They lie inside what the cleaning of a published set of hospital records takes for valid (Harutyunyan et al., Scientific
Data 6:96, 2019: pressure to 375 mmHg, heart rate to 350, temperature 26 to 45 °C, weight to 250 kg), and, for glucose,
at what meters can show at all (0.6 to 33.3 mmol/l).

**Usual** limits are for a second look: outside them the presenter is asked once. They are

- pulse, oxygen, temperature and low systolic pressure: where the National Early Warning Score (Royal College of
  Physicians, NEWS2, 2017) gives two points or three, on its scale 1;
- high pressure: 180/120 mmHg, where guideline NG136 (NICE, 2019) speaks of severe hypertension;
- glucose: below 4.0 mmol/l, hypoglycaemia in hospital (Joint British Diabetes Societies), and from 11.1 mmol/l
  (World Health Organization, 2006);
- weight: a change of 5 % since the weight before, where the Malnutrition Universal Screening Tool (BAPEN, 2003) begins
  to count.

Neither says what is well or ill: that is for the clinician who reads the value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from cartref.i18n import N_

WEIGHT_CHANGE = Decimal("0.05")  # a share of the weight before


class Kind(StrEnum):
    """What is measured, in the order in which a page asks for it."""

    BLOOD_PRESSURE = "blood-pressure"
    PULSE = "pulse"
    OXYGEN = "oxygen"
    TEMPERATURE = "temperature"
    WEIGHT = "weight"
    GLUCOSE = "glucose"


class Posture(StrEnum):
    """How the patient was placed while her blood pressure was taken."""

    LYING = "lying"
    SITTING = "sitting"
    STANDING = "standing"


STANDING_MINUTES = (1, 3)  # Royal College of Physicians, Measurement of lying and standing blood pressure, 2017


@dataclass(frozen=True)
class Limits:
    """From the least to the most, both allowed; None where there is no limit."""

    least: Decimal | None
    most: Decimal | None

    def hold(self, value: Decimal) -> bool:
        """Tell whether the value lies within."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


def limits(least: str | None, most: str | None) -> Limits:
    """Return limits written as figures."""
    return Limits(Decimal(least) if least else None, Decimal(most) if most else None)


NONE = Limits(None, None)


@dataclass(frozen=True)
class Number:
    """One number of a value: what it is called, its LOINC code, and its limits. `needed` unless it may be left out."""

    name: str
    loinc: str
    plausible: Limits
    usual: Limits = NONE
    needed: bool = True


@dataclass(frozen=True)
class Measure:
    """A kind of value. `unit` is UCUM's, `unit_words` what a page shows; `by_posture` LOINC codes of both numbers."""

    name: str
    unit: str
    unit_words: str
    decimals: int
    first: Number
    second: Number | None = None
    by_posture: Mapping[Posture, tuple[str, str]] = field(default_factory=dict)


MEASURES: dict[Kind, Measure] = {
    Kind.BLOOD_PRESSURE: Measure(
        N_("Blood pressure"), "mm[Hg]", "mmHg", 0,
        Number(N_("Upper number"), "8480-6", limits("40", "300"), limits("101", "179")),
        Number(N_("Lower number"), "8462-4", limits("20", "200"), limits(None, "119")),
        {
            Posture.LYING: ("8461-6", "8455-8"),
            Posture.SITTING: ("8459-0", "8453-3"),
            Posture.STANDING: ("8460-8", "8454-1"),
        },
    ),
    Kind.PULSE: Measure(
        N_("Pulse"), "/min", N_("a minute"), 0,
        Number(N_("Pulse"), "8867-4", limits("20", "250"), limits("41", "110")),
    ),
    Kind.OXYGEN: Measure(
        N_("Oxygen"), "%", "%", 0,
        Number(N_("Oxygen"), "59408-5", limits("50", "100"), limits("94", None)),
        Number(N_("Litres a minute"), "3151-8", limits("0.5", "15"), needed=False),
    ),
    Kind.TEMPERATURE: Measure(
        N_("Temperature"), "Cel", "°C", 1,
        Number(N_("Temperature"), "8310-5", limits("30.0", "43.0"), limits("35.1", "39.0")),
    ),
    Kind.WEIGHT: Measure(
        N_("Weight"), "kg", "kg", 1, Number(N_("Weight"), "29463-7", limits("20.0", "250.0"))
    ),
    Kind.GLUCOSE: Measure(
        N_("Glucose"), "mmol/L", "mmol/l", 1,
        Number(N_("Glucose"), "14743-9", limits("0.6", "33.3"), limits("4.0", "11.0")),
    ),
}  # fmt: skip
POSTURE_WORDS = {
    (Posture.LYING, None): N_("Lying"),
    (Posture.SITTING, None): N_("Sitting"),
    (Posture.STANDING, 1): N_("Standing, after 1 minute"),
    (Posture.STANDING, 3): N_("Standing, after 3 minutes"),
}

# Why an unusual value is right: kept by its code where one of these was chosen, else as it was typed.
REASONS = {
    "measured-twice": N_("Measured twice"),
    "usual": N_("Usual for this patient"),
    "unwell": N_("The patient looks unwell"),
}
TAKING = {
    "yes": N_("Takes it"),
    "sometimes": N_("Takes it sometimes"),
    "no": N_("Does not take it"),
}

# What consultants ask for most: kept by its code, so that each reads it in her own language.
READY_ASKS = {
    "standing-pressure": N_("Take the blood pressure lying and standing"),
    "walk": N_("Show the patient walking to the door and back"),
    "rise": N_("Show the patient standing up from the chair"),
    "ankles": N_("Show the ankles"),
    "wound": N_("Show the wound with the other camera"),
    "medicines": N_("Write down the medicines that were brought"),
    "weigh": N_("Weigh the patient"),
}


def loinc(kind: Kind, posture: str = "") -> tuple[str, str]:
    """Return the LOINC codes of both numbers of a value, the second empty where there is none."""
    measure = MEASURES[kind]
    by_posture = measure.by_posture.get(Posture(posture)) if posture else None
    return by_posture or (measure.first.loinc, measure.second.loinc if measure.second else "")
