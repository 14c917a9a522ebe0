"""What waits for an organisation, and how much each has on its hands."""
