"""Consultations: the board, the call's tickets and events, and the encounter that records it."""
