"""The monthly sign-off of an organisation: read, moved, and asked to be opened again."""
