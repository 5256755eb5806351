"""Every route states who may use it; a route that doesn't keeps the application from starting."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask

View = TypeVar("View", bound=Callable[..., Any])


def states(who: str) -> Callable[[View], View]:
    """Return a decorator that writes on a view who may use it; the check itself is the caller's."""

    def decorate(view: View) -> View:
        view.access = who  # type: ignore[attr-defined] # a function carries attributes
        return view

    return decorate


public = states("public")


def stated(app: Flask, endpoint: str) -> str | None:
    """Return who may use `endpoint`, None when its view does not say."""
    return getattr(app.view_functions[endpoint], "access", None)


def check_all_stated(app: Flask) -> None:
    """Raise LookupError naming every route of `app` that does not say who may use it."""
    silent = sorted({rule.endpoint for rule in app.url_map.iter_rules() if stated(app, rule.endpoint) is None})
    if silent:
        raise LookupError(f"routes that do not state who may use them: {', '.join(silent)}")
