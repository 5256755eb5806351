"""Messages about appointments: who is told, by which way, and in which words."""

from cartref.appointments.messages.kinds import (
    CANCELLED,
    CHANGED,
    CONFIRMATION,
    KIND_WORDS,
    LATE,
    MISSED,
    REMINDER,
    REVIEW_DUE,
)
from cartref.appointments.messages.recipients import OBSTACLE_WORDS, Obstacle, Recipient, of_patient, recipients
from cartref.appointments.messages.rendering import render, render_review
from cartref.appointments.messages.sending import (
    ask_for_review,
    ask_for_reviews,
    confirmation_routes,
    send_confirmation,
)
from cartref.appointments.messages.telling import cancelled, changed, missed, not_missed, restored, running_late
from cartref.appointments.messages.ways import Route

__all__ = [
    "CANCELLED",
    "CHANGED",
    "CONFIRMATION",
    "KIND_WORDS",
    "LATE",
    "MISSED",
    "OBSTACLE_WORDS",
    "REMINDER",
    "RENDERERS",
    "REVIEW_DUE",
    "Obstacle",
    "Recipient",
    "Route",
    "ask_for_review",
    "ask_for_reviews",
    "cancelled",
    "changed",
    "confirmation_routes",
    "missed",
    "not_missed",
    "of_patient",
    "recipients",
    "restored",
    "running_late",
    "send_confirmation",
]

RENDERERS = dict.fromkeys((CONFIRMATION, CHANGED, CANCELLED, REMINDER, LATE, MISSED), render) | {
    REVIEW_DUE: render_review
}
