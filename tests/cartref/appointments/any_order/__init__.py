"""Everything that can be done to times, in any order: what the program does is held against a model of it."""
