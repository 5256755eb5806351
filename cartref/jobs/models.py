"""One piece of long work, and how far it has come."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cartref.db import Base, Identified, choice


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class Job(Identified, Base):
    """A piece of long work: `done` of `total` steps. `arguments` and `result` hold ids, counts and codes, never names.

    `beat_at` is when the worker was last heard of at it; `failure` is a code.
    """

    __tablename__ = "job"
    __table_args__ = (Index(None, "state", "created_at"), Index(None, "service_id", "kind", "created_at"))

    service_id: Mapped[str] = mapped_column(String(24))
    owner_id: Mapped[str | None] = mapped_column(String(24))
    kind: Mapped[str] = mapped_column(String(48))
    arguments: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[JobState] = mapped_column(choice(JobState), default=JobState.WAITING)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    failure: Mapped[str | None] = mapped_column(String(64))
    stop_asked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    beat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    @property
    def over(self) -> bool:
        """Tell whether nothing more will happen."""
        return self.state in {JobState.DONE, JobState.STOPPED, JobState.FAILED}
