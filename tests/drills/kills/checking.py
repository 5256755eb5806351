"""Comparing what a clinic acknowledged with what its database holds and with what arrived: every fault in words."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import formatting
from cartref.appointments.messages.kinds import CANCELLED, CHANGED, CONFIRMATION, OFFER, TELL_THE_TIME
from cartref.appointments.models import Appointment, AppointmentStatus, Offer, OfferState
from cartref.audit.models import AuditEntry
from cartref.notifications.delivery import IN_DOUBT, PEOPLE
from cartref.notifications.models import Call, Channel, Notice, NoticeState, PrintRun, PrintRunState
from cartref.patients.models import Patient
from tests.drills.kills.ledger import Ledger
from tests.drills.kills.receivers import CONSOLE, NOTIFY, Arrival, words_of

LOST, DOUBLED, BARE, UNTRUE, UNSOUND = "lost", "doubled", "without audit row", "untrue", "unsound"
ONCE = {NOTIFY, CONSOLE}  # the ways by which nothing may come twice; an e-mail may, under one Message-ID
UNDERWAY = {NoticeState.PENDING, NoticeState.SENDING}
SAID = {"yes": OfferState.ACCEPTED, "no": OfferState.DECLINED}


@dataclass(frozen=True)
class Fault:
    """Something that must not be: of which sort (`LOST`, `DOUBLED`, ...), and which row it is about."""

    sort: str
    words: str

    def __str__(self) -> str:
        return f"{self.sort}: {self.words}"


class Evidence:
    """Everything that is compared: the ledger, what arrived, and the rows of one service in the database."""

    def __init__(self, session: Session, service_id: str, ledger: Ledger, arrivals: Sequence[Arrival]) -> None:
        self.ledger = ledger
        mine = {"service_id": service_id}
        self.appointments = {row.id: row for row in session.scalars(select(Appointment).filter_by(**mine))}
        self.zones = {row.id: ZoneInfo(row.session.zone) for row in self.appointments.values()}
        self.notices = {row.id: row for row in session.scalars(select(Notice).filter_by(**mine))}
        self.offers = {row.id: row for row in session.scalars(select(Offer).filter_by(**mine))}
        self.runs = {row.id: row for row in session.scalars(select(PrintRun).filter_by(**mine))}
        self.on_call_list = set(session.scalars(select(Call.notice_id)))
        self.envelopes = {row.id: envelope(row) for row in session.scalars(select(Patient))}
        trail = select(AuditEntry.action, AuditEntry.subject_id).filter_by(**mine)
        self.written = Counter((row.action, row.subject_id) for row in session.execute(trail))
        others = set(session.scalars(select(Notice.id).where(Notice.service_id != service_id)))
        self.arrivals = [arrival for arrival in arrivals if arrival.reference not in others]
        self.came: dict[str, list[Arrival]] = defaultdict(list)
        for arrival in self.arrivals:
            self.came[arrival.reference].append(arrival)

    def about(self, appointment_id: str, *kinds: str) -> list[Notice]:
        """Return the notices of these kinds about an appointment."""
        return [row for row in self.notices.values() if row.subject_id == appointment_id and row.kind in kinds]

    @property
    def in_doubt(self) -> int:
        """Return how many notices were handed to a person, as nobody could tell whether they went."""
        return sum(row.state is NoticeState.FAILED and row.failure == IN_DOUBT for row in self.notices.values())


def envelope(patient: Patient) -> str:
    """Return how the words on her envelope begin."""
    return f"{patient.name} {patient.address.partition(',')[0]}"


def faults(evidence: Evidence) -> Iterator[Fault]:
    """Yield every fault."""
    for look in LOOKS:
        yield from look(evidence)


def _acknowledged_and_gone(evidence: Evidence) -> Iterator[Fault]:
    ledger, known = evidence.ledger, evidence.appointments
    for booked in ledger.booked.values():
        if booked not in known:
            yield Fault(LOST, f"booking {booked}, acknowledged")
    for told in ledger.confirmed:
        if not evidence.about(told, CONFIRMATION, CHANGED):
            yield Fault(LOST, f"confirmation of {told}, acknowledged")
    for cancelled in ledger.cancelled & known.keys():
        if known[cancelled].status is not AppointmentStatus.CANCELLED:
            yield Fault(LOST, f"cancellation of {cancelled}, acknowledged")
    for moved, times in ledger.moved.items():
        if evidence.written["appointment.moved", moved] < times:
            yield Fault(LOST, f"move of {moved}, acknowledged")
    for offer_id, answer in ledger.answered.items():
        if evidence.offers[offer_id].state is not SAID[answer]:
            yield Fault(LOST, f"answer to offer {offer_id}, acknowledged")


def _booked_twice(evidence: Evidence) -> Iterator[Fault]:
    holding = [row for row in evidence.appointments.values() if row.status is not AppointmentStatus.CANCELLED]
    for entry, count in Counter(row.waiting_entry_id for row in holding if row.waiting_entry_id).items():
        if count > 1:
            yield Fault(DOUBLED, f"{count} appointments for line {entry} of the waiting list")
    by_form = Counter(row.patient_id for row in evidence.appointments.values() if row.waiting_entry_id is None)
    kept = set(evidence.ledger.booked.values()) & evidence.appointments.keys()
    asked = {evidence.appointments[booked].patient_id for booked in kept}
    for patient in asked:
        if by_form[patient] > 1:
            yield Fault(DOUBLED, f"{by_form[patient]} appointments of {patient} from one form")


def _accepted(evidence: Evidence) -> Iterator[Fault]:
    for offer in evidence.offers.values():
        held = evidence.appointments[offer.appointment_id]
        if offer.state is OfferState.ACCEPTED and held.status is AppointmentStatus.PENDING:
            yield Fault(LOST, f"booking {held.id} of the offer that was accepted")
        if not evidence.about(held.id, OFFER):
            yield Fault(LOST, f"notice of offer {offer.id}")


def _audit_rows(evidence: Evidence) -> Iterator[Fault]:
    written = evidence.written
    for row in evidence.appointments.values():
        over = int(row.status is AppointmentStatus.CANCELLED)
        wanted = {"booked or held": 1, "cancelled": over, "moved": row.sequence - over}
        found = {
            "booked or held": written["appointment.booked", row.id] + written["appointment.held", row.id],
            "cancelled": written["appointment.cancelled", row.id],
            "moved": written["appointment.moved", row.id],
        }
        if found != wanted:
            yield Fault(BARE, f"appointment {row.id} has {found} in the audit trail, {wanted} happened to it")
    for action, subject in written:
        if action in {"appointment.booked", "appointment.held"} and subject not in evidence.appointments:
            yield Fault(LOST, f"booking {subject}, which is in the audit trail")


def _sent_and_received(evidence: Evidence) -> Iterator[Fault]:
    for notice in evidence.notices.values():
        came = evidence.came[notice.id]
        if notice.state in UNDERWAY:
            yield Fault(LOST, f"{notice.kind} {notice.id} is {notice.state.value} for good")
        if notice.state is NoticeState.SENT and not came and notice.print_run_id is None:
            yield Fault(LOST, f"{notice.kind} {notice.id} counts as sent by {notice.channel.value} and never came")
        if len(came) > 1 and came[0].way in ONCE:
            yield Fault(DOUBLED, f"{notice.kind} {notice.id} came {len(came)} times by {came[0].way}")
        if len({(one.way, one.message_id) for one in came}) > 1:
            yield Fault(DOUBLED, f"{notice.kind} {notice.id} came under several Message-IDs or by several ways")
    for stray in evidence.came.keys() - evidence.notices.keys():
        yield Fault(DOUBLED, f"{len(evidence.came[stray])} messages under {stray}, of which there is no notice")


def _given_up(evidence: Evidence) -> Iterator[Fault]:
    for notice in evidence.notices.values():
        if notice.state is NoticeState.FAILED:
            if notice.recipient_kind in PEOPLE and notice.id not in evidence.on_call_list:
                yield Fault(LOST, f"{notice.kind} {notice.id} failed and nobody is asked to ring")
            if notice.failure != IN_DOUBT or _can_tell(evidence, notice):
                yield Fault(LOST, f"{notice.kind} {notice.id} failed ({notice.failure}) although its way stood open")


def _can_tell(evidence: Evidence, notice: Notice) -> bool:
    """Tell whether the notice's way knows what it sent, or may send it again: all but texts on the console."""
    by_notify = any(arrival.way == NOTIFY for arrival in evidence.arrivals)
    return by_notify or notice.channel is not Channel.TEXT


