"""Who is in the demonstration: services, staff and patients, every one of them and every number invented."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from cartref.accounts.models import Role
from cartref.patients.details import PatientDetails
from cartref.patients.nhs_number import TraceStatus

PASSWORD = "quiet-morning-bangor"  # noqa: S105 # shown to everyone who starts the demonstration


@dataclass(frozen=True)
class Person:
    """A member of staff to be made."""

    role: Role
    title: str
    given_name: str
    family_name: str
    email: str
    languages: tuple[str, ...] = ("en", "cy")
    introduction_en: str = ""
    introduction_cy: str = ""


@dataclass(frozen=True)
class Plan:
    """One service to be made, its staff and the patients of today's clinic, first the one due now."""

    name_en: str
    name_cy: str
    clinic: str
    public_en: str
    public_cy: str
    people: tuple[Person, ...]
    patients: tuple[PatientDetails, ...]


def older(given: str, family: str, born: date, **values: Any) -> PatientDetails:
    return replace(PatientDetails(given, family, born, trace_status=TraceStatus.TRACED), **values)


ELDERLY = Plan(
    "Care of older people", "Gofal pobl hŷn", "Older people, Glan Llyn", "Glan Llyn clinic", "Clinig Glan Llyn",
    (
        Person(Role.ADMIN, "Ms", "Siân", "Tegid", "admin@demo.example"),
        Person(
            Role.CLINICIAN, "Dr", "Nia", "Prydderch", "clinician@demo.example", ("cy", "en"),
            "I am a doctor for older people.", "Rydw i'n feddyg i bobl hŷn.",
        ),
        Person(
            Role.PRESENTER, "Nurse", "Gwenno", "Maelor", "presenter@demo.example", ("cy", "en"),
            "I am a nurse, and I stay beside you.", "Rydw i'n nyrs, a bydda i wrth eich ochr.",
        ),
        Person(Role.MANAGER, "Mr", "Emrys", "Cadnant", "manager@demo.example"),
        Person(Role.PRIVACY, "Mrs", "Olwen", "Tryfan", "privacy@demo.example"),
    ),
    (
        older(
            "Eluned", "Parry-Heli", date(1939, 3, 14), title="Mrs", language="cy", telephone="01632 960457",
            address="4 Maes y Dderwen, Llanfair Isaf", postcode="LL99 9ZZ", email="eluned@demo.example",
            email_consent=True, hearing_need="Hears better with headphones and captions", frailty_level=6,
            gp_practice="Meddygfa Glan Llyn", safe_contact="Land line, beside her chair. Let it ring.",
        ),
        older(
            "Beryl", "Rowen", date(1942, 7, 2), title="Mrs", language="en", telephone="01632 960118",
            address="Tyddyn Uchaf, Bryn Heli", postcode="LL99 8YY", sight_need="Large print", frailty_level=5,
            gp_practice="Meddygfa Bryn Heli",
        ),
        older(
            "Gwilym", "Pugh-Arfon", date(1937, 11, 21), title="Mr", language="cy", telephone="01632 960318",
            address="2 Rhes y Capel, Llan Ddu", postcode="LL99 7XX", memory_need="Say who, why and when",
            frailty_level=6, mobile="07700 900318",
        ),
        older(
            "Nesta", "Vaughan-Tal", date(1940, 1, 9), title="Miss", language="en", telephone="01632 960774",
            address="Hafod y Gwynt, Cwm Isaf", postcode="LL99 6WW", hands_need="Uses one hand", frailty_level=4,
        ),
        older(
            "Idwal", "Morris-Lleu", date(1933, 5, 30), title="Mr", language="cy", telephone="01632 960219",
            address="Fferm Tŷ Gwyn, Llan Ddu", postcode="LL99 7XW", frailty_level=7,
        ),
    ),
)  # fmt: skip
HEART = Plan(
    "Heart failure", "Methiant y galon", "Heart failure, Glan Llyn", "Glan Llyn clinic two", "Ail glinig Glan Llyn",
    (
        Person(Role.ADMIN, "Mr", "Dewi", "Ogwen", "admin2@demo.example"),
        Person(
            Role.CLINICIAN, "Dr", "Rhian", "Elidir", "clinician2@demo.example", ("en",),
            "I am a doctor.", "Meddyg ydw i.",
        ),
        Person(
            Role.PRESENTER, "Nurse", "Huw", "Cybi", "presenter2@demo.example", ("en", "cy"),
            "I am a nurse, and I stay beside you.", "Rydw i'n nyrs, a bydda i wrth eich ochr.",
        ),
    ),
    (
        older(
            "Margaret", "Ellis-Coed", date(1944, 9, 17), title="Mrs", language="en", telephone="01632 960522",
            address="7 Stryd y Bont, Glan Llyn", postcode="LL99 5VV", email="margaret@demo.example",
            email_consent=True, frailty_level=5,
        ),
        older(
            "Hywel", "Tudor-Bryn", date(1935, 12, 1), title="Mr", language="cy", telephone="01632 960633",
            address="Bryn Eithin, Cwm Isaf", postcode="LL99 6WV", frailty_level=6,
        ),
    ),
)  # fmt: skip
