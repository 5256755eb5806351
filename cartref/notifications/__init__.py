"""Notices: the outbox and its channels. It knows how to send, and nothing of clinics."""
