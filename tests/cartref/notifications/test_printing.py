"""Print runs: every letter once, in the post or waiting again, and on the call list when the post is too slow."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Barrier, Thread
from typing import Any

import pypdf
import pytest
import time_machine
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cartref import documents
from cartref.accounts.actor import Actor
from cartref.audit.models import AuditEntry
from cartref.errors import NotFound
from cartref.jobs import queries as jobs
from cartref.jobs import service as long_work
from cartref.jobs.models import Job, JobState
from cartref.jobs.running import Desk
from cartref.notifications import printing
from cartref.notifications.letter import Letterhead
from cartref.notifications.message import Message, Part
from cartref.notifications.models import Call, Channel, Notice, NoticeState, PrintRun, PrintRunState
from cartref.notifications.press import Posting, Press
from cartref.notifications.printing import LettersWithdrawn, NoLetters, NotPrinted, RunOver
from cartref.notifications.service import enqueue, withdraw
from tests.factories import World, build_world

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
HEAD = Letterhead({"en": ("Glan Llyn clinic",), "cy": ("Clinig Glan Llyn",)}, "01632 960123")
Write = Callable[..., str]


def worded(_session: Session, notice: Notice) -> Message | None:
    """Return a letter whose words are the notice's subject; what the payload asks for goes wrong."""
    if notice.payload.get("gone"):
        return None
    if notice.payload.get("breaks"):
        return Message("Mrs Parry\n4 Maes y Dderwen", "", "")  # no language in it
    address = "Mrs Parry" if notice.payload.get("homeless") else "Mrs Parry\n4 Maes y Dderwen\nLL99 9ZZ"
    return Message(address, "", "", parts=(Part("en", f"About {notice.subject_id}", ("Dear Mrs Parry",)),))


def posting(_session: Session, notice: Notice) -> Posting:
    return Posting(HEAD, begins_before=bool(notice.payload.get("soon")))


PRESS = Press({"hello": worded}, posting)


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(session: Session) -> World:
    """Return the small world, its rows as they were loaded: reading one opens no transaction that others wait for."""
    session.expire_on_commit = False
    world = build_world(session)
    session.commit()
    return world


@pytest.fixture
def mari(world: World) -> Actor:
    return world.actor("admin")


@pytest.fixture
def written(engine: Engine, world: World) -> Write:
    """Return a function that writes a letter to the outbox, about a subject of its own, and returns its id."""
    service_id, patient_id = world.service.id, world.patients[0].id

    def write(subject: str, **values: Any) -> str:
        with Session(engine) as session, session.begin():
            given = {"service_id": service_id, "channel": Channel.LETTER, "recipient_id": patient_id} | values
            return enqueue(
                session, key=subject, kind="hello", subject_id=subject, recipient_kind="patient", language="en", **given
            ).id  # fmt: skip

    return write


@pytest.fixture
def run(engine: Engine, mari: Actor) -> Callable[[], str]:
    """Return a function that makes a print run as the worker does, and returns its id."""

    def make() -> str:
        run_id = asked(engine, mari)
        work(engine)
        return run_id

    return make


def asked(engine: Engine, actor: Actor) -> str:
    with Session(engine) as session, session.begin():
        return printing.ask(session, actor).id


def work(engine: Engine, press: Press = PRESS) -> None:
    Desk(partial(Session, engine), press.works()).run_waiting()


def found(engine: Engine, run_id: str) -> tuple[PrintRun, list[str]]:
    """Return a run and the texts of its pages."""
    with Session(engine) as session:
        run = session.get_one(PrintRun, run_id)
        pages = pypdf.PdfReader(io.BytesIO(run.content)).pages if run.content else ()
        return run, [page.extract_text() for page in pages]


def state(engine: Engine, notice_id: str) -> NoticeState:
    with Session(engine) as session:
        return session.get_one(Notice, notice_id).state


def claimed_by(engine: Engine, notice_id: str) -> str | None:
    with Session(engine) as session:
        return session.get_one(Notice, notice_id).print_run_id


def job_of(engine: Engine, run_id: str) -> Job:
    with Session(engine) as session:
        run = session.get_one(PrintRun, run_id)
        return jobs.find(session, run.service_id, run.job_id or "")


def test_what_waits_is_counted(engine: Engine, session: Session, world: World, written: Write) -> None:
    written("one", due_at=NOW - timedelta(days=2))
    written("two")
    written("tomorrow", due_at=NOW + timedelta(days=1))
    written("theirs", service_id=world.other_service.id)
    written("an e-mail", channel=Channel.EMAIL)

    assert printing.waiting(session, world.service.id) == printing.Waiting(2, NOW - timedelta(days=2))


