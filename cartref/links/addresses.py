"""The address of a link: made from the key whenever it is needed, so that no table has to keep a way in."""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self
from urllib.parse import urlsplit

from cartref.config import Settings
from cartref.links.models import Link

TOKEN_BYTES = 18  # 144 bits, which base64url writes as 24 characters without padding


@dataclass(frozen=True)
class Addresses:
    """Makes the addresses of links from the link key and the public address of the clinic."""

    key: str = field(repr=False)
    public_url: str

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Return the addresses of this deployment."""
        return cls(settings.link_key, settings.public_url)

    @property
    def host(self) -> str:
        """Return the public host name, which the UIDs of calendar events end with."""
        return urlsplit(self.public_url).hostname or "localhost"

    def token(self, link: Link) -> str:
        """Return the link's secret, 24 characters of base64url: HMAC-SHA256 over its id and generation."""
        told = f"{link.id}.{link.generation}".encode()
        digest = hmac.digest(self.key.encode(), told, "sha256")
        return urlsafe_b64encode(digest[:TOKEN_BYTES]).decode()

    def url(self, link: Link) -> str:
        """Return the whole address that the link's holder opens."""
        return f"{self.public_url}/v/{self.token(link)}"


def fingerprint(token: str) -> str:
    """Return what is kept of a secret in place of it: its SHA-256 as 64 hexadecimal figures."""
    return sha256(token.encode()).hexdigest()
