"""Links: their addresses, the birth date that stands before the visit, and how staff end and unlock them."""

from datetime import date
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from cartref.audit.models import ActorKind, AuditEntry
from cartref.errors import NotFound
from cartref.links import queries, service
from cartref.links.addresses import Addresses, fingerprint
from cartref.links.models import Holder, Link, Opening
from tests.factories import World

ADDRESSES = Addresses("a-link-key-for-tests-of-32-bytes-or-more", "https://clinic.example.org")
BORN = date(1939, 3, 14)
WRONG = date(1940, 3, 14)


@pytest.fixture
def link(session: Session, world: World) -> Link:
    return _issue(session, world)


def test_an_address_carries_128_bits_and_is_made_again_from_the_key_alone(link: Link) -> None:
    url = ADDRESSES.url(link)

    token = url.removeprefix("https://clinic.example.org/v/")
    assert len(token) * 6 >= 128
    assert ADDRESSES.url(link) == url
    assert Addresses("another-link-key-of-32-bytes-or-more!", "https://clinic.example.org").token(link) != token


def test_the_database_keeps_no_way_in(link: Link) -> None:
    token = ADDRESSES.token(link)

    assert link.token_sha256 == fingerprint(token)
    assert token not in {str(getattr(link, column.key)) for column in Link.__table__.columns}


def test_an_address_finds_its_link_and_no_other_does(session: Session, link: Link) -> None:
    token = ADDRESSES.token(link)

    assert service.find(session, token) is link
    for other in ("", token[:-1], token.swapcase(), link.id, link.token_sha256, "x" * 5000, "ŵ"):
        assert service.find(session, other) is None


def test_one_person_has_one_link_to_a_visit(session: Session, world: World, link: Link) -> None:
    assert _issue(session, world) is link
    assert _issue(session, world, holder=Holder.CARER, holder_id=world.carer.id) is not link


def test_the_birth_date_opens_the_visit(session: Session, link: Link) -> None:
    secret = service.try_birth_date(session, link, given=BORN, born_on=BORN)

    assert secret is not None
    found = service.find_opening(session, secret)
    assert found is not None
    assert found[0] is link
    assert (found[1].ready_at, link.tries) == (None, 0)


def test_readiness_is_kept_from_the_first_time(session: Session, link: Link) -> None:
    opening = _open(session, link)
    service.mark_ready(session, opening)
    first = opening.ready_at

    service.mark_ready(session, opening)

    assert first is not None
    assert opening.ready_at == first


def test_each_browser_has_an_opening_of_its_own(session: Session, link: Link) -> None:
    secrets = {service.try_birth_date(session, link, given=BORN, born_on=BORN) for _browser in range(3)}

    assert len(secrets) == 3
    assert session.scalar(select(func.count()).select_from(Opening)) == 3


def test_the_fifth_wrong_date_locks_the_link_for_the_right_one_too(session: Session, link: Link) -> None:
    for tries in range(1, 6):
        assert service.try_birth_date(session, link, given=WRONG, born_on=BORN) is None
        assert (link.tries, link.locked_at is not None) == (tries, tries == 5)

    assert service.try_birth_date(session, link, given=BORN, born_on=BORN) is None
    assert link.tries == 5


def test_locking_is_audited_as_the_holders_doing(session: Session, world: World, link: Link) -> None:
    for _try in range(5):
        service.try_birth_date(session, link, given=WRONG, born_on=BORN)

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "link.locked")).one()
    assert (entry.actor_kind, entry.actor_id, entry.service_id) == (
        ActorKind.PATIENT, world.patients[0].id, world.service.id,
    )  # fmt: skip


def test_somebody_who_is_in_stays_in_when_the_link_locks(session: Session, link: Link) -> None:
    secret = service.try_birth_date(session, link, given=BORN, born_on=BORN) or ""
    for _try in range(5):
        service.try_birth_date(session, link, given=WRONG, born_on=BORN)

    assert service.find_opening(session, secret) is not None


def test_staff_unlock_in_one_click(session: Session, world: World, link: Link) -> None:
    for _try in range(5):
        service.try_birth_date(session, link, given=WRONG, born_on=BORN)

    service.unlock(session, world.actor("clinician"), link.id)

    assert (link.tries, link.locked_at) == (0, None)
    assert service.try_birth_date(session, link, given=BORN, born_on=BORN) is not None


def test_a_link_issued_anew_shuts_out_the_old_address_and_every_browser(
    session: Session, world: World, link: Link
) -> None:
    old, secret = ADDRESSES.token(link), service.try_birth_date(session, link, given=BORN, born_on=BORN) or ""

    service.reissue(session, world.actor("admin"), ADDRESSES, link.id)

    assert service.find(session, old) is None
    assert service.find_opening(session, secret) is None
    assert service.find(session, ADDRESSES.token(link)) is link


def test_a_revoked_link_opens_nothing_but_is_known(session: Session, world: World, link: Link) -> None:
    secret = service.try_birth_date(session, link, given=BORN, born_on=BORN) or ""

    service.revoke(session, world.actor("admin"), link.id)

    assert service.find_opening(session, secret) is None
    assert service.try_birth_date(session, link, given=BORN, born_on=BORN) is None
    found = service.find(session, ADDRESSES.token(link))
    assert found is not None
    assert found.revoked_at is not None


def test_a_link_issued_anew_after_it_was_revoked_works(session: Session, world: World, link: Link) -> None:
    service.revoke(session, world.actor("admin"), link.id)
    service.reissue(session, world.actor("admin"), ADDRESSES, link.id)

    assert service.try_birth_date(session, link, given=BORN, born_on=BORN) is not None


def test_another_services_link_is_not_found(session: Session, world: World, link: Link) -> None:
    stranger = world.actor("other_admin")

    with pytest.raises(NotFound):
        service.unlock(session, stranger, link.id)
    with pytest.raises(NotFound):
        service.revoke(session, stranger, link.id)
    with pytest.raises(NotFound):
        service.reissue(session, stranger, ADDRESSES, link.id)
    with pytest.raises(NotFound):
        queries.find(session, stranger, link.id)
    assert queries.of_visit(session, stranger, link.visit_id) == []


def test_the_patients_link_comes_first(session: Session, world: World) -> None:
    carers = _issue(session, world, holder=Holder.CARER, holder_id=world.carer.id)
    patients = _issue(session, world)

    assert list(queries.of_visit(session, world.actor("admin"), "1" * 24)) == [patients, carers]


def test_tries_that_come_at_once_are_all_counted(session: Session, engine: Engine, link: Link) -> None:
    start, link_id = Barrier(12), link.id
    session.commit()

    def guess() -> None:
        with Session(engine) as own:
            start.wait()
            service.try_birth_date(own, own.get_one(Link, link_id), given=WRONG, born_on=BORN)
            own.commit()

    guessers = [Thread(target=guess) for _guesser in range(12)]
    for guesser in guessers:
        guesser.start()
    for guesser in guessers:
        guesser.join()

    session.expire_all()
    assert link.tries == 5
    assert link.locked_at is not None


def _issue(session: Session, world: World, *, holder: Holder = Holder.PATIENT, holder_id: str | None = None) -> Link:
    return service.issue(
        session, ADDRESSES, visit_id="1" * 24, service_id=world.service.id, holder=holder,
        holder_id=holder_id or world.patients[0].id,
    )  # fmt: skip


def _open(session: Session, link: Link) -> Opening:
    found = service.find_opening(session, service.try_birth_date(session, link, given=BORN, born_on=BORN) or "")
    assert found is not None
    return found[1]
