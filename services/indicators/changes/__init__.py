"""Differences between two data versions."""