def test_a_run_holds_every_letter_that_waits_as_one_file(
    engine: Engine, written: Write, run: Callable[[], str]
) -> None:
    written("one", due_at=NOW - timedelta(days=1))
    written("two")

    made, pages = found(engine, run())

    assert (made.state, made.letters) == (PrintRunState.READY, 2)
    assert ["About one" in page for page in pages] == [True, False]
    assert ["About two" in page for page in pages] == [False, True]
    job = job_of(engine, made.id)
    assert (job.state, job.done, job.total, job.result) == (JobState.DONE, 4, 4, {"letters": 2, "not_printed": 0})


def test_without_letters_no_run_begins(session: Session, mari: Actor) -> None:
    with pytest.raises(NoLetters):
        printing.ask(session, mari)


def test_a_posted_run_is_sent_and_forgotten(
    engine: Engine, session: Session, mari: Actor, written: Write, run: Callable[[], str]
) -> None:
    notice = written("one")
    run_id = run()
    assert state(engine, notice) is NoticeState.PENDING

    printing.post(session, mari, run_id, taken_out=())
    session.commit()

    made, pages = found(engine, run_id)
    assert (made.state, made.posted_at, pages) == (PrintRunState.POSTED, NOW, [])
    assert state(engine, notice) is NoticeState.SENT
    with pytest.raises(RunOver):
        printing.post(session, mari, run_id, taken_out=())
    with pytest.raises(RunOver):
        printing.discard(session, mari, run_id)


def test_a_discarded_runs_letters_wait_again(
    engine: Engine, session: Session, world: World, mari: Actor, written: Write, run: Callable[[], str]
) -> None:
    notice = written("one")
    first = run()

    printing.discard(session, mari, first)
    session.commit()

    assert claimed_by(engine, notice) is None
    assert found(engine, first)[0].state is PrintRunState.DISCARDED
    second = run()
    assert found(engine, second)[0].letters == 1


def test_a_letter_withdrawn_meanwhile_must_be_taken_out_before_the_run_is_posted(
    engine: Engine, session: Session, mari: Actor, written: Write, run: Callable[[], str]
) -> None:
    stays, goes = written("one"), written("two")
    run_id = run()
    withdraw(session, "two")
    session.commit()

    with pytest.raises(LettersWithdrawn):
        printing.post(session, mari, run_id, taken_out=())
    printing.post(session, mari, run_id, taken_out=[goes])
    session.commit()

    assert (state(engine, stays), state(engine, goes)) == (NoticeState.SENT, NoticeState.WITHDRAWN)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "print-run.posted")).one()
    assert entry.details == {"letters": 2, "taken_out": [goes]}


@pytest.mark.parametrize(
    ("fault", "reason", "becomes"),
    [
        ("soon", "too-late-for-letter", NoticeState.WITHDRAWN),
        ("homeless", "no-address", NoticeState.WITHDRAWN),
        ("breaks", "letter-failed", NoticeState.FAILED),
    ],
)
def test_a_letter_that_cannot_go_becomes_a_line_of_the_call_list(
    engine: Engine, session: Session, written: Write, run: Callable[[], str], fault: str, reason: str,
    becomes: NoticeState,
) -> None:  # fmt: skip
    written("one")
    other = written("two", **{fault: True})

    made, _pages = found(engine, run())

    assert made.letters == 1
    call = session.scalars(select(Call)).one()
    assert (call.reason, call.kind, call.subject_id, call.notice_id) == (reason, "hello", "two", other)
    session.commit()
    assert state(engine, other) is becomes
    assert claimed_by(engine, other) is None


def test_a_letter_with_nothing_left_to_say_is_withdrawn(
    engine: Engine, session: Session, written: Write, run: Callable[[], str]
) -> None:
    notice = written("one", gone=True)
    run_id = run()
    assert state(engine, notice) is NoticeState.WITHDRAWN
    assert found(engine, run_id)[0].state is PrintRunState.DISCARDED
    assert session.scalars(select(Call)).all() == []


