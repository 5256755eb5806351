"""The kinds of notices about appointments, and what staff call them."""

from cartref.i18n import N_

CONFIRMATION = "appointment.confirmation"
CHANGED = "appointment.changed"
CANCELLED = "appointment.cancelled"
REMINDER = "appointment.reminder"
LATE = "appointment.running-late"
MISSED = "appointment.missed-you"
REVIEW_DUE = "appointment.review-due"
OFFER = "appointment.offer"

KIND_WORDS = {
    CONFIRMATION: N_("Confirmation"),
    CHANGED: N_("New time"),
    CANCELLED: N_("Cancellation"),
    REMINDER: N_("Reminder"),
    LATE: N_("The clinic runs late"),
    MISSED: N_("We could not reach you"),
    REVIEW_DUE: N_("Time for the next appointment"),
    OFFER: N_("Offer of a time"),
}
# What was told a person under these kinds she counts on.
TELL_THE_TIME = frozenset({CONFIRMATION, CHANGED, REMINDER})
