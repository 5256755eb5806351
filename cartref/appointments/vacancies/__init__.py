"""Vacancies: a time that a cancellation freed is offered to those who wait, one after the other, never to all at once.

Each is asked by her own way, and the time is held for her until she answers or the limit has passed.
"""
