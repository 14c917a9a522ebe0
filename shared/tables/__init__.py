"""The schema: one SQLModel table a file, each saying who writes it."""
