"""The device at the nurse's desk: whoever leaves the page of one patient for another staff page is asked who she is.

The patient sits in front of the same screen, and the browser's back button is in her reach as well.
"""

from flask import Flask, current_app, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from cartref.accounts import access, service
from cartref.accounts.models import SignIn
from cartref.accounts.permissions import Permission
from cartref.web.access import stated
from cartref.web.session import after_reading

PAGES_AT_THE_DESK = (
    "present", "present_ticket", "present_watch", "present_examined", "take_value", "correct_value", "withdraw_value",
    "sign_values", "note_medicine", "remove_medicine", "ask_done",
)  # fmt: skip
AT_THE_DESK = frozenset(f"consultations.{page}" for page in PAGES_AT_THE_DESK)
LOCKING, PROVING = "accounts.lock", "accounts.unlock"
STAFF_ONLY = frozenset({"signed-in", *(permission.value for permission in Permission)})


def install(app: Flask) -> None:
    """Let every request of `app` pass by the desk first."""
    app.before_request(_leave)


def sit_down(appointment_id: str) -> None:
    """Keep that the reader's browser shows this patient's desk, once the answer is ready."""
    sign_in_id = access.current().sign_in.id
    after_reading(lambda write: service.begin_presenting(write, write.get_one(SignIn, sign_in_id), appointment_id))


def share() -> None:
    """Keep that patients sit in front of the reader's screen too, once the answer is ready."""
    sign_in_id = access.current().sign_in.id
    after_reading(lambda write: service.share_device(write, write.get_one(SignIn, sign_in_id)))


def _leave() -> Response | None:
    if not _is_for_staff():
        return None
    found = access.signed_in()
    if found is None or found.locked or _is_desk(found.sign_in) or found.sign_in.presenting_id is None:
        return None
    if getattr(current_app.view_functions[request.endpoint or ""], "in_background", False):
        found.locked = True  # another window asks by itself: its names go, and nobody has left the desk
        return None
    return _ask_who(found.sign_in.id)


def _ask_who(sign_in_id: str) -> Response:
    after_reading(lambda write: _stand_up(write, sign_in_id))
    onwards = request.full_path.rstrip("?") if request.method == "GET" else url_for("consultations.today")
    return redirect(url_for("accounts.unlock", next=onwards), 303)


def _stand_up(write: Session, sign_in_id: str) -> None:
    service.end_presenting(write, write.get_one(SignIn, sign_in_id))


def _is_for_staff() -> bool:
    if request.endpoint == LOCKING:
        return False  # it asks who she is by itself, and knows where to go on
    if request.endpoint == PROVING:
        return request.method == "POST"  # it would lead onwards without a question as long as nothing is locked
    who = stated(current_app, request.endpoint) if request.endpoint in current_app.view_functions else None
    return who is not None and not STAFF_ONLY.isdisjoint(who.split("|"))


def _is_desk(sign_in: SignIn) -> bool:
    here = (request.view_args or {}).get("appointment_id")
    return request.endpoint in AT_THE_DESK and here == sign_in.presenting_id
