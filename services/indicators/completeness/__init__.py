"""Completeness of a month: expected counts, reported counts and submissions."""
