"""A made-up appointment, so that whoever writes the words of a notice reads what a patient would; in no table."""

from datetime import UTC, date, datetime, timedelta

from cartref.accounts.models import HealthBoard, Service, Staff
from cartref.appointments.messages.kinds import OFFER
from cartref.appointments.messages.recipients import Recipient
from cartref.appointments.messages.rendering import part
from cartref.appointments.messages.values import Facts, values
from cartref.appointments.messages.words import needs, split
from cartref.appointments.models import Appointment, AppointmentStatus, Mode
from cartref.appointments.status import CancelReason
from cartref.clinics.models import Clinic, ClinicSession, Site, SiteKind
from cartref.i18n import words
from cartref.links.models import Holder
from cartref.notifications import wording
from cartref.notifications.message import Part
from cartref.notifications.wording import Wording
from cartref.patients.models import Patient

STARTS_AT = datetime(2026, 12, 8, 10, 20, tzinfo=UTC)
OFFERED_UNTIL = datetime(2026, 12, 1, 15, 20, tzinfo=UTC)
LINK = "https://clinic.example.org/v/Gd7kQ2mVx9RtLw4HsBn6Yc1Z"
READERS = {Holder.PATIENT: ("Mrs Parry", "Mrs Eluned Parry"), Holder.CARER: ("Catrin Parry", "Catrin Parry")}


def preview(found: Wording, template: str, language: str, mode: Mode = Mode.VIDEO_HOME) -> tuple[Part, str]:
    """Return a wording as a letter or an e-mail, and as a text message, about the made-up appointment."""
    told = {short: example(template, language, mode, short=short) for short in (False, True)}
    return part(found, told[False], language), wording.brief(found.short, told[True])


def example(
    template: str, language: str, mode: Mode = Mode.VIDEO_HOME, *, short: bool = False, moved: bool = False
) -> dict[str, str]:
    """Return what each placeholder of a wording would say of the made-up appointment."""
    kind, reader = split(template)
    salutation, name = READERS[reader]
    recipient = Recipient(reader, "sample", name, salutation, language)
    told = {"before": (STARTS_AT - timedelta(days=5)).isoformat(), "until": OFFERED_UNTIL.isoformat()}
    status = AppointmentStatus.PENDING if kind == OFFER else AppointmentStatus.BOOKED
    facts = Facts(appointment(mode, status, moved=moved), recipient, words(language), LINK, told, short)
    return values(facts, needs(template).allowed)


def examples(template: str, language: str) -> dict[str, str]:
    """Return an example of each placeholder: what is empty for one sort of visit is shown of another."""
    found = [example(template, language, mode, moved=True) for mode in (Mode.VIDEO_HOME, Mode.VIDEO_SITE)]
    return {name: next((told[name] for told in found if told[name]), "") for name in found[0]}


def appointment(
    mode: Mode, status: AppointmentStatus = AppointmentStatus.BOOKED, *, moved: bool = False
) -> Appointment:
    """Return the made-up appointment."""
    board = HealthBoard(name_cy="Bwrdd Iechyd Glan Llyn", name_en="Glan Llyn Health Board")
    service = Service(health_board=board, contact_phone="01632 960123")
    clinic = Clinic(
        service=service, public_name_en="Glan Llyn clinic", public_name_cy="Clinig Glan Llyn",
        contact_phone="01632 960123",
    )  # fmt: skip
    at_place = mode in {Mode.VIDEO_SITE, Mode.IN_PERSON}
    return Appointment(
        patient=Patient(
            title="Mrs", given_name="Eluned", family_name="Parry", preferred_name="", born_on=date(1939, 3, 14)
        ),
        clinician=Staff(title="Dr", given_name="Nia", family_name="Prydderch"),
        session=ClinicSession(clinic=clinic, zone="Europe/London", late_minutes=20),
        site=Site(
            name="Ysbyty Bryn Heli", kind=SiteKind.COMMUNITY_HOSPITAL, address="Ffordd y Glannau", postcode="LL99 9ZZ"
        )
        if at_place
        else None,
        mode=mode, starts_at=STARTS_AT, ends_at=STARTS_AT + timedelta(minutes=20), status=status,
        moved_at=STARTS_AT - timedelta(days=7) if moved else None, cancelled_reason=CancelReason.CLINICIAN_AWAY.value,
    )  # fmt: skip
