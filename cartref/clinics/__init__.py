"""Where and when clinics are held: sites, rooms, clinicians, and the pattern that becomes sessions and slots."""
