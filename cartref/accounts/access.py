"""The rim of accounts: which member of staff asks, and the one decorator that lets her or turns her away."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, current_app, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user
from werkzeug.wrappers import Response

from cartref.accounts import queries, service
from cartref.accounts.actor import Actor
from cartref.accounts.models import SignIn
from cartref.accounts.permissions import Permission, allowed
from cartref.audit.models import ActorKind
from cartref.db import db
from cartref.errors import Forbidden
from cartref.web import locale
from cartref.web.access import View, states
from cartref.web.errors import page_to_open, set_frame, wants_json
from cartref.web.session import after_reading, database_away

COOKIE = "cartref_sign_in"
TYPED = "#typed"  # tells the page's script to put back what was typed when the form was sent


class ScreenLocked(Forbidden):
    """The screen is locked, and what was asked can't wait for the password."""

    code = "forbidden.locked"


class NotSignedIn(Forbidden):
    """Nobody is signed in."""

    code = "forbidden.not-signed-in"


class SignedIn(UserMixin):  # type: ignore[misc] # Flask-Login ships no types
    """The member of staff behind a request, through the sign-in of her browser."""

    def __init__(self, sign_in: SignIn) -> None:
        self.sign_in = sign_in
        self.id = sign_in.staff_id
        staff, roles = sign_in.staff, queries.roles(db.session(), sign_in.staff_id, sign_in.service_id)
        self.locked, self.password_due = service.is_locked(sign_in), service.password_is_due(sign_in)
        self.display_name = staff.display_name
        self.service_name = sign_in.service.name_cy if locale.language() == "cy" else sign_in.service.name_en
        self.actor = Actor(
            ActorKind.STAFF, staff.id, sign_in.service_id, staff.health_board_id, allowed(roles), locale.language()
        )

    @property
    def services(self) -> list[dict[str, object]]:
        """Return the services she works in, for the switch in the header."""
        return [
            {"id": found.id, "name": found.name_cy if locale.language() == "cy" else found.name_en}
            for found in queries.services_of(db.session(), self.id)
        ]


def install(app: Flask) -> None:
    """Let `app` know its staff by their sign-ins."""
    manager = LoginManager(app)
    manager.request_loader(_load)
    app.before_request(lambda: locale.suggest(_recorded_language))
    app.context_processor(lambda: {"actor": _named(), "can": may})


def signed_in() -> SignedIn | None:
    """Return the member of staff behind this request, her screen locked or not; None when nobody is signed in."""
    return current_user._get_current_object() if current_user.is_authenticated and not database_away() else None


def current() -> SignedIn:
    """Return the member of staff behind this request; raise Forbidden when nobody is signed in."""
    found = signed_in()
    if found is None:
        raise NotSignedIn
    return found


def current_actor() -> Actor:
    """Return who acts; raise Forbidden when nobody is signed in."""
    return current().actor


def may(permission: str) -> bool:
    """Tell whether whoever looks at this page may do that: for templates, `can("patients.read")`."""
    found = _named()
    return found is not None and found.actor.may(Permission(permission))


def requires(permission: Permission) -> Callable[[View], View]:
    """Return the decorator of a view that only staff with `permission` in their present service may use."""
    return _guard(permission.value, lambda actor: actor.require(permission))


def requires_any(*permissions: Permission) -> Callable[[View], View]:
    """Return the decorator of a view for staff who have at least one of `permissions`."""

    def check(actor: Actor) -> None:
        if not any(actor.may(permission) for permission in permissions):
            raise Forbidden(permission=permissions[0])

    return _guard("|".join(permission.value for permission in permissions), check)


def signed_in_only(view: View) -> View:
    """Decorate a view that anyone signed in may use."""
    return _guard("signed-in", lambda _actor: None)(view)


def _guard(stated: str, check: Callable[[Actor], None]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            set_frame("staff")
            found = signed_in()
            if found is None or (found.locked and not getattr(view, "while_locked", False)):
                return _ask_who(locked=found is not None)
            if found.password_due and not getattr(view, "with_first_password", False):
                return _ask_for_own_password()
            check(found.actor)
            if not getattr(view, "in_background", False):
                _note_activity(found.sign_in)
            return view(*args, **kwargs)

        return states(stated)(guarded)  # type: ignore[return-value] # wraps keeps the view's shape

    return decorate


def in_background(view: View) -> View:
    """Mark a view that a page calls by itself, so that it does not count as somebody being there."""
    view.in_background = True  # type: ignore[attr-defined] # a function carries attributes
    return view


def while_locked(view: View) -> View:
    """Mark a view that works though the screen is locked, for it shows no names: counting who has arrived, say."""
    view.while_locked = True  # type: ignore[attr-defined] # a function carries attributes
    return view


def with_first_password(view: View) -> View:
    """Mark a view that may be used before a first password, which somebody else has seen, is replaced."""
    view.with_first_password = True  # type: ignore[attr-defined] # a function carries attributes
    return view


def set_cookie(response: Response, token: str, *, new: bool = True) -> None:
    """Give the browser the token of a sign-in; a `new` one starts with a fresh form token, carrying none over."""
    if new:
        session.clear()
    settings = current_app.config["CARTREF"]
    response.set_cookie(COOKIE, token, httponly=True, samesite="Lax", secure=settings.secure, path="/")


def clear_cookie(response: Response) -> None:
    """Take the sign-in from the browser."""
    session.clear()
    response.delete_cookie(COOKIE, path="/")


def cookie() -> str:
    """Return the token that the browser has, empty when it has none."""
    return request.cookies.get(COOKIE, "")


def _load(_request: object) -> SignedIn | None:
    if database_away():
        return None
    found = service.find_sign_in(db.session(), cookie()) if cookie() else None
    return SignedIn(found) if found else None


def _named() -> SignedIn | None:
    """Return who is signed in, as far as a page may say so: a locked screen names nobody."""
    found = signed_in()
    return None if found is None or found.locked else found


def _recorded_language() -> str | None:
    found = service.find_sign_in(db.session(), cookie()) if cookie() else None
    return found.staff.language if found else None


def _ask_who(*, locked: bool) -> Response:
    if wants_json():
        raise ScreenLocked if locked else NotSignedIn
    page = "accounts.unlock" if locked else "accounts.sign_in"
    return redirect(url_for(page, next=_onward(TYPED if locked else "")), 303)


def _onward(typed: str) -> str:
    """Return where to go on: the page asked for, or the page of the form that was sent, with what she typed in it."""
    if request.method in {"GET", "HEAD"}:
        return request.full_path.rstrip("?")
    form = page_to_open()
    return f"{form}{typed}" if form else "/"


def _ask_for_own_password() -> Response:
    if wants_json():
        raise Forbidden(reason="first-password")
    return redirect(url_for("accounts.password"), 303)


def _note_activity(sign_in: SignIn) -> None:
    if service.activity_is_due(sign_in):
        after_reading(lambda write: service.note_activity(write, sign_in.id))
