"""Re-planning: other times for everybody whom a closed session leaves without one, to be accepted or refused."""
