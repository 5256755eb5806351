"""What may become of an appointment: the table of its status, and the reasons to cancel it."""

from dataclasses import dataclass
from enum import StrEnum

from cartref.appointments.models import AppointmentStatus
from cartref.errors import IllegalTransition
from cartref.i18n import N_

S = AppointmentStatus
TRANSITIONS: dict[AppointmentStatus, frozenset[AppointmentStatus]] = {
    S.PENDING: frozenset({S.BOOKED, S.CANCELLED}),  # held for an answer: yes, or no
    S.BOOKED: frozenset({S.BOOKED, S.ARRIVED, S.FULFILLED, S.NOSHOW, S.CANCELLED}),  # to BOOKED again: at another time
    S.ARRIVED: frozenset({S.BOOKED, S.FULFILLED, S.NOSHOW, S.CANCELLED}),
    S.FULFILLED: frozenset({S.NOSHOW}),  # an outcome saved by mistake can be put right
    S.NOSHOW: frozenset({S.FULFILLED}),
    S.CANCELLED: frozenset(),
}


def check(now: AppointmentStatus, wanted: AppointmentStatus) -> None:
    """Raise IllegalTransition unless an appointment can go from one status to the other."""
    if wanted not in TRANSITIONS[now]:
        raise IllegalTransition(status=now.value, wanted=wanted.value)


class CancelReason(StrEnum):
    """Why an appointment was cancelled; `CANCEL_REASONS` says who cancelled, and the words."""

    PATIENT_CANNOT_COME = "patient-cannot-come"
    PATIENT_UNWELL = "patient-unwell"
    NOT_WANTED = "not-wanted"
    CLINICIAN_AWAY = "clinician-away"
    CLINIC_CANCELLED = "clinic-cancelled"
    BOOKED_IN_ERROR = "booked-in-error"
    DECEASED = "deceased"
    OFFER_DECLINED = "offer-declined"
    OFFER_EXPIRED = "offer-expired"
    OFFER_WITHDRAWN = "offer-withdrawn"


@dataclass(frozen=True)
class Cancelling:
    """What a reason means: its words for staff, and whether it counts as cancelled by or for the patient."""

    words: str
    for_patient: bool


CANCEL_REASONS = {
    CancelReason.PATIENT_CANNOT_COME: Cancelling(N_("The patient cannot come"), for_patient=True),
    CancelReason.PATIENT_UNWELL: Cancelling(N_("The patient is too unwell"), for_patient=True),
    CancelReason.NOT_WANTED: Cancelling(N_("The patient does not want the appointment"), for_patient=True),
    CancelReason.CLINICIAN_AWAY: Cancelling(N_("The clinician is away"), for_patient=False),
    CancelReason.CLINIC_CANCELLED: Cancelling(N_("The clinic is not running"), for_patient=False),
    CancelReason.BOOKED_IN_ERROR: Cancelling(N_("Booked by mistake"), for_patient=False),
    CancelReason.DECEASED: Cancelling(N_("The patient has died"), for_patient=True),
}
# Why a time that was only held was given back; nobody chooses these on a form.
OFFER_REASONS = {
    CancelReason.OFFER_DECLINED: Cancelling(N_("The patient said no to the offer"), for_patient=True),
    CancelReason.OFFER_EXPIRED: Cancelling(N_("Nobody answered the offer in time"), for_patient=False),
    CancelReason.OFFER_WITHDRAWN: Cancelling(N_("The clinic took the offer back"), for_patient=False),
}
