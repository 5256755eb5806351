"""Times as people say them on the telephone, in English and Welsh: "at twenty past ten in the morning". Pure."""

from datetime import datetime

from cartref import formatting
from cartref.i18n import Language

NOON, EVENING = 12, 18
HOURS = {
    "en": ["twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"],
    "cy": ["deuddeg", "un", "dau", "tri", "pedwar", "pump", "chwech", "saith", "wyth", "naw", "deg", "un ar ddeg"],
}
# Welsh hours after "i" and "am", which soften them.
SOFT_HOURS = [
    "ddeuddeg", "un", "ddau", "dri", "bedwar", "bump", "chwech", "saith", "wyth", "naw", "ddeg", "un ar ddeg",
]  # fmt: skip
MINUTES = {
    "en": {5: "five", 10: "ten", 15: "quarter", 20: "twenty", 25: "twenty-five", 30: "half"},
    # softened, as they stand after "am"
    "cy": {
        5: "bum munud", 10: "ddeg munud", 15: "chwarter", 20: "ugain munud", 25: "bum munud ar hugain",
        30: "hanner awr",
    },
}  # fmt: skip
PERIODS = {
    "en": ("in the morning", "in the afternoon", "in the evening"),
    "cy": ("y bore", "y prynhawn", "yr hwyr"),
}
AT_NOON = {"en": "at noon", "cy": "am hanner dydd"}
AT = {"en": "at", "cy": "am"}
GREETINGS = {
    "en": ("Good morning.", "Good afternoon.", "Good evening."),
    "cy": ("Bore da.", "P'nawn da.", "Noswaith dda."),
}


def at_time(at: datetime, language: str) -> str:
    """Return a time of day in words, "at half past two in the afternoon"; in figures where no words are usual."""
    language = Language(language).value
    if (at.hour, at.minute) == (NOON, 0):
        return AT_NOON[language]
    return f"{AT[language]} {_clock(at, language)} {PERIODS[language][_period(at)]}"


def on_day_at_time(at: datetime, language: str) -> str:
    """Return when something is: "on Tuesday 8 December, at twenty past ten in the morning"."""
    return f"{formatting.on_date(at.date(), language)}, {at_time(at, language)}"


def greeting(at: datetime, language: str) -> str:
    """Return how one says hello at that time of day."""
    return GREETINGS[Language(language)][_period(at)]


def _clock(at: datetime, language: str) -> str:
    hour, minute = at.hour % 12, at.minute
    if minute % 5:
        return f"{at.hour % 12 or 12}:{minute:02}"
    if minute == 0:
        return f"{SOFT_HOURS[hour]} o'r gloch" if language == "cy" else f"{HOURS['en'][hour]} o'clock"
    following = (hour + 1) % 12
    if language == "cy":
        past, to = f"wedi {HOURS['cy'][hour]}", f"i {SOFT_HOURS[following]}"
    else:
        past, to = f"past {HOURS['en'][hour]}", f"to {HOURS['en'][following]}"
    minutes = MINUTES[language]
    return f"{minutes[minute]} {past}" if minute <= 30 else f"{minutes[60 - minute]} {to}"


def _period(at: datetime) -> int:
    return (at.hour >= NOON) + (at.hour >= EVENING)
