"""Referrals: why a patient comes to a service, how long she has waited, and what is still to be booked for her."""