def _told_of_changes(evidence: Evidence) -> Iterator[Fault]:
    """Whoever was told of an appointment knows how it stands now."""
    for row in evidence.appointments.values():
        told = [one for notice in evidence.about(row.id, *TELL_THE_TIME) for one in evidence.came[notice.id]]
        if not told:
            continue
        if row.status is AppointmentStatus.CANCELLED:
            if not _reached(evidence, row, CANCELLED):
                yield Fault(LOST, f"news that {row.id} was cancelled")
        else:
            yield from _another_time(evidence, row)


def _reached(evidence: Evidence, row: Appointment, *kinds: str) -> bool:
    return any(
        evidence.came[notice.id] or notice.state is NoticeState.FAILED for notice in evidence.about(row.id, *kinds)
    )


def _another_time(evidence: Evidence, row: Appointment) -> Iterator[Fault]:
    """Yield a fault unless the last message that told the time told the right one, or somebody rings instead."""
    notices = {notice.id: notice for notice in evidence.about(row.id, *TELL_THE_TIME)}
    if any(notice.state is NoticeState.FAILED for notice in notices.values()):
        return
    last = next(arrival for arrival in reversed(evidence.arrivals) if arrival.reference in notices)
    at = formatting.local(row.starts_at, evidence.zones[row.id])
    language = notices[last.reference].language
    day, hour = formatting.date_in_sentence(at.date(), language), formatting.time(at, language)
    if day not in last.text or hour not in last.text:
        yield Fault(UNTRUE, f"{row.id} is on {day} at {hour}, but the last message about it says: {last.text}")


