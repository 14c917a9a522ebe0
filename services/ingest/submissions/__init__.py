"""Submissions of organisations' months: their state, their moves, and requests to reopen them."""
