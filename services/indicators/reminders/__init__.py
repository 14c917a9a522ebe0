"""Who has not finished a month, what to tell them, and that it was told."""
