"""What the nurse of the demonstration has taken so far: an examination under way, so that both pages show one."""

from cartref.accounts.models import Role
from cartref.appointments.models import Appointment, AppointmentStatus, Mode
from cartref.consultations.encounters.observing import service
from cartref.consultations.encounters.observing.queries import examination
from cartref.consultations.encounters.observing.service import Box, Sent, Typed
from cartref.consultations.queries import encounter_of
from cartref.seed.garden import Garden

TAKEN = (
    (Typed("blood-pressure", "146", "80", "lying"), 540, ""),
    (Typed("pulse", "68"), 520, ""),
    (Typed("oxygen", "95"), 500, ""),
    (Typed("weight", "52.4"), 480, ""),
)
BROUGHT = (
    Box("Furosemide", "yes", "40 mg in the morning"),
    Box("Amlodipine", "sometimes", "5 mg", "Stops it when dizzy"),
)
ASKED = ("standing-pressure", "ankles")


def examine(garden: Garden) -> None:
    """Let the nurse have begun with the first patient who is at her site today, unless she has."""
    visit = next(filter(_is_at_site, garden.visits), None)
    if visit is None or not examination(garden.session, encounter_of(garden.session, visit.id)).is_empty:
        return
    nurse, clinician = garden.actor(Role.PRESENTER), garden.actor(Role.CLINICIAN)
    for place, (typed, seconds, because) in enumerate(TAKEN):
        service.take(garden.session, nurse, visit, typed, Sent(f"begun-value-{place}", seconds, because))
    for place, box in enumerate(BROUGHT):
        service.note_medicine(garden.session, nurse, visit, box, f"begun-box-{place}")
    for place, text in enumerate(ASKED):
        service.ask_presenter(garden.session, clinician, visit, text, f"begun-ask-{place}")


def _is_at_site(visit: Appointment) -> bool:
    return visit.mode is Mode.VIDEO_SITE and visit.status is not AppointmentStatus.CANCELLED
