"""Links: who may open which visit, by an address that needs no account."""
