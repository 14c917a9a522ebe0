"""Application cases, from draft to approval."""
