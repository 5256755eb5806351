"""The office of the demonstration: people who wait, clinics ahead, appointments to come, and one that was cancelled."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from cartref import clock
from cartref.accounts.models import Role
from cartref.appointments import messages, queries
from cartref.appointments.models import Appointment, Mode
from cartref.appointments.service import book, cancel
from cartref.appointments.status import CancelReason
from cartref.clinics import service as clinics
from cartref.patients import service as patients
from cartref.patients import wishes
from cartref.patients.details import PatientDetails
from cartref.patients.models import TimeOfDay
from cartref.patients.wishes import Wishes
from cartref.referrals import service as referrals
from cartref.referrals.models import EntryStatus, Priority, Referral, Source, WaitingEntry
from cartref.referrals.service import EntryDetails, ReferralDetails
from cartref.seed.book import fill as book_beside
from cartref.seed.garden import Garden
from cartref.seed.hours import ZONE
from cartref.seed.people import ELDERLY, older
from cartref.seed.readiness import check_devices

FIRST_NUMBER = 999_000_201
MORE_CLINICS = ((2, time(13, 30), time(16, 30)), (3, time(9), time(12)))  # Wednesday afternoon, Thursday morning
BOOKED_AHEAD = 6
A_WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Waiting:
    """Somebody who was referred so many weeks ago, and what she wishes."""

    patient: PatientDetails
    weeks: int
    priority: Priority = Priority.ROUTINE
    source: Source = Source.GP
    reason: str = ""
    wishes: Wishes | None = None


WAITING = (
    Waiting(
        older("Gwenllian", "Hafod-Wen", date(1938, 4, 2), title="Mrs", language="cy", telephone="01632 960301",
              address="Hafod Wen, Cwm Isaf", postcode="LL99 6WA", frailty_level=6),
        29, reason="Falls at home. Review of medicines asked for.", wishes=Wishes(time_of_day=TimeOfDay.AFTERNOON),
    ),
    Waiting(
        older("Emyr", "Talar-Goch", date(1935, 8, 19), title="Mr", language="cy", telephone="01632 960302",
              address="Talar Goch, Llan Ddu", postcode="LL99 7XA", frailty_level=7, hearing_need="Wears two aids"),
        21, reason="Memory and walking.", wishes=Wishes(not_before=time(10)),
    ),
    Waiting(
        older("Dilys", "Penrhiw", date(1941, 1, 30), title="Mrs", language="en", mobile="07700 900401",
              address="3 Penrhiw, Glan Llyn", postcode="LL99 5VA", frailty_level=4, text_consent=True),
        17, wishes=Wishes(short_notice=True),
    ),
    Waiting(
        older("Arthur", "Meadow-Lane", date(1937, 12, 12), title="Mr", language="en", telephone="01632 960304",
              address="12 Lake Street, Glan Llyn", postcode="LL99 5VB", frailty_level=5),
        2, Priority.SUSPECTED_CANCER, reason="Weight loss.",
    ),
    Waiting(
        older("Megan", "Bryn-Celyn", date(1934, 6, 6), title="Mrs", language="cy", telephone="01632 960305",
              address="Bryn Celyn, Bryn Heli", postcode="LL99 8YA", frailty_level=6, sight_need="Large print"),
        9, Priority.URGENT, Source.COMMUNITY, "Two falls in a month.",
    ),
    Waiting(
        older("Iorwerth", "Cae-Glas", date(1939, 9, 9), title="Mr", language="cy", telephone="01632 960306",
              address="Cae Glas, Llanfair Isaf", postcode="LL99 9ZA", frailty_level=5, email="iorwerth@demo.example",
              email_consent=True),
        12,
    ),
    Waiting(
        older("Rose", "Ferry-Cottage", date(1940, 3, 25), title="Mrs", language="en", telephone="01632 960307",
              address="Ferry Cottage, Bryn Heli", postcode="LL99 8YB", frailty_level=6, hands_need="Shaky hands"),
        14, wishes=Wishes(time_of_day=TimeOfDay.MORNING, short_notice=True),
    ),
    Waiting(
        older("Trefor", "Pen-y-Graig", date(1936, 7, 15), title="Mr", language="cy", telephone="01632 960308",
              address="Pen-y-Graig, Cwm Isaf", postcode="LL99 6WB", frailty_level=7,
              memory_need="Say who, why and when"),
        7, wishes=Wishes(mode=Mode.VIDEO_SITE.value),
    ),
    Waiting(
        older("Sali", "Nant-y-Garreg", date(1942, 2, 14), title="Miss", language="cy", mobile="07700 900409",
              address="Nant-y-Garreg, Llan Ddu", postcode="LL99 7XB", frailty_level=4, text_consent=True),
        5, wishes=Wishes(bilingual=True),
    ),
    Waiting(
        older("Percy", "Station-House", date(1938, 10, 1), title="Mr", language="en", telephone="01632 960310",
              address="Station House, Glan Llyn", postcode="LL99 5VC", frailty_level=5),
        3,
    ),
    Waiting(
        older("Nansi", "Tan-y-Bryn", date(1943, 5, 21), title="Mrs", language="cy", telephone="01632 960311",
              address="Tan-y-Bryn, Llanfair Isaf", postcode="LL99 9ZB", frailty_level=4, email="nansi@demo.example",
              email_consent=True),
        4, reason="Dizzy on standing.",
    ),
    Waiting(
        older("Hefin", "Glan-yr-Afon", date(1941, 11, 3), title="Mr", language="cy", telephone="01632 960312",
              address="Glan-yr-Afon, Cwm Isaf", postcode="LL99 6WD", frailty_level=4),
        1,
    ),
)  # fmt: skip


def open_office(garden: Garden) -> None:
    """Fill the waiting list and the weeks ahead of the first service, unless that was done before."""
    known = garden.session.scalar(select(Referral.id).where(Referral.service_id == garden.service.id))
    if garden.plan is not ELDERLY or known is not None:
        return
    _more_clinics(garden)
    for number, waiting in enumerate(WAITING):
        _refer(garden, number, waiting)
    _reviews(garden)
    booked, freed = _book_ahead(garden)
    book_beside(garden, booked, freed)
    check_devices(garden)


def _more_clinics(garden: Garden) -> None:
    admin, first = garden.actor(Role.ADMIN), patients.today() + timedelta(days=1)
    for weekday, start, end in MORE_CLINICS:
        clinics.add_pattern(
            garden.session, admin, garden.clinic.id, clinician_id=garden.staff[Role.CLINICIAN].id, weekday=weekday,
            start_wall=start, end_wall=end, from_date=first, to_date=None, week_interval=1,
        )  # fmt: skip
    clinics.generate_sessions(garden.session, admin, patients.today() + 8 * A_WEEK)


def _refer(garden: Garden, number: int, waiting: Waiting) -> None:
    session, admin = garden.session, garden.actor(Role.ADMIN)
    details = replace(waiting.patient, nhs_number=garden.nhs_number(FIRST_NUMBER, number))
    patient = patients.register(session, admin, details)
    if waiting.wishes is not None:
        wishes.save(session, admin, patient.id, waiting.wishes, version=0)
    referrals.refer(
        session, admin, patient.id,
        ReferralDetails(
            source=waiting.source, received_on=patients.today() - waiting.weeks * A_WEEK, priority=waiting.priority,
            referrer="Meddygfa Glan Llyn", reason=waiting.reason, clinic_id=garden.clinic.id,
        ),
        external_id=f"DEMO-{number:03}",
    )  # fmt: skip


def _reviews(garden: Garden) -> None:
    """Let two of today's patients be due for a review: one by now, one in two months."""
    for patient, weeks in zip(garden.patients[1:3], (-1, 8), strict=True):
        details = EntryDetails(clinic_id=garden.clinic.id, due_on=patients.today() + weeks * A_WEEK)
        referrals.add_review(garden.session, garden.actor(Role.ADMIN), patient.id, details)


