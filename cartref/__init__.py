"""CARTREF: care delivered with telemedicine to support rural, elderly and frail people."""
