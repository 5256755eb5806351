"""Links: given out, given out anew, ended, unlocked; and the birth date that stands between a link and its visit.

The birth date only catches a link that reached the wrong hands: it is no secret, so it may be tried five times.
"""

import hmac
import secrets
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.audit.models import ActorKind
from cartref.audit.service import record
from cartref.errors import NotFound
from cartref.links.addresses import Addresses, fingerprint
from cartref.links.models import Holder, Link, Opening

MOST_TRIES = 5
LONGEST_TOKEN = 128


def issue(
    session: Session, addresses: Addresses, *, visit_id: str, service_id: str, holder: Holder, holder_id: str
) -> Link:
    """Return that person's link to the visit, made now unless there is one."""
    query = select(Link).where(Link.visit_id == visit_id, Link.holder == holder, Link.holder_id == holder_id)
    found = session.scalar(query)
    if found is not None:
        return found
    link = Link(
        id=secrets.token_hex(12), visit_id=visit_id, service_id=service_id, holder=holder, holder_id=holder_id,
        generation=1, created_at=clock.now(),
    )  # fmt: skip
    link.token_sha256 = fingerprint(addresses.token(link))
    session.add(link)
    session.flush()
    return link


def reissue(session: Session, actor: Actor, addresses: Addresses, link_id: str) -> Link:
    """Return the link with a new address; the old one, and every browser that it opened, is shut out."""
    link = _mine(session, actor, link_id)
    link.generation += 1
    link.token_sha256 = fingerprint(addresses.token(link))
    link.tries, link.locked_at, link.revoked_at = 0, None, None
    _audit(session, actor, "link.reissued", link)
    session.flush()
    return link


def revoke(session: Session, actor: Actor, link_id: str) -> Link:
    """Return the link, ended: it opens nothing until it is issued anew."""
    link = _mine(session, actor, link_id)
    if link.revoked_at is None:
        link.revoked_at = clock.now()
        _audit(session, actor, "link.revoked", link)
        session.flush()
    return link


def unlock(session: Session, actor: Actor, link_id: str) -> Link:
    """Return the link with all its tries given back."""
    link = _mine(session, actor, link_id)
    link.tries, link.locked_at = 0, None
    _audit(session, actor, "link.unlocked", link)
    session.flush()
    return link


def find(session: Session, token: str) -> Link | None:
    """Return the link of an address, locked and revoked ones too; None when no link has, or still has, that address."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    wanted = fingerprint(token)
    link = session.scalar(select(Link).where(Link.token_sha256 == wanted))
    return link if link is not None and hmac.compare_digest(link.token_sha256, wanted) else None


def try_birth_date(session: Session, link: Link, *, given: date, born_on: date) -> str | None:
    """Return the secret of a new opening of the link, or None and one try used up; the fifth locks the link.

    A locked or revoked link opens for nobody. Tries that come at once are judged one after the other.
    """
    link = _held(session, link.id)
    if link.locked_at is not None or link.revoked_at is not None:
        return None
    if hmac.compare_digest(given.isoformat(), born_on.isoformat()):
        return _open(session, link)
    link.tries += 1
    if link.tries >= MOST_TRIES:
        link.locked_at = clock.now()
        _audit(session, _holder(link), "link.locked", link)
    session.flush()
    return None


def find_opening(session: Session, token: str) -> tuple[Link, Opening] | None:
    """Return the link and the opening behind a browser's secret; None once the link was revoked or issued anew."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    wanted = fingerprint(token)
    found = session.execute(
        select(Link, Opening)
        .join(Opening, Opening.link_id == Link.id)
        .where(Opening.token_sha256 == wanted, Opening.generation == Link.generation, Link.revoked_at.is_(None))
    ).one_or_none()
    if found is None or not hmac.compare_digest(found.Opening.token_sha256, wanted):
        return None
    return found.Link, found.Opening


def mark_ready(session: Session, opening: Opening) -> None:
    """Keep that "I am ready" was pressed in this browser, so that no reload asks again."""
    if opening.ready_at is None:
        opening.ready_at = clock.now()
        session.flush()


def _open(session: Session, link: Link) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        Opening(
            link_id=link.id, generation=link.generation, token_sha256=fingerprint(token), created_at=clock.now()
        )
    )  # fmt: skip
    _audit(session, _holder(link), "link.opened", link)
    session.flush()
    return token


def _mine(session: Session, actor: Actor, link_id: str) -> Link:
    found = session.scalar(select(Link.id).where(Link.id == link_id, Link.service_id == actor.service))
    if found is None:
        raise NotFound(link=link_id)
    return _held(session, found)


def _held(session: Session, link_id: str) -> Link:
    """Return the row as it is now, kept from others until the transaction ends."""
    return session.get_one(Link, link_id, with_for_update=True, populate_existing=True)


def _holder(link: Link) -> Actor:
    return Actor(ActorKind(link.holder.value), link.holder_id, link.service_id)


def _audit(session: Session, actor: Actor, action: str, link: Link) -> None:
    patient_id = link.holder_id if link.holder is Holder.PATIENT else None
    record(session, actor, action, "link", link.id, patient_id=patient_id, visit=link.visit_id)
