"""Explanations of summary lines: calculation steps and the origin of every count."""
