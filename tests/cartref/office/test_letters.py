"""Letters: printed together in the words of the clinic, posted, or rung about when the post is too slow."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from html import unescape
from typing import Any

import pypdf
import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cartref import documents
from cartref.appointments import service as appointments
from cartref.appointments.models import Appointment, Mode
from cartref.config import Settings
from cartref.jobs.running import Desk
from cartref.notifications.models import Call, Channel, Notice, NoticeState, PrintRun, PrintRunState
from cartref.notifications.service import enqueue
from cartref.operations.works import works
from tests.cartref.html_page import Page
from tests.cartref.office.booking import ADDRESSES, book, look, now, slots
from tests.factories import World

SignIn = Callable[..., FlaskClient]
Work = Callable[[], None]


@pytest.fixture(autouse=True)
def today() -> Any:
    """Let it be Monday 23 November 2026."""
    with time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=UTC)) as traveller:
        yield traveller


@pytest.fixture
def worker(engine: Engine, settings: Settings) -> Work:
    """Return what does the work that waits."""

    def work() -> None:
        Desk(partial(Session, engine), works(settings)).run_waiting()

    return work


@pytest.fixture
def visit(session: Session, world: World) -> Appointment:
    """Return Eluned's video visit at home; she speaks Welsh, and letters may go to her."""
    return book(session, world, slot=4, mode=Mode.VIDEO_HOME)


def letter(session: Session, visit: Appointment, **values: Any) -> Notice:
    """Return a confirmation to the patient that waits to be printed."""
    notice = enqueue(
        session, key=f"letter:{visit.id}", service_id=visit.service_id, kind="appointment.confirmation",
        subject_id=visit.id, recipient_kind="patient", recipient_id=visit.patient_id, channel=Channel.LETTER,
        language=visit.patient.language, **values,
    )  # fmt: skip
    session.commit()
    return notice


def make_run(clerk: FlaskClient, worker: Work) -> str:
    """Make a print run as the clerk does, and return the address of its page."""
    address = clerk.post("/messages/letters/runs").location
    worker()
    return str(address)


def pages(clerk: FlaskClient, run: str) -> list[str]:
    answer = clerk.get(f"{run}/letters.pdf")
    assert answer.mimetype == "application/pdf"
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages]


def in_the_post(clerk: FlaskClient, run: str) -> Any:
    """Press the button of the run's page as it stands there."""
    hidden = Page(clerk.get(run).text).one("input", name="taken_out")
    return clerk.post(f"{run}/posted", data={"taken_out": hidden["value"] or ""}, follow_redirects=True)


def text(clerk: FlaskClient, address: str) -> str:
    return unescape(clerk.get(address).text)


def test_the_page_says_how_many_wait(sign_in: SignIn, session: Session, visit: Appointment) -> None:
    clerk = sign_in("admin")
    assert "No letter waits to be printed." in text(clerk, "/messages/letters")

    letter(session, visit)

    assert "1 letter waits to be printed" in text(clerk, "/messages/letters")
    assert "The oldest has waited since Monday 23 November, 10am" in text(clerk, "/messages/letters")


def test_a_letter_goes_from_the_queue_to_the_post(
    sign_in: SignIn, session: Session, visit: Appointment, worker: Work
) -> None:
    notice, clerk = letter(session, visit), sign_in("admin")

    address = str(clerk.post("/messages/letters/runs").location)
    assert "Making the letters" in text(clerk, address)
    worker()

    assert "1 letter is ready" in text(clerk, address)
    assert "Mrs Eluned Parry" in text(clerk, address)
    assert "The letters count as sent." in in_the_post(clerk, address).text
    assert now(session, notice).state is NoticeState.SENT
    assert clerk.get(f"{address}/letters.pdf").status_code == 404
    assert "1 letter, in the post" in text(clerk, "/messages/letters")


def test_the_letter_is_in_her_language_with_her_link(
    sign_in: SignIn, session: Session, visit: Appointment, worker: Work
) -> None:
    letter(session, visit)
    clerk = sign_in("admin")

    words = " ".join(pages(clerk, make_run(clerk, worker)))

    assert "Annwyl Mrs Parry" in words
    assert "ddydd Mawrth 8 Rhagfyr 2026 am 10:20am" in words
    assert "4 Maes y Dderwen" in words
    assert "/v/" in words