def _printed(evidence: Evidence) -> Iterator[Fault]:
    """Each letter that counts as sent lies once in the post, and nothing else does."""
    sent = Counter(
        evidence.envelopes[row.recipient_id] for row in evidence.notices.values()
        if row.print_run_id and row.state is NoticeState.SENT
    )  # fmt: skip
    posted = _posted(evidence)
    for reader in sent.keys() | posted.keys():
        if posted[reader] < sent[reader]:
            yield Fault(LOST, f"{sent[reader] - posted[reader]} letters to {reader}")
        if posted[reader] > sent[reader]:
            yield Fault(DOUBLED, f"{posted[reader] - sent[reader]} letters to {reader} too many in the post")
    for row in evidence.notices.values():
        run = evidence.runs.get(row.print_run_id or "")
        if run and row.state is NoticeState.SENT and run.state is not PrintRunState.POSTED:
            yield Fault(LOST, f"letter {row.id} counts as sent, but its print run {run.id} was never posted")


def _posted(evidence: Evidence) -> Counter[str]:
    """Return how many letters to each person lie in the post, by their envelopes."""
    found: Counter[str] = Counter()
    for run in evidence.runs.values():
        if run.state is PrintRunState.POSTED:
            words = words_of(evidence.ledger.papers[run.id])
            letters = [row for row in evidence.notices.values() if row.print_run_id == run.id]
            for reader in {evidence.envelopes[row.recipient_id] for row in letters}:
                found[reader] += words.count(reader)
            for out in evidence.ledger.taken_out[run.id]:
                found[evidence.envelopes[evidence.notices[out].recipient_id]] -= 1
    return found


LOOKS: Sequence[Callable[[Evidence], Iterator[Fault]]] = (
    _acknowledged_and_gone, _booked_twice, _accepted, _audit_rows, _sent_and_received, _given_up, _told_of_changes,
    _printed,
)  # fmt: skip
