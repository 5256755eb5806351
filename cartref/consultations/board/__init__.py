"""The board: who waits for whom and since when, where everyone stands, and whether anybody is looking."""
