"""The office's forms: what may be typed, and how it becomes what the services take."""
