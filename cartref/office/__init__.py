"""The office: pages for staff that book, showing patients, clinics and appointments together; it owns no table."""
