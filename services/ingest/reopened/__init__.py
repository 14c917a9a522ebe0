"""Months that were opened again for what was named: nothing else of them changes until they are submitted."""
