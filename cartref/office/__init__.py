"""Office: pages for staff that show several concepts at once; it owns no table."""
