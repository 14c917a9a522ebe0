"""Pushes that were made: read, taken back, and the bodies of those with errors, which are kept for a while."""
