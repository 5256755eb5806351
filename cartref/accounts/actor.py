"""Who acts: given to every service in place of a request, with what it may do and for which service."""

from dataclasses import dataclass, field

from cartref.accounts.permissions import Permission
from cartref.audit.models import ActorKind
from cartref.errors import Forbidden


@dataclass(frozen=True)
class Actor:
    """Somebody who acts, for one service of the health board or (service None) for the health board itself."""

    kind: ActorKind
    id: str | None
    service_id: str | None
    health_board_id: str | None = None
    permissions: frozenset[Permission] = field(default_factory=frozenset)
    language: str = "en"

    def may(self, permission: Permission) -> bool:
        """Tell whether this actor may do that."""
        return self.kind is ActorKind.SYSTEM or permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raise Forbidden unless this actor may do that."""
        if not self.may(permission):
            raise Forbidden(permission=permission)

    @property
    def service(self) -> str:
        """Return the id of the service acted for; raise Forbidden when there is none."""
        if self.service_id is None:
            raise Forbidden(reason="no-service")
        return self.service_id


def system(service_id: str | None = None) -> Actor:
    """Return the actor of what nobody asked for just now: the worker, the seed, the signalling service's events."""
    return Actor(ActorKind.SYSTEM, None, service_id)
