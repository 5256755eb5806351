"""Consultations: the visit itself. An *encounter* is its record; a *seat* is one person's place in its video room; an
*event* is what signalling reports of the room; an *order* is what it is asked to do there; the *board* shows who waits.
"""
