"""Video rooms: tickets into them, what signalling reports, and orders to it. It alone imports their contract."""
