"""What was owed for a month, and what of it is there."""
