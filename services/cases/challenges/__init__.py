"""Challenges of stored counts, from their opening to a decision."""
