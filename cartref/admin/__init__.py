"""Admin: people, services, the audit trail and failed notices."""
