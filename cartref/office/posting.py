"""Letters in the post: what `notifications.printing` does with a print run, for those alone who may.

Notifications lie beneath accounts and know no permissions, so that these are asked for here.
"""

from collections.abc import Collection

from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.notifications import printing
from cartref.notifications.models import PrintRun


def make_run(session: Session, actor: Actor) -> PrintRun:
    """Return a new run of all letters that wait; raise NoLetters or Forbidden."""
    actor.require(Permission.LETTERS_WRITE)
    return printing.ask(session, actor)


def print_again(session: Session, actor: Actor, notice_id: str) -> PrintRun:
    """Return a new run of one letter that was printed before; raise NotFound, NotPrinted or Forbidden."""
    actor.require(Permission.LETTERS_WRITE)
    return printing.ask_again(session, actor, notice_id)


def post(session: Session, actor: Actor, run_id: str, *, taken_out: Collection[str]) -> PrintRun:
    """Return the run, posted; raise LettersWithdrawn when more than `taken_out` must not go, RunOver or Forbidden."""
    actor.require(Permission.LETTERS_WRITE)
    return printing.post(session, actor, run_id, taken_out=taken_out)


def discard(session: Session, actor: Actor, run_id: str) -> PrintRun:
    """Return the run, given up: its letters wait for another; raise RunOver or Forbidden."""
    actor.require(Permission.LETTERS_WRITE)
    return printing.discard(session, actor, run_id)