def test_two_runs_made_at_once_never_hold_the_same_letter(engine: Engine, mari: Actor, written: Write) -> None:
    notices = [written(f"letter {number}") for number in range(12)]
    run_ids = [asked(engine, mari), asked(engine, mari)]
    barrier = Barrier(2)

    def make() -> None:
        barrier.wait()
        work(engine)

    threads = [Thread(target=make) for _ in run_ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    made = [found(engine, run_id) for run_id in run_ids]
    headings = [line for _run, pages in made for page in pages for line in page.splitlines() if "About" in line]
    assert sorted(headings) == sorted(f"About letter {number}" for number in range(12))
    assert sum(run.letters for run, _pages in made) == 12
    assert {claimed_by(engine, notice) for notice in notices} <= set(run_ids)


def test_two_claims_in_one_moment_share_nothing(engine: Engine, session: Session, mari: Actor, written: Write) -> None:
    notices = [written(f"letter {number}") for number in range(8)]
    runs = [asked(engine, mari), asked(engine, mari)]
    barrier, counts = Barrier(2), []

    def claim(run_id: str) -> None:
        barrier.wait()
        with Session(engine) as own, own.begin():
            counts.append(printing.claim(own, own.get_one(PrintRun, run_id)))

    threads = [Thread(target=claim, args=(run_id,)) for run_id in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(counts) == [0, 8]
    assert len({claimed_by(engine, notice) for notice in notices}) == 1


def test_a_stopped_run_lets_its_letters_wait_again(engine: Engine, mari: Actor, written: Write) -> None:
    notice = written("one")
    run_id = asked(engine, mari)

    def asks_to_stop(session: Session, found: Notice) -> Message | None:
        job = job_of(engine, run_id)
        with Session(engine) as own, own.begin():
            long_work.ask_to_stop(own, job.service_id, job.id)
        return worded(session, found)

    work(engine, Press({"hello": asks_to_stop}, posting))

    assert job_of(engine, run_id).state is JobState.STOPPED
    assert found(engine, run_id)[0].state is PrintRunState.DISCARDED
    assert claimed_by(engine, notice) is None


def test_a_run_discarded_while_it_is_made_ends(engine: Engine, mari: Actor, written: Write) -> None:
    notice = written("one")
    run_id = asked(engine, mari)

    def discards(session: Session, found: Notice) -> Message | None:
        with Session(engine) as own, own.begin():
            printing.discard(own, mari, run_id)
        return worded(session, found)

    work(engine, Press({"hello": discards}, posting))

    assert job_of(engine, run_id).state is JobState.STOPPED
    assert found(engine, run_id)[1] == []
    assert claimed_by(engine, notice) is None


def test_a_run_taken_up_again_after_a_crash_is_the_same_run_without_what_was_withdrawn_meanwhile(
    engine: Engine, mari: Actor, written: Write
) -> None:
    withdrawn, kept = written("one"), written("two")
    run_id = asked(engine, mari)
    with Session(engine) as session, session.begin():  # the worker died after it had claimed
        printing.claim(session, session.get_one(PrintRun, run_id))
        withdraw(session, "one")

    work(engine)

    run, pages = found(engine, run_id)
    assert (run.letters, len(pages)) == (1, 1)
    assert (claimed_by(engine, withdrawn), claimed_by(engine, kept)) == (None, run_id)  # so nobody looks for it


def test_without_pango_the_run_says_so_and_its_letters_wait_again(
    engine: Engine, mari: Actor, written: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> Any:
        raise documents.PdfUnavailable

    monkeypatch.setattr(documents, "_tools", missing)
    notice = written("one")
    run_id = asked(engine, mari)

    work(engine)

    job = job_of(engine, run_id)
    assert (job.state, job.failure) == (JobState.FAILED, "printing.unavailable")
    assert claimed_by(engine, notice) is None


def test_one_letter_is_printed_again_and_stays_in_its_run(
    engine: Engine, session: Session, mari: Actor, written: Write, run: Callable[[], str]
) -> None:
    notice = written("one")
    written("two")
    first = run()
    printing.post(session, mari, first, taken_out=())
    copy = printing.ask_again(session, mari, notice).id
    session.commit()

    work(engine)

    made, (text,) = found(engine, copy)
    assert (made.state, made.letters) == (PrintRunState.READY, 1)
    assert "About one" in text
    assert claimed_by(engine, notice) == first
    printing.discard(session, mari, copy)
    session.commit()
    assert state(engine, notice) is NoticeState.SENT


def test_what_was_never_printed_is_not_printed_again(
    session: Session, mari: Actor, world: World, written: Write
) -> None:
    waits, email = written("one"), written("an e-mail", channel=Channel.EMAIL)
    theirs = written("theirs", service_id=world.other_service.id)

    with pytest.raises(NotPrinted):
        printing.ask_again(session, mari, waits)
    with pytest.raises(NotFound):
        printing.ask_again(session, mari, theirs)
    with pytest.raises(NotFound):
        printing.ask_again(session, mari, email)
