"""Time-limited TURN credentials, as coturn's `use-auth-secret` checks them (draft-uberti-behave-turn-rest-00)."""

import base64
import hashlib
import hmac
from typing import Final

from signalling.wire.server import IceServer

# A credential outlives the visit by an hour, for a call that runs over, and never four hours from now.
AFTER_THE_VISIT: Final = 3600.0
LONGEST: Final = 4 * 3600.0
# For a check of a line: a minute, and the difference of two clocks.
FOR_A_CHECK: Final = 300.0


def ice_servers(
    urls: tuple[str, ...], secret: str | None, participant: str, until: float, now: float
) -> list[IceServer]:
    """The ICE servers of one participant for one visit; none where none is configured."""
    return servers_until(urls, secret, participant, min(now + LONGEST, until + AFTER_THE_VISIT))


def servers_until(urls: tuple[str, ...], secret: str | None, participant: str, expires: float) -> list[IceServer]:
    """The ICE servers of one participant, with credentials that are good until a time in epoch seconds."""
    turns = [url for url in urls if url.startswith(("turn:", "turns:"))]
    servers = [IceServer(urls=[url]) for url in urls if url not in turns]
    if turns and secret is not None:
        expiry = int(expires)
        username = f"{expiry}:{participant}"
        servers.append(IceServer(urls=turns, username=username, credential=credential(secret, username)))
    return servers


def credential(secret: str, username: str) -> str:
    """The password that belongs to a user name `expiry:participant`."""
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
