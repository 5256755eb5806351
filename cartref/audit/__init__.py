"""Audit: what was done and what was read, append only, chained by hashes; features write it and never read it."""
