"""Calendars: subscribable feeds and files of a clinic's appointments."""
