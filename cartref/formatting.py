"""Dates, times and numbers as people read them, in English and Welsh; pure, and the language is always named.

Every function that takes a moment wants it aware and raises ValueError otherwise; it is shown in the zone it carries,
so a moment in UTC goes through `local` first.
"""

from datetime import UTC, date, datetime
from datetime import time as wall_time
from typing import Literal
from zoneinfo import ZoneInfo

import phonenumbers
from babel.dates import format_date

from cartref.i18n import Language, words

# Every Welsh day name begins with "dydd", whose first letter follows the words before it.
_DAY_WORD = {"label": "Dydd", "sentence": "dydd", "soft": "ddydd"}
_Place = Literal["label", "sentence", "soft"]


def date_label(day: date, language: str, *, year: bool = True) -> str:
    """A date that stands alone: "Tuesday 3 November 2026", "Dydd Mawrth 3 Tachwedd 2026"."""
    return _date(day, language, "label", year)


def date_in_sentence(day: date, language: str, *, year: bool = False) -> str:
    """A date within a sentence, after "by", "before", "between": "Tuesday 3 November", "dydd Mawrth 3 Tachwedd"."""
    return _date(day, language, "sentence", year)


def date_softened(day: date, language: str, *, year: bool = False) -> str:
    """A date after "until", "to", "from" (tan, i, o): "Tuesday 3 November", "ddydd Mawrth 3 Tachwedd"."""
    return _date(day, language, "soft", year)


def on_date(day: date, language: str, *, year: bool = False) -> str:
    """When something is: "on Tuesday 3 November", "ddydd Mawrth 3 Tachwedd"."""
    # Translators: the Welsh date already begins with "ddydd", which says "on"
    return words(language).gettext("on %(date)s", date=date_softened(day, language, year=year))


def plain_date(day: date, language: str) -> str:
    """A date without its weekday, such as a date of birth: "3 November 1941", "3 Tachwedd 1941"."""
    return format_date(_day(day), "d MMMM y", locale=_locale(language))


def date_range(first: date, last: date, language: str) -> str:
    """From one date to another, saying month and year once where they are shared: "3 to 7 November 2026"."""
    if first == last:
        return plain_date(first, language)
    pattern = "d MMMM y" if first.year != last.year else "d MMMM" if first.month != last.month else "d"
    start = format_date(_day(first), pattern, locale=_locale(language))
    return _range(start, plain_date(last, language), language)


def time(at: wall_time | datetime, language: str) -> str:
    """A time of day, "10:20am", "9am", "12pm" at noon: written alike in both languages."""
    Language(language)
    if isinstance(at, datetime):
        _aware(at)
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{(at.hour - 1) % 12 + 1}{minutes}{'am' if at.hour < 12 else 'pm'}"


def time_range(start: wall_time | datetime, end: wall_time | datetime, language: str) -> str:
    """From one time to another: "10:20am to 10:40am", "10:20am i 10:40am"."""
    return _range(time(start, language), time(end, language), language)


def day_and_time(at: datetime, language: str, *, year: bool = False) -> str:
    """A moment that stands alone: "Tuesday 3 November, 10:20am", "Dydd Mawrth 3 Tachwedd, 10:20am"."""
    return f"{date_label(_aware(at), language, year=year)}, {time(at, language)}"


def on_day_at_time(at: datetime, language: str, *, year: bool = False) -> str:
    """When something is: "on Tuesday 3 November at 10:20am", "ddydd Mawrth 3 Tachwedd am 10:20am"."""
    on = on_date(_aware(at), language, year=year)
    return words(language).gettext("%(on_date)s at %(time)s", on_date=on, time=time(at, language))


def local(at: datetime, zone: ZoneInfo) -> datetime:
    """The same moment on the clocks of `zone`."""
    return _aware(at).astimezone(zone)


def age(born_on: date, today: date) -> int:
    """Whole years of life; who was born on 29 February is a year older on 1 March."""
    birthday_is_to_come = (today.month, today.day) < (born_on.month, born_on.day)
    return today.year - born_on.year - birthday_is_to_come


def age_label(born_on: date, today: date, language: str) -> str:
    """How old somebody is: "85 years old", "85 oed"."""
    return words(language).ngettext("%(n)s year old", "%(n)s years old", age(born_on, today))


def minutes(n: int, language: str) -> str:
    """A length of time: "2 minutes", "2 funud"."""
    return words(language).ngettext("%(n)s minute", "%(n)s minutes", n)


def relative_minutes(at: datetime, now: datetime, language: str) -> str:
    """How far off a moment is, to the whole minute: "in 20 minutes", "now", "5 minutes ago"."""
    # In UTC, for Python counts wall time between two moments of one zone and so loses the hour of a clock change.
    seconds = (_aware(at).astimezone(UTC) - _aware(now).astimezone(UTC)).total_seconds()
    said, n = words(language), int(abs(seconds) // 60)
    if n == 0:
        return said.gettext("now")
    if seconds > 0:
        return said.ngettext("in %(n)s minute", "in %(n)s minutes", n)
    return said.ngettext("%(n)s minute ago", "%(n)s minutes ago", n)


def telephone(number: str) -> str:
    """A telephone number in the groups people read it in, "01632 960000"; as it was typed where it is not one."""
    try:
        parsed = phonenumbers.parse(number, "GB")
    except phonenumbers.NumberParseException:
        return number.strip()
    if not phonenumbers.is_possible_number(parsed):
        return number.strip()  # 999 and 111 are no subscriber's numbers
    domestic = parsed.country_code == phonenumbers.country_code_for_region("GB")
    style = phonenumbers.PhoneNumberFormat.NATIONAL if domestic else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


def nhs_number_display(digits: str) -> str:
    """An NHS number in its groups of 3, 3 and 4: "999 000 0018"."""
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"


def _date(day: date, language: str, place: _Place, year: bool) -> str:
    text = format_date(_day(day), "EEEE d MMMM y" if year else "EEEE d MMMM", locale=_locale(language))
    if Language(language) is Language.ENGLISH:
        return text
    return _DAY_WORD[place] + text[len("Dydd") :]


def _range(start: str, end: str, language: str) -> str:
    return words(language).gettext("%(start)s to %(end)s", start=start, end=end)


def _locale(language: str) -> str:
    return "en_GB" if Language(language) is Language.ENGLISH else "cy"


def _day(day: date) -> date:
    return _aware(day).date() if isinstance(day, datetime) else day


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment without a zone can't be shown")
    return at