def test_a_bilingual_letter_has_both_languages(
    sign_in: SignIn, session: Session, visit: Appointment, worker: Work
) -> None:
    letter(session, visit, bilingual=True)
    clerk = sign_in("admin")

    words = " ".join(pages(clerk, make_run(clerk, worker)))

    assert words.index("Annwyl Mrs Parry") < words.index("Dear Mrs Parry")


def test_a_letter_whose_appointment_moved_is_not_posted(
    sign_in: SignIn, session: Session, world: World, visit: Appointment, worker: Work
) -> None:
    notice, clerk = letter(session, visit), sign_in("admin")
    run = make_run(clerk, worker)
    appointments.reschedule(
        session, world.actor("admin"), addresses=ADDRESSES, appointment_id=visit.id, version=visit.version,
        slot_id=slots(session, world.clinic_session)[8].id,
    )  # fmt: skip
    session.commit()

    unaware = clerk.post(f"{run}/posted", data={"taken_out": ""})
    assert unaware.status_code == 409
    assert "Some letters must not go out any more." in unaware.text
    assert Page(unaware.text).one("section", class_="do-not-post").text.endswith("Mrs Eluned Parry: Confirmation")

    assert "The letters count as sent." in in_the_post(clerk, run).text
    assert now(session, notice).state is NoticeState.WITHDRAWN


def test_a_letter_that_would_come_too_late_is_a_line_of_the_call_list(
    sign_in: SignIn, session: Session, visit: Appointment, worker: Work, today: time_machine.Traveller
) -> None:
    letter(session, visit)
    today.move_to(datetime(2026, 12, 6, 10, tzinfo=UTC))
    clerk = sign_in("admin")

    run = make_run(clerk, worker)

    assert "No letter was left to print." in text(clerk, run)
    assert "A letter would come too late." in text(clerk, "/messages")
    assert [call.reason for call in look(session, select(Call))] == ["too-late-for-letter"]


def test_discarding_lets_the_letters_wait_again(
    sign_in: SignIn, session: Session, visit: Appointment, worker: Work
) -> None:
    notice, clerk = letter(session, visit), sign_in("admin")
    run = make_run(clerk, worker)

    clerk.post(f"{run}/discard")

    assert now(session, notice).print_run_id is None
    assert "1 letter waits to be printed" in text(clerk, "/messages/letters")
    assert "Somebody has dealt with this print run already." in unescape(clerk.post(f"{run}/discard").text)


def test_one_letter_is_printed_again(sign_in: SignIn, session: Session, visit: Appointment, worker: Work) -> None:
    notice, clerk = letter(session, visit), sign_in("admin")
    make_run(clerk, worker)

    again = str(clerk.post(f"/messages/letters/{notice.id}/again").location)
    worker()

    assert "One letter again" in text(clerk, again)
    assert "Annwyl Mrs Parry" in pages(clerk, again)[0]


def test_without_the_library_the_clerk_reads_what_is_missing(
    sign_in: SignIn, session: Session, visit: Appointment, worker: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> Any:
        raise documents.PdfUnavailable

    monkeypatch.setattr(documents, "_tools", missing)
    letter(session, visit)
    clerk = sign_in("admin")

    assert "the Pango library is missing" in text(clerk, make_run(clerk, worker))


def test_a_run_stopped_before_it_began_holds_no_letter(
    sign_in: SignIn, session: Session, visit: Appointment, worker: Work
) -> None:
    letter(session, visit)
    clerk = sign_in("admin")
    address = str(clerk.post("/messages/letters/runs").location)
    (run,) = look(session, select(PrintRun))

    clerk.post(f"/jobs/{run.job_id}/stop")
    worker()

    assert now(session, run).state is PrintRunState.MAKING
    assert "This print run was discarded." in text(clerk, address)
    assert "1 letter waits to be printed" in text(clerk, "/messages/letters")


def test_with_nothing_to_print_no_run_begins(sign_in: SignIn, session: Session, world: World) -> None:
    answer = sign_in("admin").post("/messages/letters/runs", follow_redirects=True)
    assert "No letter waits to be printed." in answer.text
    assert look(session, select(PrintRun)) == []


def test_another_services_run_is_not_found(sign_in: SignIn, session: Session, visit: Appointment, worker: Work) -> None:
    letter(session, visit)
    run, stranger = make_run(sign_in("admin"), worker), sign_in("other_admin")
    assert stranger.get(run).status_code == 404
    assert stranger.get(f"{run}/letters.pdf").status_code == 404
    assert stranger.post(f"{run}/posted").status_code == 404
