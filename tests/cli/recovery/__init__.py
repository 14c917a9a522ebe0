"""The product recovers by itself: real processes, and faults of their database."""
