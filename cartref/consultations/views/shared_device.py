"""The device at the nurse's desk: whoever leaves the page of one patient for another staff page is asked who she is.

The patient sits in front of the same screen, and the browser's back button is in her reach as well.
"""

from flask import Flask, current_app, redirect, request, session, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from cartref.accounts import access, service
from cartref.accounts.models import SignIn
from cartref.accounts.permissions import Permission
from cartref.web.access import stated
from cartref.web.session import after_reading

KEY = "presenting"
AT_THE_DESK = frozenset({"consultations.present", "consultations.present_ticket", "consultations.present_watch"})
PROVING = frozenset({"accounts.lock", "accounts.unlock"})
STAFF_ONLY = frozenset({"signed-in", *(permission.value for permission in Permission)})


def install(app: Flask) -> None:
    """Let every request of `app` pass by the desk first."""
    app.before_request(_leave)


def sit_down(appointment_id: str) -> None:
    """Keep in the browser that it shows this patient's desk."""
    session[KEY] = appointment_id


def _leave() -> Response | None:
    if KEY not in session or not _is_staff_page() or _is_desk():
        return None
    session.pop(KEY)
    found = access.signed_in()
    if found is None or found.locked or request.endpoint in PROVING:
        return None
    sign_in_id = found.sign_in.id
    after_reading(lambda write: _lock(write, sign_in_id))
    onwards = request.full_path.rstrip("?") if request.method == "GET" else url_for("consultations.today")
    return redirect(url_for("accounts.unlock", next=onwards), 303)


def _is_staff_page() -> bool:
    if request.endpoint in PROVING:
        return request.method == "POST"
    who = stated(current_app, request.endpoint) if request.endpoint in current_app.view_functions else None
    return who is not None and not STAFF_ONLY.isdisjoint(who.split("|"))


def _is_desk() -> bool:
    here = (request.view_args or {}).get("appointment_id")
    return request.endpoint in AT_THE_DESK and here == session[KEY]


def _lock(write: Session, sign_in_id: str) -> None:
    service.lock(write, write.get_one(SignIn, sign_in_id))
