"""Messages about appointments: who is told, and in which words."""

from cartref.appointments.messages import confirmation
from cartref.appointments.messages.recipients import OBSTACLE_WORDS, Obstacle, Recipient, recipients
from cartref.appointments.messages.sending import CONFIRMATION, send_confirmation

__all__ = [
    "CONFIRMATION",
    "OBSTACLE_WORDS",
    "RENDERERS",
    "Obstacle",
    "Recipient",
    "recipients",
    "send_confirmation",
]

RENDERERS = {CONFIRMATION: confirmation.render}
