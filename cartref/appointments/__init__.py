"""Appointments: booking and its holds, moving, cancelling, and the messages about them."""
