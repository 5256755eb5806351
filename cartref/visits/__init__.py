"""Visits: pages for patients and carers, from the link to the end of the call; it owns no table."""
