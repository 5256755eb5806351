"""Long work: an import, a re-plan, a print run. Begun on a page, done by the worker, watched, left and come back to."""
