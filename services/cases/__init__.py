"""Application cases: creation, review and approval."""
