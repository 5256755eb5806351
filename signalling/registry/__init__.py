"""The registry: which rooms there are, who is connected, and the order in which things become known."""

from signalling.registry.registry import Registry
from signalling.registry.sockets import Socket

__all__ = ["Registry", "Socket"]
