"""What clerks and patients do in a round: each has work of her own, and gives up for the round when no answer comes."""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from random import Random

from sqlalchemy import Engine, select

from cartref.appointments.messages.kinds import OFFER
from cartref.appointments.models import Appointment, AppointmentStatus, Offer, OfferState
from cartref.notifications.models import Channel, Notice, NoticeState, PrintRun, PrintRunState
from cartref.patients.models import Patient
from tests.drills.desk import Desk, NoAnswer, Refused
from tests.drills.kills.ledger import Ledger
from tests.drills.kills.looking import looking
from tests.drills.kills.receivers import Receivers, link_in
from tests.drills.kills.town import Town

BOOKINGS_A_ROUND, OFFERS_A_ROUND = 2, 2
DATE_PARTS = ("day", "month", "year")


@dataclass
class Clerk:
    """Somebody at a desk of the office."""

    desk: Desk
    engine: Engine
    ledger: Ledger
    town: Town
    chance: Random


@dataclass
class Booker(Clerk):
    """Books and has the confirmations sent; a form that was never answered she sends again."""

    again: deque[dict[str, str]] = field(default_factory=deque)

    def work(self) -> None:
        """Book two people."""
        for _turn in range(BOOKINGS_A_ROUND):
            wish = self.again.popleft() if self.again else self.town.wishes.popleft()
            self.again.append(wish)
            with self.ledger.asking("booking"):
                booked = self.desk.post("/appointments/new", wish).removeprefix("/appointments/")
            self.again.remove(wish)
            self.ledger.booked[wish["idempotency_key"]] = booked
            with self.ledger.asking("confirmation"):
                self.desk.post(f"/appointments/{booked}/confirmation", {})
            self.ledger.confirmed.add(booked)


class Changer(Clerk):
    """Moves somebody, and cancels somebody else's appointment, so that its time is offered to those who wait."""

    def work(self) -> None:
        """Move one appointment, and cancel another most times."""
        if form := self._one_to_change():
            self._move(*form)
        if self.chance.random() < 0.7 and (form := self._one_to_change()):
            self._cancel(*form)

    def _move(self, appointment_id: str, seen: dict[str, str]) -> None:
        with self.ledger.asking("move"):
            self.desk.post(f"/appointments/{appointment_id}/move", seen | {"slot_id": self.town.spare.popleft()})
        self.ledger.moved[appointment_id] += 1

    def _cancel(self, appointment_id: str, seen: dict[str, str]) -> None:
        with self.ledger.asking("cancellation"):
            self.desk.post(f"/appointments/{appointment_id}/cancel", seen | {"reason": "patient-cannot-come"})
        self.ledger.cancelled.add(appointment_id)

    def _one_to_change(self) -> tuple[str, dict[str, str]] | None:
        """Return an appointment that stands, with what the form to change it holds."""
        known = sorted(self.ledger.confirmed - self.ledger.cancelled)
        some = self.chance.sample(known, min(len(known), 5))
        query = select(Appointment).where(Appointment.id.in_(some), Appointment.status == AppointmentStatus.BOOKED)
        with looking(self.engine) as session:
            found = session.scalars(query.order_by(Appointment.id)).first()
            return (found.id, {"version": str(found.version), "seen": found.starts_at.isoformat()}) if found else None


@dataclass
class Answerer(Clerk):
    """Writes down what people say to an offer; most say yes on the telephone and by their link in the same moment."""

    web: str
    receivers: Receivers

    def work(self) -> None:
        """See to the offers that nobody has answered."""
        for offer_id, notice_id, born_on in self._open_offers():
            link = link_in(self.receivers.arrivals(), notice_id)
            if link is None:
                continue  # she has not read of it yet
            if self.chance.random() < 0.25:
                self._write_down(offer_id, "no")
                continue
            with ThreadPoolExecutor(1) as at_home:
                by_link = at_home.submit(self._say_yes, link, born_on)
                self._write_down(offer_id, "yes")
                by_link.result()

    def _write_down(self, offer_id: str, answer: str) -> None:
        with self.ledger.asking("answer on the telephone"):
            self.desk.post(f"/offers/{offer_id}/answer", {"answer": answer})
        self.ledger.answered[offer_id] = answer

    def _say_yes(self, link: str, born_on: date) -> None:
        """Open the link as its patient, give her date of birth, and say yes."""
        browser = Desk(self.web)
        with suppress(NoAnswer, Refused), self.ledger.asking("answer by link"):
            visit = browser.get(link).path
            browser.post(f"{visit}/who", {f"born_on-{part}": str(getattr(born_on, part)) for part in DATE_PARTS})
            browser.get(visit)
            browser.post(f"{visit}/offer", {"answer": "yes"})

    def _open_offers(self) -> list[tuple[str, str, date]]:
        """Return offers, each with its notice and the date of birth of whoever is asked."""
        query = (
            select(Offer.id, Notice.id, Patient.born_on)
            .join(Notice, Notice.subject_id == Offer.appointment_id)
            .join(Patient, Patient.id == Notice.recipient_id)
            .where(Offer.state == OfferState.OPEN, Notice.kind == OFFER)
            .order_by(Offer.created_at)
            .limit(OFFERS_A_ROUND)
        )
        with looking(self.engine) as session:
            return [(row[0], row[1], row[2]) for row in session.execute(query)]


class Printer(Clerk):
    """Has the letters printed and puts them into the post, without those that must not go out any more."""

    def work(self) -> None:
        """Post the run that lies ready, or begin another; now and then give one up."""
        run = self._unfinished()
        if run is None:
            with self.ledger.asking("print run"):
                self.desk.post("/messages/letters/runs", {})
        elif self.chance.random() < 0.15:
            with self.ledger.asking("print run given up"):
                self.desk.post(f"/messages/letters/runs/{run.id}/discard", {}, accepted=(303, 409))
        elif run.state is PrintRunState.READY:
            self.post(run.id)

    def finish(self) -> None:
        """Post what lies ready, and have the rest printed; call it again until nothing is left."""
        run = self._unfinished()
        if run is not None and run.state is PrintRunState.READY:
            self.post(run.id)
        elif run is None and self._waiting():
            self.desk.post("/messages/letters/runs", {})

    def post(self, run_id: str) -> None:
        """Take the file of a run to the post."""
        with self.ledger.asking("file of letters"):
            self.ledger.papers[run_id] = self.desk.get(f"/messages/letters/runs/{run_id}/letters.pdf").content
        taken_out = self._withdrawn(run_id)
        self.ledger.taken_out[run_id] = taken_out
        with self.ledger.asking("letters posted"):
            self.desk.post(f"/messages/letters/runs/{run_id}/posted", {"taken_out": " ".join(sorted(taken_out))})

    def _unfinished(self) -> PrintRun | None:
        unfinished = PrintRun.state.in_((PrintRunState.MAKING, PrintRunState.READY))
        query = select(PrintRun).where(PrintRun.service_id == self.town.service_id, unfinished)
        with looking(self.engine) as session:
            return session.scalars(query.order_by(PrintRun.created_at)).first()

    def _withdrawn(self, run_id: str) -> frozenset[str]:
        query = select(Notice.id).where(Notice.print_run_id == run_id, Notice.state == NoticeState.WITHDRAWN)
        with looking(self.engine) as session:
            return frozenset(session.scalars(query))

    def _waiting(self) -> bool:
        waits = (Notice.channel == Channel.LETTER, Notice.state == NoticeState.PENDING)
        query = select(Notice.id).where(Notice.service_id == self.town.service_id, *waits)
        with looking(self.engine) as session:
            return session.scalar(query.limit(1)) is not None