def _book_ahead(garden: Garden) -> tuple[Sequence[Appointment], Appointment]:
    """Book those who have waited longest, tell them, and cancel the last: that time goes to somebody who waits."""
    entries = garden.session.scalars(
        select(WaitingEntry)
        .where(WaitingEntry.service_id == garden.service.id, WaitingEntry.status == EntryStatus.WAITING)
        .where(WaitingEntry.due_on.is_(None))
        .order_by(WaitingEntry.waiting_since)
        .limit(BOOKED_AHEAD)
    ).all()
    booked = [
        _book(garden, entry, days) for entry, days in zip(entries, range(2, 2 + 3 * BOOKED_AHEAD, 3), strict=False)
    ]
    for appointment in booked:
        messages.send_confirmation(garden.session, garden.actor(Role.ADMIN), appointment.id)
    *kept, last = booked
    cancel(
        garden.session, garden.actor(Role.ADMIN), appointment_id=last.id, version=last.version,
        reason=CancelReason.NOT_WANTED,
    )  # fmt: skip
    return kept, last


def _book(garden: Garden, entry: WaitingEntry, days: int) -> Appointment:
    admin = garden.actor(Role.ADMIN)
    after = datetime.combine(clock.now().astimezone(ZONE).date() + timedelta(days=days), time(), ZONE)
    offer = queries.free_slots(
        garden.session, admin, clinic_id=garden.clinic.id, patient_id=entry.patient_id, after=after, limit=1
    )[0]
    return book(
        garden.session, admin, addresses=garden.addresses, slot_id=offer.slot.id, patient_id=entry.patient_id,
        mode=Mode.VIDEO_HOME if days % 2 else Mode.TELEPHONE, waiting_entry_id=entry.id,
        idempotency_key=f"demo-ahead-{entry.id}",
    )  # fmt: skip
