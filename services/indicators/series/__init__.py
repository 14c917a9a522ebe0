"""One indicator over time: its figures period by period, and what was added between them."""
