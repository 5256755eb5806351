"""The call list and print runs as their pages can be found: lines open and done, a run ready, made, posted."""

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.appointments.models import Appointment
from cartref.jobs import service as jobs
from cartref.jobs.models import JobState
from cartref.notifications import calls, printing
from cartref.notifications.models import Channel, NoticeState, PrintRun, PrintRunState
from cartref.notifications.service import enqueue


def to_ring_and_post(session: Session, admin: Actor, visit: Appointment) -> dict[str, str]:
    """Write lines and letters about a visit; return the ids of the runs: ready, underway, posted."""
    told = {
        "service_id": visit.service_id, "subject_id": visit.id, "recipient_kind": "patient",
        "recipient_id": visit.patient_id,
    }  # fmt: skip
    _lines(session, admin, told)
    runs = {state: _run(session, admin) for state in ("ready", "underway", "posted")}
    for name in ("ready", "posted"):
        runs[name].content, runs[name].letters, runs[name].state = b"%PDF-1.7", 2, PrintRunState.READY
        for number, state in enumerate((NoticeState.PENDING, NoticeState.WITHDRAWN)):
            letter = enqueue(
                session, key=f"state:{name}:{number}", kind="appointment.confirmation", channel=Channel.LETTER,
                language="cy", **told,
            )  # fmt: skip
            letter.print_run_id, letter.state = runs[name].id, state
            session.flush()
    withdrawn = [letter.id for letter in printing.letters(session, runs["posted"])]
    printing.post(session, admin, runs["posted"].id, taken_out=withdrawn)
    job = jobs.submit(session, printing.RUN, service_id=admin.service, owner_id=admin.id, print_run_id="none")
    job.state, job.total, job.done, job.beat_at = JobState.RUNNING, 22, 18, clock.now()
    runs["underway"].job_id = job.id
    session.flush()
    return {f"print_run_{name}": run.id for name, run in runs.items()}


def _lines(session: Session, admin: Actor, told: dict[str, str]) -> None:
    made = [
        calls.add(session, key=f"state:{kind}", kind=kind, reason="bounced", code="address-refused", **told)
        for kind in ("appointment.confirmation", "appointment.cancelled", "appointment.missed-you")
    ]
    calls.tried(session, admin, made[1].id, "no-answer", version=made[1].version)
    calls.done(session, admin, made[2].id, calls.TOLD, version=made[2].version)


def _run(session: Session, admin: Actor) -> PrintRun:
    run = PrintRun(service_id=admin.service, made_by_id=admin.id, created_at=clock.now())
    session.add(run)
    session.flush()
    return run
