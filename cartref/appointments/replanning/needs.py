"""What somebody whose appointment has to move needs of its new time: what she had, and what she wishes."""

from datetime import datetime

from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.appointments.finding import Helper, Need
from cartref.appointments.models import Appointment
from cartref.clinics import queries as clinics
from cartref.patients import hours as free_times
from cartref.patients import queries as patients
from cartref.patients import wishes
from cartref.patients.models import Patient
from cartref.referrals.models import EntryKind, Priority


def need_of(session: Session, actor: Actor, appointment: Appointment, now: datetime) -> Need:
    """Return the need: the same clinic, mode, place, length and people, as near to the planned day as can be."""
    patient, zone = appointment.patient, clinics.zone(session, actor)
    wished, entry = wishes.find(session, patient.id), appointment.waiting_entry
    return Need(
        patient_id=patient.id,
        mode=appointment.mode,
        now=now,
        zone=zone,
        first_on=now.astimezone(zone).date(),
        clinic_id=appointment.session.clinic_id,
        site_id=appointment.site_id,
        minutes=round((appointment.ends_at - appointment.starts_at).total_seconds() / 60),
        frailty=patient.frailty_level,
        welsh=patient.language == "cy",
        interpreter=wished.bsl or bool(patient.interpreter),
        helper=_helper(session, patient, appointment, wished.carer_id),
        not_before=wished.not_before,
        notice_days=wished.notice_days,
        by_letter=_by_letter(patient),
        time_of_day=wished.time_of_day,
        due_on=appointment.starts_at.astimezone(zone).date(),
        is_review=entry is not None and entry.kind is EntryKind.REVIEW,
        urgent=entry is not None and entry.priority is not Priority.ROUTINE,
        clinician_id=appointment.clinician_id,
    )


def _helper(session: Session, patient: Patient, appointment: Appointment, carer_id: str | None) -> Helper | None:
    """Return the carer who must be there: the one who is wished for, or else the one who takes part."""
    invited = [guest.carer_id for guest in appointment.participants if guest.carer_id]
    wanted = carer_id or next(iter(invited), None)
    for place in patients.carers(session, patient.id):
        if place.carer_id == wanted:
            return Helper(place.carer_id, place.carer.name, free_times.of_carer(session, place.carer_id))
    return None


def _by_letter(patient: Patient) -> bool:
    """Tell whether only a letter can tell her: then the new time must lie far enough ahead for one."""
    by_mail = patient.email_consent and patient.email
    by_text = patient.text_consent and patient.mobile
    return not (by_mail or by_text or (patient.telephone_consent and patient.ring_on))
