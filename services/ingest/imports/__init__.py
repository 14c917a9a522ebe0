"""Imports, the records of pushes: read and undone."""
