"""What staff write down about a patient, checked and put into one shape before it reaches the database."""

import re
from dataclasses import dataclass, fields
from datetime import date

from cartref.errors import Invalid
from cartref.patients import nhs_number
from cartref.patients.nhs_number import ADVICE, NhsNumberInvalid, TraceStatus

OLDEST_YEARS = 125
POSTCODE = re.compile(r"^[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}$")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
LENGTHS = {
    "title": 16, "given_name": 80, "family_name": 80, "preferred_name": 80, "hospital_number": 24, "address": 400,
    "telephone": 24, "mobile": 24, "email": 254, "gp_practice": 160, "interpreter": 80, "hearing_need": 200,
    "sight_need": 200, "memory_need": 200, "hands_need": 200, "safe_contact": 2000,
}  # fmt: skip

NEEDS_A_NUMBER = frozenset({TraceStatus.TRACED, TraceStatus.WELSH_REGISTER})
NEEDS_NO_NUMBER = frozenset({TraceStatus.NOT_REQUIRED})


class NhsNumberWrong(Invalid):
    """The NHS number can't be one; the code's last part says why."""

    code = "patient.nhs-number"
    field = "nhs_number"


class BirthDateWrong(Invalid):
    """Nobody alive was born then."""

    code = "patient.born-on"
    field = "born_on"


class PostcodeWrong(Invalid):
    """The text has not the form of a British postcode."""

    code = "patient.postcode"
    field = "postcode"


class TextWrong(Invalid):
    """A name or other text holds signs that don't print, or is too long."""

    code = "patient.text"


class TraceWrong(Invalid):
    """The trace status does not fit the number: one says that there is a number, the other that there is none."""

    code = "patient.trace-status"
    field = "trace_status"


@dataclass(frozen=True)
class PatientDetails:
    """One patient's details as typed; `checked` gives them as stored."""

    given_name: str
    family_name: str
    born_on: date
    nhs_number: str = ""
    trace_status: TraceStatus = TraceStatus.NOT_TRACED
    title: str = ""
    preferred_name: str = ""
    hospital_number: str = ""
    address: str = ""
    postcode: str = ""
    telephone: str = ""
    mobile: str = ""
    email: str = ""
    gp_practice: str = ""
    language: str = "en"
    interpreter: str = ""
    hearing_need: str = ""
    sight_need: str = ""
    memory_need: str = ""
    hands_need: str = ""
    frailty_level: int | None = None
    email_consent: bool = False
    text_consent: bool = False
    letter_consent: bool = True
    telephone_consent: bool = True
    do_not_contact: bool = False
    safe_contact: str = ""


def checked(details: PatientDetails, *, today: date) -> dict[str, object]:
    """Return the columns for `details`; raise Invalid naming the field at the first fault."""
    values: dict[str, object] = {field.name: getattr(details, field.name) for field in fields(details)}
    for name, longest in LENGTHS.items():
        values[name] = clean(str(values[name]), name, longest)
    values["nhs_number"] = _number(details.nhs_number)
    values["trace_status"] = _trace(values["nhs_number"] is not None, details.trace_status)
    if not date(today.year - OLDEST_YEARS, 1, 1) <= details.born_on <= today:
        raise BirthDateWrong
    values["postcode"] = postcode(details.postcode)
    return values


def postcode(text: str) -> str:
    """Return a postcode as it is written, "LL99 1AA", empty for none; raise PostcodeWrong."""
    squeezed = "".join(text.split()).upper()
    if not squeezed:
        return ""
    if not POSTCODE.match(squeezed):
        raise PostcodeWrong
    return f"{squeezed[:-3]} {squeezed[-3:]}"


def clean(text: str, field: str, longest: int) -> str:
    """Return `text` without space around it; raise TextWrong for invisible signs, which could hide another name."""
    text = text.replace("\r\n", "\n")  # as browsers end the lines of a text area
    if CONTROL.search(text) or len(text) > longest:
        raise TextWrong(field)
    return text.strip()


def _number(text: str) -> str | None:
    if not text.strip():
        return None
    try:
        return nhs_number.parse(text)
    except NhsNumberInvalid as fault:
        error = NhsNumberWrong()
        error.code = f"{NhsNumberWrong.code}.{fault.reason}"  # type: ignore[misc] # this one error's own, exact code
        raise error from fault


def _trace(has_number: bool, status: TraceStatus) -> TraceStatus:
    """Return the status to keep: a number that is not there can't be "not traced yet", so it is one to be traced."""
    if not has_number and status is TraceStatus.NOT_TRACED:
        return TraceStatus.TRACE_REQUIRED
    if status in (NEEDS_NO_NUMBER if has_number else NEEDS_A_NUMBER):
        raise TraceWrong
    return status


ERROR_WORDS = {
    **{f"{NhsNumberWrong.code}.{reason}": words for reason, words in ADVICE.items()},
}
