"""The summary: every indicator of a month, with its target and status."""
