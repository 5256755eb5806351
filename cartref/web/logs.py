"""Logs: one JSON line an event, with ids and never names, numbers or links."""

import logging
import re
import time

import structlog
from flask import Flask, Response, g, request
from structlog.typing import Processor

from cartref.config import Settings

SECRET_PATHS = re.compile(r"(/(?:v|c)/)[^/?\s]+")


def install(app: Flask, settings: Settings) -> None:
    """Log every request of `app` once, with the token in its path left out."""
    configure(settings.log_level)
    log = structlog.get_logger("cartref.web")

    def begin() -> None:
        g.began = time.perf_counter()

    def end(response: Response) -> Response:
        milliseconds = round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000)
        log.info(
            "request", method=request.method, path=without_secrets(request.path), status=response.status_code,
            ms=milliseconds,
        )  # fmt: skip
        return response

    app.before_request(begin)
    app.after_request(end)


def configure(level: str) -> None:
    """Send this process's logs to standard error as JSON lines, from `level` up."""
    processors: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=processors,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level, *processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )  # fmt: skip


def without_secrets(path: str) -> str:
    """Return `path` with the token of a visit's link or of a calendar left out."""
    return SECRET_PATHS.sub(r"\1<token>", path)
