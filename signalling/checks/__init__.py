"""Checks of a person's line, days ahead: an echo to send to, TURN credentials to try, and bytes to time."""

from signalling.checks.doors import Checks
from signalling.checks.echo import EchoProcess

__all__ = ["Checks", "EchoProcess"]
