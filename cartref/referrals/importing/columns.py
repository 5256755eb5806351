"""What the columns of a sheet can mean, and guessing it from their headings in Welsh and English. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cartref.i18n import N_

Columns = Mapping[str, int]  # a field's name -> its column, counted from 0


@dataclass(frozen=True)
class Field:
    """One thing that a column can hold; `headings` are what such columns are called, in both languages.

    `needed` says that there is no row without it; `of_referral` that it belongs to a referral.
    """

    name: str
    label: str
    headings: str
    needed: bool = False
    of_referral: bool = False


WHOLE_NAME = "name"  # a column that has a whole name, which is split into these
PARTS = ("title", "given_name", "family_name")
FIELDS = (
    Field("nhs_number", N_("NHS number"), "NHS number, NHS no, NHS num, NHS #, NHS, rhif GIG, rhif y GIG, GIG"),
    Field("family_name", N_("Last name"), "last name, family name, surname, cyfenw, enw olaf, enw teulu", needed=True),
    Field(
        "given_name", N_("First name"),
        "first name, given name, forename, forenames, first names, enw cyntaf, enwau cyntaf, enw bedydd", needed=True,
    ),
    Field("title", N_("Title"), "title, salutation, teitl"),
    Field(
        WHOLE_NAME, N_("Whole name in one column"),
        "whole name in one column, name, full name, whole name, name of patient, enw, enw llawn, enw'r claf, "
        "enw cyfan mewn un golofn",
    ),
    Field(
        "born_on", N_("Date of birth"), "date of birth, birth date, DOB, born, born on, dyddiad geni, ganwyd",
        needed=True,
    ),
    Field("address", N_("Address"), "address, full address, home address, cyfeiriad, cyfeiriad llawn"),
    Field("postcode", N_("Postcode"), "postcode, post code, cod post"),
    Field(
        "telephone", N_("Telephone number"),
        "telephone number, telephone, phone, phone number, tel, tel no, home phone, landline, ffôn, rhif ffôn, "
        "ffôn tŷ, ffôn cartref",
    ),
    Field(
        "mobile", N_("Mobile number"),
        "mobile number, mobile, mobile phone, mobile no, mob, ffôn symudol, rhif ffôn symudol, symudol",
    ),
    Field("email", N_("E-mail address"), "e-mail address, email, e-mail, email address, e-bost, cyfeiriad e-bost"),
    Field(
        "language", N_("Language"),
        "language, preferred language, language choice, main language, spoken language, iaith, dewis iaith, "
        "iaith ddewisol, prif iaith",
    ),
    Field(
        "gp_practice", N_("GP surgery"),
        "GP surgery, GP practice, practice, surgery, registered practice, registered GP practice, meddygfa, practis, "
        "meddygfa deulu",
    ),
    Field(
        "hospital_number", N_("Hospital number"),
        "hospital number, hospital no, hospital id, MRN, CRN, case number, unit number, rhif ysbyty, rhif yr ysbyty",
    ),
    Field(
        "frailty_level", N_("Clinical Frailty Scale"),
        "clinical frailty scale, frailty, frailty level, frailty score, CFS, Rockwood, eiddilwch, lefel eiddilwch, "
        "sgôr eiddilwch, graddfa eiddilwch glinigol",
    ),
    Field(
        "external_id", N_("Referral number"),
        "referral number, referral id, referral no, referral reference, referral ref, UBRN, pathway id, "
        "rhif atgyfeiriad, rhif yr atgyfeiriad, cyfeirnod atgyfeirio", of_referral=True,
    ),
    Field(
        "received_on", N_("Day on which the referral was received"),
        "day on which the referral was received, received, received on, date received, referral date, "
        "date of referral, referred on, referral received, referral received date, dyddiad derbyn, derbyniwyd, "
        "dyddiad atgyfeirio, dyddiad yr atgyfeiriad, y diwrnod y daeth yr atgyfeiriad i law", of_referral=True,
    ),
    Field(
        "source", N_("Who asked for the visit"),
        "who asked for the visit, pwy ofynnodd am yr apwyntiad, source, source of referral, referral source, "
        "ffynhonnell, ffynhonnell atgyfeirio, "
        "ffynhonnell yr atgyfeiriad", of_referral=True,
    ),
    Field(
        "referrer", N_("Name of the referrer"),
        "name of the referrer, referrer, referred by, referring clinician, referring GP, referrer name, atgyfeiriwr, "
        "atgyfeiriwyd gan, enw'r atgyfeiriwr", of_referral=True,
    ),
    Field(
        "reason", N_("Reason for the referral"),
        "reason for the referral, reason, reason for referral, referral reason, presenting problem, rheswm, "
        "rheswm dros atgyfeirio, rheswm yr atgyfeiriad, rheswm dros yr atgyfeiriad", of_referral=True,
    ),
    Field(
        "priority", N_("Priority"), "priority, urgency, referral priority, blaenoriaeth, brys", of_referral=True,
    ),
    Field("clinic", N_("Clinic"), "clinic, clinic name, clinig, enw'r clinig", of_referral=True),
)  # fmt: skip
BY_NAME: Mapping[str, Field] = {field.name: field for field in FIELDS}
NEEDED = tuple(field.name for field in FIELDS if field.needed)
OF_REFERRAL = tuple(field.name for field in FIELDS if field.of_referral)
_WHOSE = re.compile(r"^(patients?|pt|y ?claf|claf) | (y claf|claf)$")


def squeezed(text: str) -> str:
    """Return words as they are compared: small letters without accents, signs or spaces."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def guess(headings: Sequence[str]) -> dict[str, int]:
    """Return what the columns of these headings seem to mean; no column has two meanings, no meaning two columns."""
    found: dict[str, int] = {}
    for column, heading in enumerate(headings):
        name = _MEANINGS.get(squeezed(heading)) or _MEANINGS.get(squeezed(_WHOSE.sub("", _plain(heading))))
        if name is not None:
            found.setdefault(name, column)
    if "family_name" in found and "given_name" not in found and WHOLE_NAME in found:
        found["given_name"] = found.pop(WHOLE_NAME)  # beside a last name, a name is the first
    return found


def lacking(columns: Columns) -> Iterator[str]:
    """Yield the fields that every row needs and no column has; a whole name has both of its parts."""
    for name in NEEDED:
        if name not in columns and not (name in PARTS and WHOLE_NAME in columns):
            yield name


def column_of(name: str, columns: Columns) -> str | None:
    """Return the field in whose column a field is written: itself, the whole name for a part of it; None for none."""
    if name in columns:
        return name
    return WHOLE_NAME if name in PARTS and WHOLE_NAME in columns else None


def letter(column: int) -> str:
    """Return what a spreadsheet calls a column counted from 0: "A", "B" ... "Z", "AA"."""
    ahead, last = divmod(column, 26)
    return (letter(ahead - 1) if ahead else "") + chr(ord("A") + last)


def _plain(heading: str) -> str:
    return " ".join(re.sub(r"['’]s\b", "", heading.casefold()).replace("_", " ").split())


_MEANINGS = {squeezed(heading): field.name for field in FIELDS for heading in field.headings.split(",")}
