"""A backup: everything in the database in one file, and back."""
