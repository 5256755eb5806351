"""Welsh for every English sentence: one catalogue a concept in `cy/`, and the tools that say what is still missing."""
