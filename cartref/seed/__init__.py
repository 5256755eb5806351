"""One believable demonstration clinic, built through the services; every person and number in it is invented."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.accounts.models import HealthBoard
from cartref.config import Settings
from cartref.seed import examination, office
from cartref.seed.garden import Garden
from cartref.seed.hours import GRID, SLOT, ZONE, session_around, shown_once
from cartref.seed.people import ELDERLY, HEART, PASSWORD

__all__ = ["ELDERLY", "GRID", "HEART", "PASSWORD", "SLOT", "ZONE", "plant", "session_around", "shown_once"]


def plant(session: Session, settings: Settings) -> dict[str, Any]:
    """Make the demonstration's people unless they are there, and a clinic for today; return the facts about it all."""
    board = session.scalar(select(HealthBoard)) or _board(session, settings)
    gardens = [Garden(session, settings, board, plan) for plan in (ELDERLY, HEART)]
    for garden in gardens:
        garden.people_and_places()
    for garden in gardens:
        garden.today()
        office.open_office(garden)
        examination.examine(garden)
    return {
        "web": settings.public_url,
        "signalling": settings.signalling_public_url,
        "staff": [fact for garden in gardens for fact in garden.staff_facts()],
        "visits": [fact for garden in gardens for fact in garden.visit_facts()],
        "feeds": [garden.feed() for garden in gardens],
    }


def _board(session: Session, settings: Settings) -> HealthBoard:
    board = HealthBoard(name_cy=settings.health_board, name_en="Glan Llyn Health Board")
    session.add(board)
    session.flush()
    return board
