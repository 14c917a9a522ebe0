"""Benchmarks. Each measurement is a ratio to a baseline of the same run."""
