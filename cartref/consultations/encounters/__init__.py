"""Encounters: the record of a visit from its opening through safe start and note to what it came to."""
