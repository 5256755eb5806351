"""What a browser keeps of a visit: which link it opened, and the secret that says that the birth date was given.

Both go to the pages of that one visit alone, by their path, and no script can read them; a third, the name of the
device, goes to the pages of all visits.
"""

import re
from datetime import datetime

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from cartref import clock
from cartref.links.models import Link
from cartref.visits.pages import DOORS_CLOSE, KEPT_AFTERWARDS
from cartref.visits.visitors import Claim

LINK = "cartref_link"
OPENING = "cartref_visit"
DEVICE = "cartref_device"
A_YEAR = 365 * 24 * 60 * 60
NAME_OF_A_DEVICE = re.compile(r"[0-9a-f]{24}")


def remember_link(response: Response, link: Link) -> None:
    """Let the browser keep which link it opened, until it is closed."""
    _set(response, LINK, _signer().dumps([link.id, link.generation]), link.visit_id, max_age=None)


def remember_opening(response: Response, token: str, *, visit_id: str, ends_at: datetime) -> None:
    """Let the browser keep the secret of an opening, for as long as the visit's pages say anything."""
    last = ends_at + DOORS_CLOSE + KEPT_AFTERWARDS
    _set(response, OPENING, token, visit_id, max_age=int((last - clock.now()).total_seconds()))


def claim() -> Claim | None:
    """Return the link that this browser opened; None when it kept none, or one that is not of our making."""
    try:
        link_id, generation = _signer().loads(request.cookies.get(LINK, ""))
    except (BadSignature, ValueError, TypeError):
        return None
    return Claim(str(link_id), int(generation))


def opening_token() -> str:
    """Return the secret of an opening that this browser keeps, empty when it keeps none."""
    return request.cookies.get(OPENING, "")


def device() -> str:
    """Return the random name that this browser keeps for its device, empty when it keeps none."""
    kept = request.cookies.get(DEVICE, "")
    return kept if NAME_OF_A_DEVICE.fullmatch(kept) else ""


def remember_device(response: Response, name: str) -> None:
    """Let the browser keep the name of its device for a year, so that a check that went well need not be done again."""
    _set(response, DEVICE, name, "", max_age=A_YEAR)


def _set(response: Response, name: str, value: str, visit_id: str, *, max_age: int | None) -> None:
    path, secure = f"/visit/{visit_id}".rstrip("/"), current_app.config["CARTREF"].secure
    response.set_cookie(name, value, max_age=max_age, path=path, httponly=True, samesite="Lax", secure=secure)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["CARTREF"].secret_key, salt="cartref.visits.link")
